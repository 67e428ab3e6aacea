"""A TLS server on loopback with a certificate of an authority of its own."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Headers = dict[str, str]


@dataclass
class Asked:
    """A request that the server got."""

    path: str
    headers: Headers
    body: bytes = b""
    """What was posted."""


@dataclass
class Answer:
    """What the server says."""

    body: bytes = b""
    status: int = 200
    headers: Headers = field(default_factory=dict)
    cut_at: int | None = None
    """Close the connection after that many bytes of the body."""
    pause_seconds: float = 0.0
    """Wait after each kilobyte."""


class TlsServer(ThreadingHTTPServer):
    """Answers by ``answer(asked)``; keeps what it was asked."""

    daemon_threads = True
    answer: Callable[[Asked], Answer]
    asked: list[Asked]
    ca_file: Path

    @property
    def url(self) -> str:
        """The address of the server's root."""
        return f"https://localhost:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of connections that clients broke off."""


class _Handler(BaseHTTPRequestHandler):
    server: TlsServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Take the body, and answer as a GET."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer, keep silent, or break off."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.path, dict(self.headers), body)
        self.server.asked.append(asked)
        said = self.server.answer(asked)
        self.close_connection = True
        self.send_response(said.status)
        self.send_header("Content-Length", str(len(said.body)))
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.end_headers()
        body = said.body if said.cut_at is None else said.body[: said.cut_at]
        step = 1024 if said.pause_seconds else max(1, len(body))
        for at in range(0, len(body), step):
            self.wfile.write(body[at : at + step])
            if said.pause_seconds:
                threading.Event().wait(said.pause_seconds)
        self.wfile.flush()
        if said.cut_at is not None:
            self.connection.shutdown(socket.SHUT_RDWR)


def make_certificate(folder: Path, *, name: str = "localhost", days: int = 1) -> tuple[Path, Path]:
    """Write a key with a certificate for ``name``, signed by itself; return both paths."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, secret


@contextmanager
def tls_server(
    folder: Path, answer: Callable[[Asked], Answer], *, name: str = "localhost", days: int = 1
) -> Iterator[TlsServer]:
    """Run a server on a free port of loopback."""
    certificate, secret = make_certificate(folder, name=name, days=days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    server = TlsServer(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.answer, server.asked, server.ca_file = answer, [], certificate
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
