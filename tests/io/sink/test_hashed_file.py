"""The digests of a file that is written are those of what lies on the disk."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.io.sink.hashed_file import BLOCKS_KEY, DIGEST_BYTES, HashedFile

DATA = bytes(range(256)) * 1024
BLOCK_BYTES = 64 * 1024  # as the footer's key says, for parts of any release


def blocks_of(text: str) -> list[bytes]:
    """Return the digests in the text of a footer."""
    joined = base64.b64decode(text)
    return [joined[at : at + DIGEST_BYTES] for at in range(0, len(joined), DIGEST_BYTES)]


@pytest.mark.parametrize(
    ("writes", "blocks"),
    [
        ([], 0),
        ([1], 1),
        ([BLOCK_BYTES - 1], 1),
        ([BLOCK_BYTES], 1),
        ([BLOCK_BYTES, 1], 2),
        ([BLOCK_BYTES - 1, 2, BLOCK_BYTES - 1], 2),
        ([2 * BLOCK_BYTES + 3, 0, 7], 3),
    ],
)
def test_digests_are_those_of_the_bytes_on_disk(
    tmp_path: Path, writes: Sequence[int], blocks: int
) -> None:
    """Of all, of each block before the end, and of the tail behind them, however it was cut."""
    path, at = tmp_path / "part", 0
    sink = HashedFile(path)
    for length in writes:
        assert sink.write(DATA[at : at + length]) == length
        at += length
    found = blocks_of(sink.end_blocks())
    assert sink.write(memoryview(b"tail")) == 4
    assert sink.write(pa.py_buffer(b"!")) == 1
    assert sink.tell() == sink.size_bytes == at + 5
    sink.close()
    written = path.read_bytes()
    assert written == DATA[:at] + b"tail!"
    assert sink.digest.digest() == hashlib.sha256(written).digest()
    assert (sink.tail_bytes, sink.tail_digest.digest()) == (5, hashlib.sha256(b"tail!").digest())
    starts = range(0, at, BLOCK_BYTES)
    assert found == [
        hashlib.sha256(DATA[start : min(at, start + BLOCK_BYTES)]).digest() for start in starts
    ]
    assert len(found) == blocks


def test_a_block_is_as_long_as_the_footers_key_says() -> None:
    """Parts that are published could not be read by blocks of another length."""
    assert BLOCKS_KEY == "coatcheck.sha256_of_64KiB_blocks"
    assert BLOCK_BYTES == 65_536


def test_a_short_write_is_gone_on_with(tmp_path: Path) -> None:
    """A disk may take a part of what it is given."""

    class Slow:
        def __init__(self, path: Path) -> None:
            self.file, self.closed = open(path, "xb", buffering=0), False  # noqa: SIM115

        def write(self, view: memoryview) -> int:
            return self.file.write(view[:3])

    sink = HashedFile(tmp_path / "other")
    sink.file.close()
    sink.file = Slow(tmp_path / "part")  # type: ignore[assignment]
    assert sink.write(b"12345678") == 8
    assert (tmp_path / "part").read_bytes() == b"12345678"
    sink.file.file.close()  # type: ignore[attr-defined]


def test_what_is_written_after_it_was_abandoned_is_ignored(tmp_path: Path) -> None:
    """As if it had been written: the Parquet writer that tries is being thrown away."""
    path = tmp_path / "part"
    sink = HashedFile(path)
    assert sink.writable()
    sink.write(b"ab")
    sink.abandon()
    assert sink.write(b"cde") == 3
    sink.close()
    sink.close()
    assert sink.closed
    assert (path.read_bytes(), sink.size_bytes) == (b"ab", 2)
    with pytest.raises(FileExistsError):
        HashedFile(path)


def test_it_is_synced_where_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all that was written."""
    sizes = list[int]()
    monkeypatch.setattr(os, "fsync", lambda handle: sizes.append(os.fstat(handle).st_size))
    sink = HashedFile(tmp_path / "part")
    sink.write(b"abc")
    sink.sync()
    sink.close()
    assert sizes == [3]
