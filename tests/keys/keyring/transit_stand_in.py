"""A stand-in for a transit engine, on loopback: the two calls that a keyring makes, as the API
documents them.

It is not Vault or OpenBao. It checks token, mount, key and associated data, and encrypts with
AES-GCM.
"""

from __future__ import annotations

import base64
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class TransitStandIn(ThreadingHTTPServer):
    """Answers ``/v1/transit/encrypt/NAME`` and ``/v1/transit/decrypt/NAME``."""

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.keys = {"coatcheck": AESGCM(os.urandom(32)), "other": AESGCM(os.urandom(32))}
        self.token = "stand-in-token"
        self.calls: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: TransitStandIn

    def do_POST(self) -> None:
        """Answer one call."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append(self.path)
        if self.headers.get("X-Vault-Token") != self.server.token:
            return self.answer(403, {"errors": ["permission denied"]})
        mount, act, name = self.path.removeprefix("/v1/").split("/")
        if mount != "transit" or name not in self.server.keys:
            return self.answer(404, {"errors": []})
        key, bound = self.server.keys[name], base64.b64decode(body.get("associated_data", ""))
        if act == "encrypt":
            nonce = os.urandom(12)
            sealed = nonce + key.encrypt(nonce, base64.b64decode(body["plaintext"]), bound)
            return self.answer(
                200, {"data": {"ciphertext": "vault:v1:" + base64.b64encode(sealed).decode()}}
            )
        try:
            sealed = base64.b64decode(body["ciphertext"].removeprefix("vault:v1:"), validate=True)
            opened = key.decrypt(sealed[:12], sealed[12:], bound)
        except (InvalidTag, ValueError):
            return self.answer(400, {"errors": ["cipher: message authentication failed"]})
        return self.answer(200, {"data": {"plaintext": base64.b64encode(opened).decode()}})

    def answer(self, status: int, content: dict[str, Any]) -> None:
        """Send JSON."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        """Stay quiet."""
