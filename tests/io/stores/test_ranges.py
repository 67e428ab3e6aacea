"""A stream over ranges gives the bytes of the whole, however it is read."""

from __future__ import annotations

import io
import random

import pytest

from anonymize.io.stores import ranges
from anonymize.io.stores.ranges import RangedStream

DATA = random.Random(1).randbytes(100_003)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read by small blocks."""
    monkeypatch.setattr(ranges, "BLOCK_BYTES", 1000)
    monkeypatch.setattr(ranges, "PIECE_BYTES", 64)


def test_any_order_of_seeks_and_reads_gives_the_bytes_there() -> None:
    """Compared with a stream in memory, over 3,000 random steps."""
    chance, asked = random.Random(2), []

    def fetch(first: int, end: int) -> bytes:
        asked.append((first, end))
        return DATA[first:end]

    plain = io.BytesIO(DATA)
    with RangedStream(fetch, len(DATA)) as stream:
        for _ in range(3000):
            if chance.random() < 0.5:
                at = chance.randrange(len(DATA) + 10)
                assert stream.seek(at) == plain.seek(at)
            size = chance.choice([0, 1, 7, 64, 65, 999, 1000, 1001, 5000])
            assert stream.read(size) == plain.read(size)
            assert stream.tell() == plain.tell()
    assert all(0 <= first < end <= len(DATA) for first, end in asked)


def test_read_in_order_every_byte_is_asked_for_once() -> None:
    """But for the first piece, which may have been a look at the header."""
    asked = []

    def fetch(first: int, end: int) -> bytes:
        asked.append(end - first)
        return DATA[first:end]

    with RangedStream(fetch, len(DATA)) as stream:
        got = b"".join(iter(lambda: stream.read(100), b""))
    assert got == DATA
    assert sum(asked) <= len(DATA) + 100


def test_a_look_at_the_beginning_asks_for_a_piece_alone() -> None:
    """Opening a thousand objects does not read them."""
    asked = []

    def fetch(first: int, end: int) -> bytes:
        asked.append((first, end))
        return DATA[first:end]

    with RangedStream(fetch, len(DATA)) as stream:
        assert stream.read(4) == DATA[:4]
        stream.seek(-8, io.SEEK_END)
        assert stream.read(8) == DATA[-8:]
    assert asked == [(0, 64), (len(DATA) - 8, len(DATA))]


def test_an_error_of_a_request_is_the_reader_s() -> None:
    """It comes up where the bytes were wanted."""

    def fetch(first: int, end: int) -> bytes:
        raise LookupError(first)

    with RangedStream(fetch, len(DATA)) as stream, pytest.raises(LookupError):
        stream.read()
