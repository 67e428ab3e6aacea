"""Splits a file's bytes into blocks that end at the end of a row, and parses them in order with a
thread pool.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import pyarrow as pa

from anonymize.errors import SourceError

BLOCK_BYTES = 16 << 20
"""Bytes that are parsed at once: enough to make per-block costs negligible, few enough to stay in
cache.
"""
_FIRST_BYTES = 1 << 19
"""Bytes that are read before a whole block is made room for, which takes 2 ms: small files end in
them. More than the piece that a store is asked for where a file is only looked at.
"""
LONGEST_ROW_BYTES = 1 << 28
"""A longer row is treated as an unclosed quote; reading up to here takes 0.6 GB of memory."""

Parsed = TypeVar("Parsed")


class Recut(Exception):
    """Raised by a parser for a block that ends inside a quoted cell."""


class UnclosedQuote(Exception):
    """A quoted cell is still open at the end of the text; ``block`` is the last block."""

    def __init__(self, block: Block) -> None:
        """Store the block."""
        self.block = block
        super().__init__("a quoted cell is not closed")


class Block:
    """Bytes of complete rows: ``data[:length]`` began at ``offset`` of the (decompressed, UTF-8)
    text.
    """

    __slots__ = ("data", "length", "offset")

    def __init__(self, data: bytearray, length: int, offset: int) -> None:
        """Store the buffer; bytes after ``length`` may be overwritten."""
        self.data, self.length, self.offset = data, length, offset

    def text(self) -> memoryview:
        """Return the bytes of the rows, without copying."""
        return memoryview(self.data)[: self.length]


class Splitter:
    """Splits a stream into blocks at line ends; can take blocks back and split them elsewhere."""

    def __init__(
        self,
        stream: io.RawIOBase,
        place: str,
        *,
        room: int = 0,
        size: int = BLOCK_BYTES,
        start: int = 0,
    ) -> None:
        """Split ``stream``, which is at byte ``start``; every block's buffer has ``room`` spare
        bytes at its end.
        """
        self._stream, self.place, self._room, self._size = stream, place, room, size
        self._rest: bytes | bytearray | memoryview = b""
        self._offset = start
        self._ended = self._is_long = False
        self.newline = b"\n"

    def next(self, cut: Callable[[bytearray, int], int] | None = None) -> Block | None:
        """Return the next block, or None at the end; ``cut(data, length)`` finds the end of the
        last complete row.

        Raises:
            SourceError: no row ends within 256 MiB.
        """
        wanted = self._size
        while True:
            data, length = self._filled(wanted)
            if self._ended:
                return self._take(data, length, length) if length else None
            end = cut(data, length) if cut else data.rfind(self.newline, 0, length) + 1
            if end:
                return self._take(data, length, end)
            self._rest, wanted = memoryview(data)[:length], min(length * 4, LONGEST_ROW_BYTES + 1)
            if length > LONGEST_ROW_BYTES:
                why = "a quoted cell is not closed, or the row's end is missing"
                raise SourceError(
                    f"a row is longer than {LONGEST_ROW_BYTES >> 20} MiB: {why}", place=self.place
                )

    def _filled(self, wanted: int) -> tuple[bytearray, int]:
        """Return a new buffer with the remaining bytes, filled up from the stream."""
        length = len(self._rest)
        size = length if self._ended else max(wanted, length)
        if not self._is_long and size > length + _FIRST_BYTES:
            data = self._buffer(length + _FIRST_BYTES)
            length = self._read(data, length, length + _FIRST_BYTES)
            if self._ended:
                return data, length
            self._rest, self._is_long = memoryview(data)[:length], True
        data = self._buffer(size)
        return data, self._read(data, length, size)

    def _buffer(self, size: int) -> bytearray:
        """Return a new buffer that begins with the remaining bytes."""
        data = bytearray(size + self._room)
        data[: len(self._rest)] = self._rest
        return data

    def _read(self, data: bytearray, length: int, size: int) -> int:
        """Fill ``data[length:size]`` from the stream; return where it ends."""
        view = memoryview(data)
        while length < size and not self._ended:
            got = self._stream.readinto(view[length:size]) or 0
            self._ended = got == 0
            length += got
        return length

    def _take(self, data: bytearray, length: int, end: int) -> Block:
        self._rest = bytes(memoryview(data)[end:length])
        block = Block(data, end, self._offset)
        self._offset += end
        if self._ended and self._rest:
            self._ended = False  # the next call returns the remaining bytes
        return block

    def take_back(self, blocks: list[Block]) -> None:
        """Return blocks to the stream so that they are split again at other row ends."""
        self._offset = blocks[0].offset
        self._rest = b"".join([*(block.text() for block in blocks), self._rest])
        self._ended = False


def workers() -> int:
    """Return the number of blocks to parse in parallel: the machine's cores, at most four."""
    return min(4, max(1, int(pa.cpu_count())))


def parse_in_order(
    splitter: Splitter,
    parse: Callable[[Block], Parsed],
    recut: Callable[[bytearray, int], int] | None = None,
) -> Iterator[Parsed]:
    """Yield ``parse(block)`` for every block, in order; a few threads parse ahead.

    If ``parse`` raises `Recut`, that block and later ones are split again, from then on by
    ``recut``. Memory: at most ``workers() + 1`` blocks and their results.
    """
    cut = None
    pending: deque[tuple[Block, Future[Parsed]]] = deque()
    count = workers()
    with ThreadPoolExecutor(count, thread_name_prefix="coatcheck-read") as pool:
        try:
            block = splitter.next()
            while block or pending:
                if block:
                    pending.append((block, pool.submit(parse, block)))
                if not block or len(pending) > count:
                    first, future = pending.popleft()
                    try:
                        parsed = future.result()
                    except Recut:
                        if cut is not None:
                            raise UnclosedQuote(first) from None
                        cut = recut
                        splitter.take_back([first, *(taken for taken, _ in pending)])
                        pending.clear()
                    else:
                        del (
                            block,
                            first,
                            future,
                        )  # release their bytes and rows while the caller works
                        yield parsed
                        del parsed
                block = splitter.next(cut)
        finally:
            for _, future in pending:
                future.cancel()
