"""Sources at https:// addresses, from a real TLS server on loopback."""

from __future__ import annotations

import base64
import errno
import gzip
import io
import json
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.errors import SourceAwayError, SourceError
from anonymize.io import Source
from anonymize.io.stores import https_connection, https_download
from anonymize.io.stores.https_connection import is_public
from anonymize.pipeline.opening import open_spec
from anonymize.policy import SourceSpec
from tests.tls_server import Answer, Asked, TlsServer, tls_server

CSV = b"id,city\n" + b"".join(b"%d,town %d\n" % (n, n % 7) for n in range(3000))
TOKEN = "t0kenOfTheTests-Xq7"
Opened = Callable[..., Source]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TlsServer]:
    """A server that answers with a CSV."""
    with tls_server(tmp_path, lambda asked: Answer(CSV, headers={"ETag": '"one"'})) as running:
        yield running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait shortly, and use nobody's token."""
    monkeypatch.setattr(https_download, "PAUSE_SECONDS", 0.01)
    monkeypatch.delenv("COATCHECK_HTTPS_TOKEN", raising=False)


@pytest.fixture
def opened(server: TlsServer) -> Opened:
    """Open an address of the server."""

    def make(path: str = "/a.csv", **fields: Any) -> Source:
        said = {"ca_file": str(server.ca_file), "allow_private": True, **fields}
        return open_spec(SourceSpec(path=f"{server.url}{path}", **said))

    return make


def table(source: Source) -> pa.Table:
    """Return all rows."""
    return pa.Table.from_batches(list(source.batches()))


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(
        pa.table({"id": range(3000), "city": [f"town {n % 7}" for n in range(3000)]}), file
    )
    return file.getvalue()


@pytest.mark.parametrize(
    "path, body, kind",
    [
        ("/a.csv", CSV, "text/plain"),
        ("/export?table=a", CSV, "text/csv; charset=utf-8"),
        ("/a.csv.gz", gzip.compress(CSV), "application/gzip"),
        ("/a.parquet", _parquet(), "application/octet-stream"),
        ("/a", _parquet(), "application/vnd.apache.parquet"),
        ("/a", json.dumps([{"id": n, "city": f"town {n % 7}"} for n in range(3000)]).encode(),
         "application/json"),
        ("/a.jsonl", b"".join(b'{"id": %d, "city": "town %d"}\n' % (n, n % 7)
                              for n in range(3000)), "text/plain"),
    ],
)  # fmt: skip
def test_a_body_is_read_as_a_file_would_be(
    server: TlsServer, opened: Opened, path: str, body: bytes, kind: str
) -> None:
    """CSV, JSON and Parquet, by ending or by type."""
    server.answer = lambda asked: Answer(body, headers={"Content-Type": kind})
    source = opened(path)
    assert table(source).to_pydict() == {
        "id": list(range(3000)),
        "city": [f"town {n % 7}" for n in range(3000)],
    }
    assert source.spread().total_rows == 3000
    assert len(source.fingerprint()["sha256"]) == 64  # type: ignore[arg-type]
    assert len(server.asked) == 1, "it is fetched once"


def test_numbers_of_a_json_list_keep_their_digits(server: TlsServer, opened: Opened) -> None:
    """What is cut out of a list is not written anew."""
    server.answer = lambda asked: Answer(
        b'[{"a": 12345678901234567, "b": "x\\n\\u00e4]", "c": 1.10}\n, {"a": 2,\n"b": null}]',
        headers={"Content-Type": "application/json"},
    )
    got = table(opened("/a.json")).to_pylist()
    assert got[0]["a"] == 12345678901234567
    assert got[0]["b"] == "x\nä]"
    assert [row["a"] for row in got] == [12345678901234567, 2]


