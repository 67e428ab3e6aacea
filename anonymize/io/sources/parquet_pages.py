"""Finds the length of Parquet pages from their headers. A page is decoded as a whole, and contains
its cells as a whole.

Source: parquet-format, ``PageHeader`` in parquet.thrift, in Thrift's compact protocol.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import pyarrow.parquet as pq

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.places import FilePlace
from anonymize.nested.raw_names import told_path

LONGEST_CELL_BYTES = 1 << 28
"""Maximum decompressed length of a page of text or bytes: that of a row of a CSV file."""
_HEADER_BYTES = 1 << 16
"""Maximum bytes read of a header; all writers truncate the statistics in it."""
_STOP, _TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(
    13
)
_DEEPEST = 8


class _NoHeaderError(ValueError):
    """Bytes that are not a page header."""


@dataclass
class _Bytes:
    """A reader of Thrift's compact protocol."""

    data: bytes
    at: int = 0

    def byte(self) -> int:
        if self.at >= len(self.data):
            raise _NoHeaderError
        self.at += 1
        return self.data[self.at - 1]

    def varint(self) -> int:
        number = shift = 0
        while True:
            byte = self.byte()
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                return number
            shift += 7
            if shift > 63:
                raise _NoHeaderError

    def zigzag(self) -> int:
        number = self.varint()
        return (number >> 1) ^ -(number & 1)

    def fields(self) -> Iterator[tuple[int, int]]:
        """Yield number and type of each field of a struct; the caller must read its value before
        the next.
        """
        number = 0
        while (head := self.byte()) != _STOP:
            number = number + (head >> 4) if head >> 4 else self.zigzag()
            yield number, head & 0x0F

    def skip(self, kind: int, depth: int = 0) -> None:
        """Skip a value."""
        if depth > _DEEPEST:
            raise _NoHeaderError
        if kind in (_I16, _I32, _I64):
            self.varint()
        elif kind in (_BYTE, _DOUBLE, _BINARY):
            length = self.varint() if kind == _BINARY else 8 if kind == _DOUBLE else 1
            self.at += length
        elif kind == _STRUCT:
            for _, inner in self.fields():
                self.skip(inner, depth + 1)
        elif kind in (_LIST, _SET):
            head = self.byte()
            for _ in range(head >> 4 if head >> 4 < 15 else self.varint()):
                self.skip(head & 0x0F, depth + 1)
        elif kind not in (_TRUE, _FALSE):
            raise _NoHeaderError


def refuse_long_cells(file: pq.ParquetFile, place: FilePlace) -> None:
    """Refuse a file with a page longer than ``LONGEST_CELL_BYTES``. Reads only the pages' headers.

    Raises:
        SourceError: with the column and the limit.
    """
    metadata, found = file.metadata, dict[str, int]()
    with place.open() as raw:
        for group in range(metadata.num_row_groups):
            row_group = metadata.row_group(group)
            for number in range(row_group.num_columns):
                chunk = row_group.column(number)
                if (
                    chunk.physical_type != "BYTE_ARRAY"
                    or chunk.total_uncompressed_size <= LONGEST_CELL_BYTES
                ):
                    continue
                longest = max(_page_bytes(raw, chunk, str(place)))
                if longest > LONGEST_CELL_BYTES:
                    found[told_path(chunk.path_in_schema)] = max(
                        longest, found.get(told_path(chunk.path_in_schema), 0)
                    )
    if found:
        limit = LONGEST_CELL_BYTES >> 20
        raise SourceError(
            Problem(
                f"{place}: column {column}",
                f"a page is {size / (1 << 20):.0f} MiB long, as one such cell makes it; the limit"
                f" is {limit} MiB: cut the cell, or write fewer rows to a page",
            )
            for column, size in found.items()
        )


def _page_bytes(raw: BinaryIO, chunk: pq.ColumnChunkMetaData, path: str) -> Iterator[int]:
    """Yield the decompressed length of each page of a column chunk."""
    at = chunk.data_page_offset
    if chunk.has_dictionary_page and chunk.dictionary_page_offset:
        at = min(at, chunk.dictionary_page_offset)
    end = at + chunk.total_compressed_size
    yield 0
    while at < end:
        raw.seek(at, os.SEEK_SET)
        try:
            length, unpacked, packed = _header(raw.read(_HEADER_BYTES))
        except _NoHeaderError:
            raise SourceError(
                "cannot be read as Parquet: damaged or cut short", place=path
            ) from None
        yield unpacked
        at += length + packed


def _header(data: bytes) -> tuple[int, int, int]:
    """Return the lengths of a page's header, of the decompressed page, and of the stored page."""
    read, sizes = _Bytes(data), {2: -1, 3: -1}
    for number, kind in read.fields():
        if number in sizes and kind == _I32:
            sizes[number] = read.zigzag()
        else:
            read.skip(kind)
    if min(sizes.values()) < 0:
        raise _NoHeaderError
    return read.at, sizes[2], sizes[3]


def batch_rows(file: pq.ParquetFile, most: int) -> int:
    """Return the number of rows, at most ``most``, with which a batch is about as long as the
    longest allowed cell.
    """
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    widest = max(
        (group.total_byte_size / group.num_rows for group in groups if group.num_rows), default=0.0
    )
    return max(1, min(most, int(LONGEST_CELL_BYTES / widest))) if widest else most
