"""A proxy before the tests' object store that answers 503, drops connections, refuses a clock, or
ends a process, as told; all else is the store's.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from anonymize.io.stores import client
from tests.object_store import StoreServer

TRIES = 2
"""How often the client sends a request in these tests."""
_HOP = ("connection", "transfer-encoding", "keep-alive", "content-length")
_MOST_SKEW = timedelta(minutes=15)
"""What S3 allows between the time in a request and its own."""


@dataclass(frozen=True)
class Request:
    """A request as it came in."""

    number: int
    """From 0, since the last `FaultyStore.reset`."""
    method: str
    path: str

    @property
    def writes(self) -> bool:
        """Return whether it changes something."""
        return self.method in ("PUT", "POST", "DELETE")


Fault = Callable[[Request], str]
"""Returns ``503``; ``drop`` (no answer, and nothing done); ``lost`` (done, and no answer); ``half``
(half of the answer's body); ``skew`` (the request's time is refused); empty for none.
"""


@dataclass
class FaultyStore:
    """The running proxy."""

    endpoint: str
    fault: Fault = field(default=lambda request: "")
    requests: list[Request] = field(default_factory=list)
    alone: threading.Lock = field(default_factory=threading.Lock)

    def reset(self, fault: Fault = lambda request: "") -> None:
        """Forget the requests, and fail as told from now on."""
        with self.alone:
            self.requests.clear()
            self.fault = fault

    def noted(self, method: str, path: str) -> str:
        """Note a request; return how it fails."""
        with self.alone:
            request = Request(len(self.requests), method, path)
            self.requests.append(request)
            return self.fault(request)


def _handler(store: FaultyStore, behind: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """Answer any method."""
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            how = store.noted(self.command, self.path)
            if how == "503":
                self._refuse(503, "SlowDown")
            elif how == "skew" and self._skew() > _MOST_SKEW:
                self._refuse(403, "RequestTimeTooSkewed")
            elif how == "drop":
                self._hang_up()
            else:
                self._pass_on(body, how)

        do_HEAD = do_PUT = do_POST = do_DELETE = do_GET  # noqa: N815 - names of the library

        def _pass_on(self, body: bytes, how: str) -> None:
            connection = HTTPConnection(behind, timeout=60)
            connection.request(self.command, self.path, body, dict(self.headers))
            answer = connection.getresponse()
            data = answer.read()
            connection.close()
            if how == "lost":
                self._hang_up()
                return
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP:
                    self.send_header(name, value)
            length = answer.getheader("Content-Length") if self.command == "HEAD" else len(data)
            self.send_header("Content-Length", str(length))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if how == "half" else data)
            if how == "half":
                self._hang_up()

        def _refuse(self, status: int, code: str) -> None:
            text = f"<Error><Code>{code}</Code><Message>of the tests</Message></Error>".encode()
            self.send_response(status)  # with the server's date
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)

        def _skew(self) -> timedelta:
            said = datetime.strptime(self.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
            return abs(datetime.now(UTC) - said.replace(tzinfo=UTC))

        def _hang_up(self) -> None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

    return Handler


@contextmanager
def faulty_store(endpoint: str) -> Iterator[FaultyStore]:
    """Run a proxy on a free port of loopback before the store at ``endpoint``."""
    store = FaultyStore("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(store, urlsplit(endpoint).netloc))
    server.daemon_threads = True
    store.endpoint = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the tries that were waited for before a request was sent again; none waits here."""
    from botocore.retries.standard import ExponentialBackoff

    tries: list[int] = []

    def delay_amount(self: Any, context: Any) -> float:
        tries.append(context.attempt_number)
        return 0.0

    monkeypatch.setattr(ExponentialBackoff, "delay_amount", delay_amount)
    return tries


@pytest.fixture
def store(
    s3: Any, store_server: StoreServer, waits: list[int], monkeypatch: pytest.MonkeyPatch
) -> Iterator[FaultyStore]:
    """Put the proxy before the store, and ask two times at most."""
    monkeypatch.setattr(client, "TRIES", TRIES)
    with faulty_store(store_server.endpoint) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.endpoint)
        yield proxy