def test_the_token_comes_from_the_environment_and_shows_nowhere(
    server: TlsServer, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent as a header; in no repr, pickle, fingerprint or policy."""
    monkeypatch.setenv("MY_TOKEN", TOKEN)
    source = opened(auth={"bearer_env": "MY_TOKEN"})
    assert server.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    kept = pickle.dumps(source.partitions())
    assert TOKEN not in repr(source) + str(source.fingerprint()) + repr(kept)
    monkeypatch.setenv("COATCHECK_HTTPS_TOKEN", "default")
    opened()
    assert server.asked[-1].headers["Authorization"] == "Bearer default"
    monkeypatch.setenv("MY_LOGIN", f"me:{TOKEN}")
    opened(auth={"basic_env": "MY_LOGIN"})
    basic = base64.b64encode(f"me:{TOKEN}".encode()).decode()
    assert server.asked[-1].headers["Authorization"] == f"Basic {basic}"
    with pytest.raises(SourceError, match=r"\$NOT_THERE: is not set"):
        opened(auth={"bearer_env": "NOT_THERE"})


@pytest.mark.parametrize(
    "path, said",
    [
        ("http://localhost/a.csv", "plain http shows"),
        (f"https://me:{TOKEN}@localhost/a.csv", "holds credentials"),
        (f"https://localhost/a.csv?api_key={TOKEN}", "is a secret by its name"),
        (f"https://localhost/a.csv?X-Amz-Signature={TOKEN}", "is a secret by its name"),
        ("https:///a.csv", "is no address"),
        ("https://localhost:99999/a.csv", "is no address"),
        ("https://localhost/a b.csv", "is no address"),
    ],
)
def test_an_address_with_a_secret_or_without_tls_is_refused(path: str, said: str) -> None:
    """Before anything is asked; the secret is not quoted by us."""
    with pytest.raises(ValueError, match=said):
        SourceSpec(path=path)


def test_settings_of_https_are_refused_for_other_paths() -> None:
    """They would have no effect."""
    with pytest.raises(ValueError, match="allow_private, auth: only an https"):
        SourceSpec(path="a.csv", allow_private=True, auth={"bearer_env": "X"})


def test_a_certificate_of_an_unknown_authority_is_refused(opened: Opened) -> None:
    """The system's authorities do not know it."""
    with pytest.raises(SourceError, match="its certificate is refused") as caught:
        opened(ca_file=None)
    assert not caught.value.passes


@pytest.mark.parametrize("wrong", [{"name": "other.example"}, {"days": -1}])
def test_a_certificate_of_another_name_or_time_is_refused(
    tmp_path: Path, wrong: dict[str, Any]
) -> None:
    """Also with the right authority."""
    with tls_server(tmp_path, lambda asked: Answer(CSV), **wrong) as server:
        spec = SourceSpec(
            path=f"{server.url}/a.csv", ca_file=str(server.ca_file), allow_private=True
        )
        with pytest.raises(SourceError, match="its certificate is refused"):
            open_spec(spec)
        assert server.asked == []


def test_a_private_network_is_refused_unless_it_is_meant(server: TlsServer, opened: Opened) -> None:
    """Before a connection is made."""
    with pytest.raises(SourceError, match="private, loopback or link-local"):
        opened(allow_private=False)
    assert server.asked == []


@pytest.mark.parametrize(
    "address, public",
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("192.168.0.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:a00:1::", False),
        ("64:ff9b::a00:1", False),
        ("224.0.0.1", False),
    ],
)
def test_private_addresses_are_recognized(address: str, public: bool) -> None:
    """In every way to write one."""
    assert is_public(address) is public


def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    server: TlsServer, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that resolves to a public address first and to loopback then leads nowhere."""
    answers = [[(2, 1, 6, "", ("203.0.113.7", 443))], [(2, 1, 6, "", ("127.0.0.1", 443))]]
    connected: list[str] = []

    def connect(address: tuple[str, int], timeout: float) -> Any:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(https_download, "TRIES", 1)
    monkeypatch.setattr(https_connection, "is_public", lambda ip: ip == "203.0.113.7")
    monkeypatch.setattr(https_connection.socket, "getaddrinfo", lambda *a, **k: answers.pop(0))
    monkeypatch.setattr(https_connection.socket, "create_connection", connect)
    with pytest.raises(SourceAwayError):
        opened(allow_private=False)
    assert connected == ["203.0.113.7"]
    with pytest.raises(SourceError, match="private"):
        opened(allow_private=False)
    assert connected == ["203.0.113.7"]


@pytest.mark.parametrize(
    "to, said",
    [
        ("http://localhost/a.csv", "leads to plain http"),
        ("https://other.example/a.csv", "leads to another host"),
        ("https://localhost:1/a.csv", "leads to another host"),
    ],
)
def test_a_redirect_elsewhere_is_refused(
    server: TlsServer, opened: Opened, monkeypatch: pytest.MonkeyPatch, to: str, said: str
) -> None:
    """The token is for one host."""
    server.answer = lambda asked: Answer(status=302, headers={"Location": to})
    with pytest.raises(SourceError, match=said):
        opened()
    assert len(server.asked) == 1


def test_a_redirect_on_the_host_is_followed_but_not_for_ever(
    server: TlsServer, opened: Opened
) -> None:
    """Five times."""

    def answer(asked: Asked) -> Answer:
        if asked.path == "/a.csv":
            return Answer(status=307, headers={"Location": "/b.csv"})
        return Answer(CSV)

    server.answer = answer
    assert table(opened()).num_rows == 3000
    server.answer = lambda asked: Answer(status=302, headers={"Location": "/a.csv"})
    with pytest.raises(SourceError, match="redirects more than 5 times"):
        opened()


def _ranged(cut: int, etag: str = '"one"', body: bytes = CSV) -> Callable[[Asked], Answer]:
    """Return a server's answers that break off after ``cut`` bytes and go on by range."""

    def answer(asked: Asked) -> Answer:
        said = asked.headers.get("Range")
        if said and asked.headers.get("If-Range") == etag:
            first = int(said.removeprefix("bytes=").rstrip("-"))
            part = body[first:]
            headers = {"ETag": etag, "Content-Range": f"bytes {first}-{len(body) - 1}/{len(body)}"}
            return Answer(part, 206, headers, cut_at=cut if cut < len(part) else None)
        return Answer(body, headers={"ETag": etag}, cut_at=cut)

    return answer


