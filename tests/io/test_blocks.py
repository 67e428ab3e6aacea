"""Blocks of a stream hold all of its bytes in order and end at rows, whatever a read returns; a
small stream gets no large buffer.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import accumulate

import pytest

from anonymize.io.sources.blocks import BLOCK_BYTES, Block, Splitter

LINE = b"0123456789,abcdef\n"


class Halting(io.BytesIO):
    """A stream that gives at most so many bytes a read."""

    most = 1 << 30

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Read some of what is asked for."""
        return super().readinto(into[: self.most])


def blocks(text: bytes, size: int, most: int) -> Iterator[Block]:
    """Yield the blocks of a text."""
    stream = Halting(text)
    stream.most = most
    splitter = Splitter(stream, "people.csv", room=7, size=size)  # type: ignore[arg-type]
    while block := splitter.next():
        yield block


@pytest.mark.parametrize("size", [1 << 10, (1 << 19) + 1, 1 << 20])
@pytest.mark.parametrize("length", [0, 1, 17, 18, (1 << 19) - 1, 1 << 19, (1 << 19) + 1, 3 << 20])
def test_blocks_are_the_text_cut_at_rows(size: int, length: int) -> None:
    """The last one may end without a line's end."""
    text = (LINE * (length // len(LINE) + 1))[:length]
    cut = None
    for most in (1 << 30, 70_001):
        found = [(block.offset, bytes(block.text())) for block in blocks(text, size, most)]
        assert b"".join(rows for _, rows in found) == text
        assert all(rows.endswith(b"\n") and len(rows) <= size for _, rows in found[:-1])
        ends = accumulate((len(rows) for _, rows in found), initial=0)
        assert [at for at, _ in found] == list(ends)[:-1]
        assert cut in (None, found)  # what a read returns decides nothing
        cut = found


def test_a_small_text_gets_a_small_buffer() -> None:
    """A folder may have a million of such files; all of a block is there for a larger one."""
    (small,) = blocks(LINE * 10, BLOCK_BYTES, 1 << 30)
    assert len(small.data) < BLOCK_BYTES // 16
    (large,) = blocks(LINE * 60_000, BLOCK_BYTES, 1 << 30)
    assert len(large.data) == BLOCK_BYTES + 7
