"""Stores of Google and Azure that fail: what passes is tried again and then said so, what stays is
refused at once.
"""

from __future__ import annotations

import http.server
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from anonymize.errors import SourceAwayError, SourceError
from anonymize.io import open_source
from anonymize.io.stores import objects, rest_client
from anonymize.io.stores.kept_blocks import KeptBlocks
from tests.cloud_stores import (  # noqa: F401
    ACCOUNT_KEY,
    Azure,
    Cloud,
    Gcs,
    azure,
    cloud,
    free_port,
    gcs,
    no_waits,
)
from tests.faulty_store import FaultyStore, Request, faulty_store
from tests.io.stores.test_s3_sources import CSV
from tests.tls_server import Answer, tls_server


def rows(address: str) -> int:
    """Read everything and count."""
    return sum(batch.num_rows for batch in open_source(address).batches())


@pytest.fixture
def store(cloud: Cloud, no_waits: None) -> Iterator[tuple[Cloud, FaultyStore]]:
    """Put a proxy that fails before the store, with an object behind it."""
    cloud.put("a.csv", CSV)
    with faulty_store(cloud.server.endpoint) as proxy:
        cloud.behind(proxy.endpoint)
        yield cloud, proxy


def first(how: str) -> Callable[[Request], str]:
    """Return a fault of each address's first request."""
    seen = set[tuple[str, str]]()

    def fault(request: Request) -> str:
        told = (request.method, request.path)
        known, _ = told in seen, seen.add(told)
        return "" if known or request.writes else how

    return fault


@pytest.mark.parametrize("how", ["503", "drop", "lost", "half"])
def test_a_fault_that_passes_is_not_noticed(store: tuple[Cloud, FaultyStore], how: str) -> None:
    """Each request that failed once is asked again; a body that was cut is not taken for whole."""
    cloud, proxy = store
    proxy.reset(first(how))
    assert rows(cloud.at("a.csv")) == 2000
    assert len(proxy.requests) > 2


@pytest.mark.parametrize(
    "how, said", [("503", "overloaded or failed"), ("drop", "cannot be reached")]
)
def test_a_fault_that_stays_is_one_error_worth_a_retry(
    store: tuple[Cloud, FaultyStore], how: str, said: str
) -> None:
    """Of the class that Prefect tries again, after as many tries as are allowed."""
    cloud, proxy = store
    proxy.reset(lambda request: how)
    with pytest.raises(SourceAwayError, match=said) as caught:
        rows(cloud.at("a.csv"))
    assert caught.value.passes
    assert len(proxy.requests) == rest_client.TRIES


