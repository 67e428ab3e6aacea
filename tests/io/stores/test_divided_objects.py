"""Text in S3 is read in pieces; each asks for its own bytes of the object that was divided."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from anonymize.errors import SourceError
from anonymize.io import Partition, Source, open_source
from anonymize.io.sources import pieces, record_ends
from anonymize.io.sources.pieces import first_row_of
from anonymize.io.stores import S3Object, kept_blocks, objects, ranges
from tests.object_store import bucket, s3  # noqa: F401

BLOCK = 700
TEXTS = {
    "a.csv": "n,name\n" + "".join(f'{n},"town\n{n}"\n' for n in range(300)),
    "mark.csv": "\ufeffn,name\r\n" + "".join(f"{n},town {n}\r\n" for n in range(300)),
    "a.jsonl": "".join(f'{{"n": {n}, "name": "town {n}"}}\n' for n in range(200)),
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pieces be of 1,500 bytes, and requests of 700."""
    monkeypatch.setattr(pieces, "SMALLEST_BYTES", 1500)
    monkeypatch.setattr(pieces, "MOST_PIECES", 1 << 40)
    monkeypatch.setattr(record_ends, "CHUNK_BYTES", 300)
    for module in (ranges, objects):
        monkeypatch.setattr(module, "BLOCK_BYTES", BLOCK)
    monkeypatch.setattr(ranges, "PIECE_BYTES", 100)


@contextmanager
def asked() -> Iterator[list[tuple[int, int]]]:
    """Yield the list of ranges that the store is asked for inside the block."""
    found, before = list[tuple[int, int]](), S3Object._asked

    def noted(self: S3Object, first: int, end: int) -> bytes:
        found.append((first, end))
        return before(self, first, end)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(S3Object, "_asked", noted)
        yield found


def _opened(s3: Any, bucket: str, name: str, body: bytes | str) -> Source:
    data = body.encode() if isinstance(body, str) else body
    s3.put_object(Bucket=bucket, Key=f"raw/{name}", Body=data)
    return open_source(f"s3://{bucket}/raw/{name}")


def _rows(parts: tuple[Partition, ...]) -> list[dict[str, object]]:
    return [row for one in parts for batch in one.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize("name", TEXTS)
def test_an_object_is_divided_as_the_same_file_is(
    s3: Any, bucket: str, tmp_path: Path, name: str
) -> None:
    """The same pieces, which another process can read, and the same rows."""
    (tmp_path / name).write_bytes(TEXTS[name].encode())
    here = open_source(tmp_path / name).pieces()
    there = pickle.loads(pickle.dumps(_opened(s3, bucket, name, TEXTS[name]).pieces()))
    assert [one.span for one in there] == [one.span for one in here]
    assert len(there) > 2
    assert _rows(there) == _rows(here)


@pytest.mark.parametrize("kept", [True, False], ids=["small", "large"])
def test_a_piece_asks_for_its_own_bytes_alone(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """Once, in order; of a small object blocks that are in memory are not asked for again."""
    if not kept:
        for module in (objects, kept_blocks):
            monkeypatch.setattr(module, "KEPT_BYTES", 0)
    found = _opened(s3, bucket, "a.csv", TEXTS["a.csv"]).pieces()
    monkeypatch.setattr(objects, "KEPT", kept_blocks.KeptBlocks())
    for one in found:
        with asked() as wanted:
            _rows((one,))
        span = one.span  # type: ignore[attr-defined]
        assert wanted[0][0] == span.first
        assert wanted[-1][1] == span.end
        assert all(a[1] == b[0] for a, b in itertools.pairwise(wanted))


def test_blocks_of_a_small_object_are_taken_from_memory(s3: Any, bucket: str) -> None:
    """Who looked for the pieces has read them."""
    found = _opened(s3, bucket, "a.csv", TEXTS["a.csv"]).pieces()
    with asked() as wanted:
        _rows(found)
    assert wanted == []


def test_the_digest_is_taken_while_the_pieces_are_looked_for(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large object, which is not in memory, nothing is read for it again."""
    for module in (objects, kept_blocks):
        monkeypatch.setattr(module, "KEPT_BYTES", 0)
    source = _opened(s3, bucket, "mark.csv", TEXTS["mark.csv"])
    with asked() as wanted:
        assert len(source.pieces()) > 2
    whole = len(TEXTS["mark.csv"].encode())
    assert sum(end - first for first, end in wanted) < 1.1 * whole
    with asked() as wanted:
        told = source.fingerprint()["files"][0]["sha256"]  # type: ignore[index]
    assert wanted == []
    assert told == hashlib.sha256(TEXTS["mark.csv"].encode()).hexdigest()


def test_a_file_that_is_not_divided_has_the_digest_of_all_its_bytes(s3: Any, bucket: str) -> None:
    """Who gave up before the end noted none."""
    text = "n,name\n" + "1,a\n" * 600 + '2,"open\n' + "3,b\n" * 600
    source = _opened(s3, bucket, "open.csv", text)
    assert len(source.pieces()) == 1
    told = source.fingerprint()["files"][0]["sha256"]  # type: ignore[index]
    assert told == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("again", ["other bytes", "the same bytes"])
def test_an_object_that_is_replaced_after_it_was_divided_is_refused(
    s3: Any, bucket: str, again: str
) -> None:
    """By its address: other bytes by their ETag, a new version of the same ones by its number."""
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    found = _opened(s3, bucket, "a.csv", TEXTS["a.csv"]).pieces()
    body = TEXTS["a.csv"].replace("town", "city") if again == "other bytes" else TEXTS["a.csv"]
    s3.put_object(Bucket=bucket, Key="raw/a.csv", Body=body.encode())
    with pytest.raises(SourceError, match=rf"s3://{bucket}/raw/a\.csv: changed"):
        _rows(found[1:2])


def test_an_object_that_is_replaced_while_it_is_divided_is_refused(s3: Any, bucket: str) -> None:
    """Before anything is made of its pieces."""
    source = _opened(s3, bucket, "a.csv", TEXTS["a.csv"])
    s3.put_object(Bucket=bucket, Key="raw/a.csv", Body=b"n,name\n" + b"1,a\n" * 2000)
    with pytest.raises(SourceError, match="changed"):
        source.pieces()


def test_errors_tell_the_rows_of_the_whole_object(s3: Any, bucket: str) -> None:
    """Counted from 1, also in its last piece."""
    rows = [f"{n},{'x' * 20}" for n in range(400)]
    rows[390] = "390"
    found = _opened(s3, bucket, "bad.csv", "n,name\n" + "\n".join(rows)).pieces()
    assert first_row_of(found[-1]) > 300
    with pytest.raises(SourceError, match=rf"s3://{bucket}/raw/bad\.csv: row 391 has 1 cell"):
        _rows(found)


def test_compressed_objects_and_other_encodings_stay_whole(s3: Any, bucket: str) -> None:
    """Their bytes cannot be read from the middle."""
    text = TEXTS["a.csv"]
    assert len(_opened(s3, bucket, "a.csv.gz", gzip.compress(text.encode())).pieces()) == 1
    assert len(_opened(s3, bucket, "utf16.csv", text.encode("utf-16")).pieces()) == 1
