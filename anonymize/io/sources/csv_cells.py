"""Reads the syntax of a CSV file: the ends of rows, and cells as text."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from anonymize.errors import SourceError
from anonymize.io.sources.blocks import Block, Recut
from anonymize.io.sources.csv_dialect import CsvDialect
from anonymize.io.sources.text_streams import not_encoded, utf8_error_offset
from anonymize.io.sources.text_types import NotOfKind, convert

_QUOTED_CELL = b'"(?:[^"]|"")*(?:"|$)'
_NEWLINE, _RETURN, _QUOTE = b'\n\r"'


class RaggedRowsError(ValueError):
    """Rows with too many or too few cells; ``rows`` counts from 0 within the block."""

    def __init__(self, rows: list[tuple[int, int]], expected: int) -> None:
        """Store (row, cells) of the first of them."""
        self.rows, self.expected = rows, expected
        super().__init__("ragged rows")


@dataclass(frozen=True)
class CellReader:
    """Reads a block's cells as text columns."""

    names: tuple[str, ...]
    """All columns, in the file's order."""
    wanted: tuple[str, ...]
    """The columns to return."""
    dialect: CsvDialect
    place: str
    mark: str = field(default_factory=lambda: f"end-{secrets.token_hex(8)}")
    """Text of an additional last row behind each block. If the parser does not return this row, the
    block ends inside a quoted cell. Arrow's streaming reader would handle line breaks in cells, but
    it parses with one thread only.
    """

    @property
    def room(self) -> int:
        """Spare bytes that a block's buffer needs."""
        return len(self._last_row()) + 1

    def _last_row(self) -> bytes:
        return self.dialect.delimiter.join([self.mark] * len(self.names)).encode() + b"\n"

    def __call__(self, block: Block) -> pa.RecordBatch:
        """Return ``wanted`` as text columns.

        Raises:
            Recut: the block ends inside a quoted cell.
            RaggedRowsError: rows with too many or too few cells.
            SourceError: not UTF-8, or Arrow cannot parse it as CSV.
        """
        ragged: list[tuple[int, int]] = []

        def note(row: pa.csv.InvalidRow) -> str:
            ragged.append((row.number - 1, row.actual_columns))
            return "skip"

        try:
            table = self._parse(block, note)
        except pa.ArrowInvalid:
            raise self._why(block) from None
        rows = table.num_rows - 1
        if rows < 0 or table.column(0)[rows].as_py() != self.mark:
            raise Recut
        if ragged:
            raise RaggedRowsError(ragged, len(self.names))
        return self._without_nulls(table.combine_chunks().to_batches()[0].slice(0, rows))

    def typed(self, column: pa.StringArray, kind: pa.DataType, *, lossless: bool) -> pa.Array:
        """Return a column of text as ``kind``, with numbers as the dialect writes them.

        Raises:
            NotOfKind: with the positions of the values that do not fit.
        """
        numbers = self.dialect.numbers
        if not numbers.plain and (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            column, others = numbers.plainly(column)
            if len(others):
                raise NotOfKind(others, kind)
        return convert(column, kind, lossless=lossless)

    def _without_nulls(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return ``batch`` with null for the texts that mean null in a column."""
        for name, markers in self.dialect.column_nulls:
            at = batch.schema.get_field_index(name)
            if at >= 0:
                meant = pc.is_in(batch.column(at), value_set=pa.array(markers, pa.string()))
                nulled = pc.if_else(meant, pa.scalar(None, pa.string()), batch.column(at))
                batch = batch.set_column(at, name, nulled)
        return batch

    def _parse(self, block: Block, note: object) -> pa.Table:
        data, end = block.data, block.length
        newline = b"" if data[end - 1] in (_NEWLINE, _RETURN) else b"\n"
        last = newline + self._last_row()
        data[end : end + len(last)] = last
        size = end + len(last)
        csv_ = pa.csv
        return csv_.read_csv(
            pa.py_buffer(memoryview(data)[:size]),
            read_options=csv_.ReadOptions(
                use_threads=False, block_size=size + 1, column_names=list(self.names)
            ),
            parse_options=csv_.ParseOptions(
                delimiter=self.dialect.delimiter,
                invalid_row_handler=note,
                # RFC 4180: of one column an empty line is a record whose field is empty
                ignore_empty_lines=len(self.names) > 1,
            ),
            convert_options=csv_.ConvertOptions(
                include_columns=list(self.wanted),
                column_types={name: pa.string() for name in self.wanted},
                null_values=["", *self.dialect.null_values],
                strings_can_be_null=True,
            ),
        )

    def _why(self, block: Block) -> SourceError:
        bad = utf8_error_offset(block.text())
        if bad is not None:
            return not_encoded(self.place, self.dialect.encoding, block.offset + bad)
        return SourceError(f"cannot be read as CSV near byte {block.offset}", place=self.place)


def cut_outside_quotes(
    data: bytearray, length: int, delimiter: bytes = b",", newline: bytes = b"\n"
) -> int:
    """Return the offset of the end of the last complete row in ``data[:length]``, 0 if there is
    none.

    ``data`` begins at the start of a row. Quotes that open a cell follow a delimiter or the end of
    a row; other quotes are part of the text, as in Arrow.
    """
    codes = np.frombuffer(data, np.uint8, length)
    quotes = np.flatnonzero(codes == _QUOTE)
    ends = np.flatnonzero(codes == newline[0])
    if not len(ends):
        return 0
    if not quotes_are_regular(codes, quotes, delimiter):
        return _cut_by_cells(data, length, delimiter, newline)
    outside = np.searchsorted(quotes, ends) % 2 == 0
    return int(ends[outside][-1]) + 1 if outside.any() else 0


def quotes_are_regular(
    codes: np.ndarray[Any, np.dtype[np.uint8]],
    quotes: np.ndarray[Any, np.dtype[np.intp]],
    delimiter: bytes,
) -> bool:
    """Return True if every second quote, beginning with the first, opens a cell; ``codes`` begin at
    the start of a row.
    """
    opening = quotes[::2]
    before = codes[np.maximum(opening - 1, 0)]
    before[: int(len(opening) > 0 and opening[0] == 0)] = _NEWLINE
    may_stand = np.zeros(256, np.bool_)
    may_stand[[delimiter[0], _NEWLINE, _RETURN, _QUOTE]] = True
    return bool(may_stand[before].all())


def _cut_by_cells(data: bytearray, length: int, delimiter: bytes, newline: bytes) -> int:
    """The same for rows with quotes inside text: goes cell by cell."""
    cell = re.compile(
        _QUOTED_CELL
        + b"[^"
        + re.escape(delimiter)
        + b"\r\n]*|[^"
        + re.escape(delimiter)
        + b"\r\n]*"
    )
    view, at, last = memoryview(data)[:length], 0, 0
    while at < length:
        found = cell.match(view, at)
        at = found.end() if found else at
        if at >= length:
            break
        if data[at] == newline[0]:
            last = at + 1
        at += 1
    return last