def test_a_lost_connection_is_continued(server: TlsServer, opened: Opened) -> None:
    """From where it broke off; every byte once."""
    server.answer = _ranged(9000)
    assert table(opened()).num_rows == 3000
    ranges = [asked.headers.get("Range") for asked in server.asked]
    assert ranges == [None, *(f"bytes={9000 * n}-" for n in range(1, len(ranges)))]
    assert len(ranges) == -(-len(CSV) // 9000)


def test_a_body_that_changed_meanwhile_is_read_anew(server: TlsServer, opened: Opened) -> None:
    """No mixture of two."""
    other = CSV.replace(b"town", b"city")

    def answer(asked: Asked) -> Answer:
        if len(server.asked) == 1:
            return Answer(CSV, headers={"ETag": '"one"'}, cut_at=9000)
        assert asked.headers["If-Range"] == '"one"'
        return Answer(other, headers={"ETag": '"two"'})

    server.answer = answer
    assert set(table(opened())["city"].to_pylist()) == {f"city {n}" for n in range(7)}


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_host_is_asked_again_after_the_time_it_says(
    server: TlsServer, opened: Opened, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Retry-After counts; without it the pauses double."""
    waits: list[float] = []
    monkeypatch.setattr(https_download.time, "sleep", waits.append)

    def answer(asked: Asked) -> Answer:
        if len(server.asked) < 4:
            after = {"Retry-After": "7"} if len(server.asked) == 1 else {}
            return Answer(status=status, headers=after)
        return Answer(CSV)

    server.answer = answer
    assert table(opened()).num_rows == 3000
    assert waits[0] == 7.0
    assert waits[1] < waits[2] < 1


@pytest.mark.parametrize(
    "answer, said, passes",
    [
        (Answer(status=503), "overloaded or failed inside: 503", True),
        (Answer(CSV, cut_at=5), "lost in the middle", True),
        (Answer(status=429, headers={"Retry-After": "99999"}), "overloaded", True),
        (Answer(status=401), "wants credentials", False),
        (Answer(status=403), "no permission", False),
        (Answer(status=404), "there is nothing at this address", False),
        (Answer(status=418), "the host refuses: 418", False),
        (Answer(b""), "is empty", False),
        (Answer(b"[1, 2", headers={"Content-Type": "application/json"}), "no list", False),
        (Answer(b"PAR1" * 9, headers={"Content-Type": "application/vnd.apache.parquet"}),
         "cannot be read as", False),
    ],
)  # fmt: skip
def test_what_does_not_work_is_one_error(
    server: TlsServer, opened: Opened, answer: Answer, said: str, passes: bool
) -> None:
    """Worth a retry if it may pass."""
    server.answer = lambda asked: answer
    with pytest.raises(SourceError, match=said) as caught:
        opened("/data") if answer.headers.get("Content-Type") else opened()
    assert caught.value.passes is passes
    assert "q=" not in str(caught.value)


def test_a_full_disk_is_no_lost_connection(
    server: TlsServer, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken for one: the rest was asked for, and kept behind what was not there."""
    write, asked = os.pwrite, list[int]()

    def full(handle: int, data: Any, offset: int) -> int:
        asked.append(offset)
        if len(asked) == 2:
            raise OSError(errno.ENOSPC, "")
        return write(handle, data[:1000], offset)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(SourceError, match=r"kept while it is read: no space left.*TMPDIR"):
        opened()
    assert len(asked) == 2


def test_size_and_time_are_bounded(server: TlsServer, opened: Opened) -> None:
    """By length said, by bytes read, by the clock."""
    with pytest.raises(SourceError, match="is larger than 100 bytes"):
        opened(most_bytes=100)
    server.answer = lambda asked: Answer(CSV, pause_seconds=0.3)
    with pytest.raises(SourceError, match="most_seconds"):
        opened(most_seconds=1)


def _records(first: int, end: int) -> list[dict[str, int]]:
    return [{"id": n} for n in range(first, end)]


def test_pages_by_link(server: TlsServer, opened: Opened) -> None:
    """As the header says; one on another host is refused."""

    def answer(asked: Asked) -> Answer:
        page = int(asked.path.partition("page=")[2] or 0)
        link = {"Link": f'<{server.url}/a?page={page + 1}>; rel="next", </a>; rel="first"'}
        return Answer(json.dumps(_records(page * 10, page * 10 + 10)).encode(),
                      headers=link if page < 3 else {})  # fmt: skip

    server.answer = answer
    assert table(opened("/a", paging={"by": "link"}))["id"].to_pylist() == list(range(40))
    server.answer = lambda asked: Answer(b"[]", headers={"Link": "<https://x.example/>; rel=next"})
    with pytest.raises(SourceError, match="leads to another host"):
        opened("/a", paging={"by": "link"})


def test_pages_by_cursor_and_by_offset(server: TlsServer, opened: Opened) -> None:
    """Wrapped records; a cursor that returns is no endless loop."""

    def by_cursor(asked: Asked) -> Answer:
        at = int(asked.path.partition("after=")[2] or 0)
        following = at + 10 if at < 30 else None
        page = {"meta": {"next": following}, "data": {"items": _records(at, at + 10)}}
        return Answer(json.dumps(page).encode())

    server.answer = by_cursor
    paging = {"by": "cursor", "cursor": "meta.next", "records": "data.items", "parameter": "after"}
    assert table(opened("/a?x=1", paging=paging))["id"].to_pylist() == list(range(40))
    assert server.asked[-1].path == "/a?x=1&after=30"

    def by_offset(asked: Asked) -> Answer:
        at = int(asked.path.partition("offset=")[2] or 0)
        return Answer(json.dumps(_records(at, min(at + 10, 25))).encode())

    server.answer = by_offset
    assert table(opened("/a", paging={"by": "offset"}))["id"].to_pylist() == list(range(25))
    server.answer = lambda asked: Answer(b'{"n": 5, "d": [{"id": 1}]}')
    with pytest.raises(SourceError, match="leads back to one that was read"):
        opened("/a", paging={"by": "cursor", "cursor": "n", "records": "d"})
    server.answer = lambda asked: Answer(b'[{"id": 1}]')
    with pytest.raises(SourceError, match="has more than 3 pages"):
        opened("/a", paging={"by": "offset", "most_pages": 3})


def test_nothing_is_written_in_the_clear(
    server: TlsServer, opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The temporary file has no name, and its bytes are encrypted."""
    written: list[bytes] = []
    real = os.pwrite

    def watched(handle: int, data: bytes, offset: int) -> int:
        written.append(bytes(data))
        return real(handle, data, offset)

    monkeypatch.setattr(os, "pwrite", watched)
    assert table(opened()).num_rows == 3000
    whole = b"".join(written)
    assert len(whole) == len(CSV)
    assert b"town" not in whole


def test_a_partition_in_another_process_fetches_and_compares(
    server: TlsServer, opened: Opened
) -> None:
    """What changed in between is noticed."""
    from anonymize.io.stores import https_files

    partition = pickle.loads(pickle.dumps(opened().partitions()[0]))
    https_files._BODIES._bodies.clear()
    assert sum(batch.num_rows for batch in partition.batches()) == 3000
    https_files._BODIES._bodies.clear()
    server.answer = lambda asked: Answer(CSV[:-2] + b"9\n")
    with pytest.raises(SourceError, match="changed while it was read"):
        list(partition.batches())
