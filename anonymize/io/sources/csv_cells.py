"""Reads the syntax of a CSV file: its header, the ends of rows, and cells as text."""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from anonymize.errors import SourceError
from anonymize.io.sources.blocks import Block, Recut
from anonymize.io.sources.csv_header import ROWS, Heading, is_row_of_data, lines_above_header
from anonymize.io.sources.text_streams import not_encoded, open_text, read_up_to, utf8_error_offset
from anonymize.nested.raw_names import counted, is_value
from anonymize.nested.schema import refuse_duplicates

HEAD_BYTES = 1 << 20
_DECIMAL = re.compile(r"-?\d+\.\d+")
_NO_HEADER = "say header: false"
_HEADER = "header: true"
_QUOTED_CELL = b'"(?:[^"]|"")*(?:"|$)'
_NEWLINE, _RETURN, _QUOTE = b'\n\r"'


@dataclass(frozen=True)
class CsvDialect:
    """Settings for reading a CSV file's cells."""

    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    null_values: tuple[str, ...] = ()
    """Texts that mean null, in addition to the empty one."""
    column_nulls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The same for single columns."""
    sure: bool = False
    """True if the user stated that the first row names the columns; otherwise it is compared with
    the rows below it.
    """


@dataclass(frozen=True)
class CsvHead:
    """The first row of one file."""

    names: tuple[str, ...]
    """Column names in the file's order."""
    size_bytes: int
    """Offset of the first data row in the decoded text, after a byte-order mark."""
    newline: bytes
    """The end of a row: a line feed, or a carriage return in old files."""
    has_rows: bool
    """True if anything except blank lines follows."""


def read_head(path: Path, dialect: CsvDialect, heading: Heading | None = None) -> CsvHead:
    """Return the header of the file at ``path``; ``heading`` recognizes words that are used as
    column names.

    Raises:
        SourceError: no text, a first row that is not a header, names that occur twice, another
            delimiter. The error quotes no cell of the first row.
    """
    with open_text(path, dialect.encoding) as stream:
        raw = read_up_to(stream, HEAD_BYTES)
        ended = len(raw) < HEAD_BYTES
    bad = utf8_error_offset(memoryview(raw))
    if bad is not None and (ended or bad < len(raw) - 4):
        raise not_encoded(str(path), dialect.encoding, bad)
    text = raw.decode("utf-8", "ignore")
    names, consumed = _first_row(text, dialect, str(path))
    if above := lines_above_header(text, dialect.delimiter):
        raise _lines_to_remove(path, above)
    if dialect.header:
        _check_names(names, dialect, str(path))
        if not dialect.sure and is_row_of_data(
            names, _rows_below(text[consumed:], dialect), heading
        ):
            what = "the first row is like the rows below it, not like column names"
            raise SourceError(
                f"{what}; if it is data {_NO_HEADER}, else {_HEADER}", place=str(path)
            )
    else:
        names, consumed = tuple(f"column_{i}" for i in range(1, len(names) + 1)), 0
    names = tuple(name or f"column_{i}" for i, name in enumerate(names, 1))
    refuse_duplicates(names, str(path), "rename them, or say header: false if it is no name")
    rest = text[consumed:]
    newline = b"\r" if "\r" in text and "\n" not in text else b"\n"
    return CsvHead(names, len(text[:consumed].encode()), newline, bool(rest.strip()) or not ended)


def _first_row(text: str, dialect: CsvDialect, place: str) -> tuple[tuple[str, ...], int]:
    """Return the first row that is not blank, and the number of characters up to its end."""
    consumed = 0

    def lines() -> Iterator[str]:
        nonlocal consumed
        for line in io.StringIO(text, newline=""):
            consumed += len(line)
            yield line

    try:
        for row in csv.reader(lines(), delimiter=dialect.delimiter):
            if row:
                return tuple(row), consumed
    except csv.Error:
        raise SourceError("the first row cannot be read as CSV", place=place) from None
    raise SourceError("holds no text but blank lines", place=place)


def _rows_below(text: str, dialect: CsvDialect) -> list[list[str]]:
    """Return the first rows of ``text`` that are not blank, up to the first that cannot be read."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter):
            rows += [row] if row else []
            if len(rows) == ROWS:
                break
    except csv.Error:
        pass
    return rows


def _lines_to_remove(path: Path, lines: int) -> SourceError:
    what = "its first line is" if lines == 1 else f"its first {lines} lines are"
    them = "it" if lines == 1 else "them"
    read = "zcat FILE | tail" if path.suffix == ".gz" else "tail"
    file = "" if path.suffix == ".gz" else " FILE"
    kind = next((ending for ending in path.suffixes[::-1] if ending != ".gz"), ".csv")
    hint = f"remove {them} with: {read} -n +{lines + 1}{file} > NEW{kind}"
    return SourceError(
        f"{what} no row like those below, perhaps a comment; {hint}", place=str(path)
    )


def _check_names(names: tuple[str, ...], dialect: CsvDialect, place: str) -> None:
    data_like = [
        str(i)
        for i, name in enumerate(names, 1)
        if is_value(name) or _DECIMAL.fullmatch(name.strip())
    ]
    if data_like:
        where = counted(map(int, data_like))
        what = f"the first row looks like data, not column names ({where})"
        raise SourceError(f"{what}; if so {_NO_HEADER}, else rename them", place=place)
    if len(names) == 1:
        other = next(
            (d for d in (";", "\t", "|", ",") if d != dialect.delimiter and d in names[0]), None
        )
        if other:
            named, said = ("a tab", "tab") if other == "\t" else (repr(other), repr(other))
            raise SourceError(
                f"one column only; if {named} separates columns say delimiter: {said}", place=place
            )


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
                delimiter=self.dialect.delimiter, invalid_row_handler=note
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