def test_a_connection_that_is_cut_inside_of_an_object_is_worth_a_retry(
    store: tuple[Cloud, FaultyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the bytes are no rows."""
    cloud, proxy = store
    source = open_source(cloud.at("a.csv"))
    monkeypatch.setattr(objects, "KEPT", KeptBlocks())
    proxy.reset(lambda request: "half")
    with pytest.raises(SourceAwayError, match="cannot be reached"):
        source.fingerprint()


def test_a_store_that_is_not_there_is_away(cloud: Cloud, no_waits: None) -> None:
    """A refused connection is worth a retry."""
    cloud.behind(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(SourceAwayError, match="cannot be reached"):
        rows(cloud.at("a.csv"))


@contextmanager
def answering(status: int, body: bytes = b"", silent: float = 0.0, **headers: str) -> Iterator[str]:
    """Run a stand-in that gives every request the same answer; yield its endpoint."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """Answer."""
            time.sleep(silent)
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 - a name of the library

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _refusal(store: Cloud, address: str, *answer: Any, **headers: Any) -> SourceError:
    with answering(*answer, **headers) as endpoint:
        store.behind(endpoint)
        with pytest.raises(SourceError) as caught:
            open_source(address)
    assert "qqq" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    "status, reason, said",
    [
        (401, "authError", "refuses the credentials of the environment: authError"),
        (403, "forbidden", "have no permission: forbidden"),
        (412, "conditionNotMet", "changed while it was read"),
        (400, "qqq:4711", "refuses: an unknown code (400)"),
        (302, "", "refuses: an unknown code (302)"),
    ],
)
def test_a_refusal_of_google_is_said(gcs: Gcs, status: int, reason: str, said: str) -> None:
    """By its reason if that is a word; the rest of the server's text is not quoted."""
    body = f'{{"error": {{"errors": [{{"reason": "{reason}", "message": "qqq"}}]}}}}'.encode()
    refused = _refusal(gcs, gcs.at("a.csv"), status, body, Location="http://127.0.0.1:1/qqq")
    assert said in str(refused)
    assert not refused.passes


@pytest.mark.parametrize(
    "status, code, said",
    [
        (403, "AuthenticationFailed", "refuses the credentials of the environment"),
        (403, "AuthorizationPermissionMismatch", "have no permission"),
        (409, "qqq:4711", "refuses: an unknown code"),
    ],
)
def test_a_refusal_of_azure_is_said(azure: Azure, status: int, code: str, said: str) -> None:
    """By its code if that is a word."""
    refused = _refusal(azure, azure.at("a.csv"), status, b"qqq", x_ms_error_code=code)
    assert said in str(refused)
    assert not refused.passes


def test_a_clock_that_is_wrong_is_said(cloud: Cloud) -> None:
    """Not as a lack of permission; it may pass, for the clock is set by somebody else."""
    there = format_datetime(datetime.now(UTC) + timedelta(minutes=20), usegmt=True)
    refused = _refusal(cloud, cloud.at("a.csv"), 403, b"", Date=there)
    assert "its clock is 20 min behind the store's" in str(refused)
    assert refused.passes


def test_a_server_that_does_not_answer_is_given_up(cloud: Cloud, no_waits: None) -> None:
    """Within the limit, as often as is tried."""
    begun = time.monotonic()
    refused = _refusal(cloud, cloud.at("a.csv"), 200, silent=30.0)
    assert "cannot be reached" in str(refused)
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize("body", [b"no such format", b"<!DOCTYPE x [<!ENTITY a 'qqq'>]><x/>"])
def test_an_answer_in_another_format_is_refused(cloud: Cloud, body: bytes) -> None:
    """What is at the endpoint is no such store; nothing of it is taken for a listing."""
    refused = _refusal(cloud, cloud.at(""), 200, body)
    assert "the store's answer is not what" in str(refused)


def test_more_than_was_asked_for_is_not_read(gcs: Gcs) -> None:
    """A server that sends more than a range fills no memory; the object is another one."""
    gcs.put("a.csv", CSV)
    source = open_source(gcs.at("a.csv"))
    place: Any = source.files[0].place  # type: ignore[attr-defined]
    with answering(206, b"x" * (8 << 20), Content_Range=f"bytes 0-9/{len(CSV)}") as endpoint:
        gcs.behind(endpoint)
        with pytest.raises(SourceError, match="changed while it was read"):
            place._asked(0, 10)


@pytest.mark.parametrize("told", ["bytes 0-9/10", "bytes 5-14/{size}", ""])
def test_another_range_than_was_asked_for_is_refused(gcs: Gcs, told: str) -> None:
    """Of an object of another length, from another byte, or of a server that knows no ranges."""
    gcs.put("a.csv", CSV)
    place: Any = open_source(gcs.at("a.csv")).files[0].place  # type: ignore[attr-defined]
    headers = {"Content_Range": told.format(size=len(CSV))} if told else {}
    with answering(206 if told else 200, CSV[:10], **headers) as endpoint:
        gcs.behind(endpoint)
        with pytest.raises(SourceError, match="changed while it was read"):
            place._asked(0, 10)


@pytest.mark.parametrize("endpoint", ["http://storage.example.org", "ftp://x", "https://u:p@h"])
def test_an_endpoint_without_tls_is_refused(cloud: Cloud, endpoint: str) -> None:
    """Beyond this machine, before anything is sent; so is one that holds credentials."""
    cloud.behind(endpoint)
    with pytest.raises(SourceError, match="https://HOST") as caught:
        open_source(cloud.at("a.csv"))
    assert "u:p" not in str(caught.value)


def test_a_certificate_of_an_unknown_authority_is_refused(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, with how to name one's own; with it the store is asked."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with tls_server(tmp_path, lambda asked: Answer(b"", 404)) as server:
        cloud.behind(server.url)
        with pytest.raises(SourceError, match="certificate is refused") as caught:
            open_source(cloud.at("a.csv"))
        assert "REQUESTS_CA_BUNDLE" in str(caught.value)
        assert not caught.value.passes
        assert server.asked == []


def test_signatures_are_not_in_the_log_of_the_connection(
    azure: Azure, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever turns on every library's log finds no credentials there."""
    monkeypatch.delenv("AZURE_STORAGE_KEY")
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", "?sv=2021-12-02&sig=qQ7SignatureqQ7%3D&sp=r")
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceError) as caught:
        open_source(azure.at("a.csv"))
    assert "urllib3.connectionpool" in {record.name for record in caplog.records}
    assert "qQ7Signature" not in caplog.text + str(caught.value)
