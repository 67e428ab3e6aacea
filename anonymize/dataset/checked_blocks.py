"""The bytes of a part in memory, block by block as they are asked for, each after its digest.

As for a `checked_copy`, what is decoded must be the bytes that were compared, because who holds a
reader's keyring can encrypt other bytes that Parquet accepts. So Parquet reads from memory of this
process, and a block comes there only after its digest was found right. What was not asked for is
zeros there, which decrypt to nothing: AES-GCM authenticates every page and header of a part.

The signed manifest has the digest of the part's end, the end has those of the blocks before it.
"""

from __future__ import annotations

import binascii
import hashlib
import mmap
import os
import stat
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa

from anonymize.dataset.checked_copy import cannot_be_read, changed
from anonymize.dataset.manifest import FileEntry
from anonymize.dataset.plainfile import open_to_read
from anonymize.errors import DatasetError
from anonymize.io.sink.hashed_file import BLOCK_BYTES, DIGEST_BYTES
from anonymize.io.sink.parts import MAGIC

Span: TypeAlias = tuple[int, int]
"""First byte, and the one after the last."""
_THREADS = min(4, os.cpu_count() or 1)
_WORTH_THREADS = 16
"""Blocks below which handing them to threads takes longer than it saves."""
_NO_RESERVE = 0x4000 if sys.platform == "linux" else 0
"""MAP_NORESERVE, for which Python has no name before 3.13: pages that are never touched need no
memory behind them.
"""


