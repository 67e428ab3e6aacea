"""Runs gcp-storage-emulator with what the emulator lacks and Google's store does: pages of
listings, conditional reads, generations in answers, several requests at once, and tokens, which it
issues itself. ``python tests/gcs_emulator.py PORT``; its log is its output.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from functools import partial
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from gcp_storage_emulator import server
from gcp_storage_emulator.handlers import objects
from gcp_storage_emulator.storage import Storage

TOKEN = "ya29.TokenOfTheTestsQq7"
READER_WITHOUT_RIGHTS = "nobody@tests.example"
PAGE = 1000
found, listed, sent = objects.download, objects.ls, server._read_data
writes = threading.Lock()
"""The emulator's notes are not made for two writers at once."""


def read_data(handler: Any, query: dict[str, list[str]]) -> Any:
    """Return what is written; the emulator takes an empty object for none."""
    data = sent(handler, query)
    return b"" if data is None and query.get("uploadType") == ["media"] else data


def download(request: Any, response: Any, storage: Any, *rest: Any, **named: Any) -> None:
    """Answer 412 for another generation than the one that is asked for."""
    try:
        told = storage.get_file_obj(request.params["bucket_name"], request.params["object_id"])
    except Exception:
        response.status = 404
        return
    wanted = request.query.get("ifGenerationMatch", [told["generation"]])[0]
    if wanted != told["generation"]:
        response.status = 412
        reason = {"error": {"errors": [{"reason": "conditionNotMet", "message": "qqq"}]}}
        response.json(reason)
        return
    response["X-Goog-Generation"] = told["generation"]
    found(request, response, storage, *rest, **named)


def ls(request: Any, response: Any, storage: Any, *rest: Any, **named: Any) -> None:
    """Answer a page, and where the next one begins."""
    whole = response.json

    def page(told: dict[str, Any]) -> None:
        items = sorted(told["items"], key=lambda one: one["name"])
        first = int(request.query.get("pageToken", ["0"])[0])
        more = {"nextPageToken": str(first + PAGE)} if len(items) > first + PAGE else {}
        whole({"kind": "storage#objects", "items": items[first : first + PAGE], **more})

    response.json = page
    listed(request, response, storage, *rest, **named)


class Handler(server.RequestHandler):
    """Checks tokens, and issues one."""

    def _refused(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        """Refuse tokens that were not issued here, and the one that may not read."""
        token = self.headers.get("Authorization", f"Bearer {TOKEN}").removeprefix("Bearer ")
        if token == f"{TOKEN}.nobody":
            self._refused(403, {"error": {"errors": [{"reason": "forbidden", "message": "qqq"}]}})
        elif token != TOKEN:
            self._refused(401, {"error": {"errors": [{"reason": "authError", "message": "qqq"}]}})
        else:
            super().do_GET()

    def do_POST(self) -> None:
        """Issue a token for a signed assertion, or take what is written."""
        if self.path != "/token":
            with writes:
                super().do_POST()
            return
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        claims = sent["assertion"][0].split(".")[1]
        who = json.loads(base64.urlsafe_b64decode(claims + "=="))["iss"]
        if who.startswith("revoked"):
            self._refused(400, {"error": "invalid_grant", "error_description": "qqq"})
            return
        token = f"{TOKEN}.nobody" if who == READER_WITHOUT_RIGHTS else TOKEN
        token = f"{TOKEN}.unknown" if who.startswith("unknown") else token
        self._refused(200, {"access_token": token, "expires_in": 3600, "token_type": "Bearer"})

    def log_message(self, format: str, *args: object) -> None:
        """Say what is asked for."""
        print(format % args, flush=True)


if __name__ == "__main__":
    objects.download, server._read_data = download, read_data
    for _, methods in server.HANDLERS:
        for method, does in methods.items():
            methods[method] = {listed: ls, found: download}.get(does, does)
    storage = Storage(use_memory_fs=True)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), partial(Handler, storage)).serve_forever()
