"""A stand-in for S3 that fails as told: not a store, for errors that moto does not make."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BODY = b"id,city\n" + b"".join(b"%d,town\n" % n for n in range(1000))


class FailingStore(ThreadingHTTPServer):
    """Answers requests for one object; ``fault`` says how."""

    daemon_threads = True
    fault = ""
    left = 0
    """How many requests fail before the others are answered; -1: all."""
    asked = 0
    etag = ""


class _Handler(BaseHTTPRequestHandler):
    server: FailingStore
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Answer that the object is there."""
        self._head(200, len(BODY))

    def _head(self, status: int, length: int) -> None:
        self.send_response(status)
        self.send_header("ETag", f'"{self.server.etag}"')
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def do_GET(self) -> None:
        """Answer a range, or fail."""
        self.server.asked += 1
        first, end = 0, len(BODY)
        if said := self.headers.get("Range"):
            low, high = said.removeprefix("bytes=").split("-")
            first, end = int(low), int(high) + 1
        part = BODY[first:end]
        if self.server.fault and self.server.left:
            self.server.left -= 1
            if self.server.fault == "cut":
                self._head(206, len(part))
                self.wfile.write(part[: len(part) // 2])
                self.wfile.flush()
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            if self.server.fault == "slow":
                time.sleep(30)
            code, name = self.server.fault.split()
            error = f"<Error><Code>{name}</Code><Message>{'q' * 9}</Message></Error>".encode()
            self.send_response(int(code))
            self.send_header("Content-Length", str(len(error)))
            self.end_headers()
            self.wfile.write(error)
            return
        self._head(206, len(part))
        self.wfile.write(part)


@contextmanager
def failing_store() -> Iterator[FailingStore]:
    """Run the stand-in on a free port of loopback."""
    server = FailingStore(("127.0.0.1", 0), _Handler)
    server.etag = uuid.uuid4().hex  # another object for every test: bytes of objects are kept
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