class Loading:
    """Blocks that are being read in the background."""

    def __init__(self, blocks: CheckedBlocks, numbers: Sequence[int]) -> None:
        """Begin with ``numbers``."""
        self._blocks, self._numbers = blocks, numbers
        self._parts = list[Future[None]]()
        if len(numbers) >= _WORTH_THREADS:
            size = -(-len(numbers) // _THREADS)
            for at in range(0, len(numbers), size):
                self._parts.append(blocks.pool().submit(blocks.read, numbers[at : at + size]))

    def wait(self) -> None:
        """Return when they are in memory.

        Raises:
            DatasetError: a block is not as it was published, or the part cannot be read.
        """
        if not self._parts:
            self._blocks.read(self._numbers)
        for part in self._parts:
            part.result()
        self._blocks.note(self._numbers)


class CheckedBlocks:
    """The bytes of one part; see above. Uses the memory of what was asked for and not released."""

    def __init__(self, path: Path, entry: FileEntry) -> None:
        """Open the part at ``path``, and read its end.

        Raises:
            DatasetError: the part is missing, is not encrypted Parquet, or its end is not what the
                manifest lists.
        """
        self.path, self._size = path, entry.size_bytes
        self._ahead: ThreadPoolExecutor | None = None
        self._data_bytes = entry.size_bytes - entry.tail_bytes
        self._there = bytearray(max(0, -(-self._data_bytes // BLOCK_BYTES)))
        self._digests = b""
        self._handle = open_to_read(path)
        try:
            self._memory = self._reserved()
            self._read_tail(entry)
        except BaseException:
            os.close(self._handle)
            raise
        self.source = pa.BufferReader(pa.py_buffer(self._memory))
        """What Parquet reads."""

    def _reserved(self) -> mmap.mmap:
        found = os.fstat(self._handle)
        sound = stat.S_ISREG(found.st_mode) and found.st_size == self._size
        if not sound or self._data_bytes < 0:
            raise changed(self.path)
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE
        try:
            return mmap.mmap(-1, self._size, flags=flags)
        except OSError as error:
            what = f"its {self._size} bytes of addresses cannot be reserved"
            why = os.strerror(error.errno or 12).lower()
            raise DatasetError(f"{what} ({why})", place=str(self.path)) from None

    def _read_tail(self, entry: FileEntry) -> None:
        tail = self._read(self._data_bytes, bytearray(entry.tail_bytes))
        if hashlib.sha256(tail).hexdigest() != entry.tail_sha256:
            raise changed(self.path)
        if bytes(tail[-len(MAGIC) :]) != MAGIC:
            raise DatasetError("is not encrypted Parquet: refused", place=str(self.path))
        self._memory[self._data_bytes :] = tail

    def _read(self, start: int, into: bytearray | memoryview) -> memoryview:
        """Return ``into`` filled from ``start`` on."""
        view, filled = memoryview(into), 0
        try:
            while filled < len(view):
                count = os.preadv(self._handle, [view[filled:]], start + filled)
                if not count:
                    raise changed(self.path)
                filled += count
        except OSError as error:
            raise cannot_be_read(self.path, error) from None
        return view

    def take_digests(self, text: bytes) -> None:
        """Take the digests of the blocks from the part's footer.

        Raises:
            DatasetError: they are not those of this many bytes.
        """
        try:
            digests = binascii.a2b_base64(text, strict_mode=True)
        except binascii.Error:
            digests = b""
        if len(digests) != len(self._there) * DIGEST_BYTES:
            raise DatasetError("its footer lacks the digests of its blocks", place=str(self.path))
        self._digests = digests

    def load(self, spans: Iterable[Span]) -> Loading:
        """Begin to read what of ``spans`` is not in memory."""
        return Loading(self, [n for n in blocks_of(spans) if not self._there[n]])

    def read(self, numbers: Sequence[int]) -> None:
        """Read blocks and compare them. Several threads may do this, each with its own blocks.

        Raises:
            DatasetError: see `Loading.wait`.
        """
        scratch, memory = memoryview(bytearray(BLOCK_BYTES)), self._memory
        for number in numbers:
            start = number * BLOCK_BYTES
            end = min(start + BLOCK_BYTES, self._data_bytes)
            block = self._read(start, scratch[: end - start])
            at = number * DIGEST_BYTES
            if hashlib.sha256(block).digest() != self._digests[at : at + DIGEST_BYTES]:
                raise changed(self.path)
            memory[start:end] = block

    def note(self, numbers: Iterable[int]) -> None:
        """Remember that blocks are in memory, so that they are not read again: nothing that Parquet
        may be reading is overwritten.
        """
        for number in numbers:
            self._there[number] = 1

    def release(self, spans: Iterable[Span], kept: Iterable[Span] = ()) -> None:
        """Give the memory of ``spans`` back, except of the blocks that ``kept`` needs.

        What was decoded of them holds copies: a page is decrypted into memory of its own.
        """
        still = set(blocks_of(kept))
        for first, end in _runs(n for n in blocks_of(spans) if self._there[n] and n not in still):
            self._there[first:end] = bytes(end - first)
            stop = min(end * BLOCK_BYTES, self._data_bytes // BLOCK_BYTES * BLOCK_BYTES)
            if stop > first * BLOCK_BYTES:
                # the last block may share a page with the part's end, and stays
                length = stop - first * BLOCK_BYTES
                self._memory.madvise(mmap.MADV_DONTNEED, first * BLOCK_BYTES, length)

    def pool(self) -> ThreadPoolExecutor:
        """Return the threads that read ahead."""
        if self._ahead is None:
            self._ahead = ThreadPoolExecutor(_THREADS, "coatcheck-read")
        return self._ahead

    def close(self) -> None:
        """Close the part, after waiting for the threads. The memory goes when Parquet lets go of
        it.
        """
        if self._ahead is not None:
            self._ahead.shutdown(cancel_futures=True)
        os.close(self._handle)


def blocks_of(spans: Iterable[Span]) -> list[int]:
    """Return the numbers of the blocks in which bytes of ``spans`` lie, each once, in order."""
    found = set[int]()
    for start, end in spans:
        found.update(range(start // BLOCK_BYTES, -(-end // BLOCK_BYTES)))
    return sorted(found)


def _runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return neighbouring numbers of an ordered list as first and one after the last."""
    runs = list[tuple[int, int]]()
    for number in numbers:
        if runs and runs[-1][1] == number:
            runs[-1] = runs[-1][0], number + 1
        else:
            runs.append((number, number + 1))
    return runs
