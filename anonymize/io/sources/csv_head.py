"""Reads the header of a text table."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from anonymize.errors import SourceError
from anonymize.io.sources.column_names import final_names
from anonymize.io.sources.csv_dialect import CsvDialect, lines_of
from anonymize.io.sources.csv_header import ROWS, Heading, in_two_rows, is_row_of_data
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_streams import not_encoded, read_up_to, utf8_error_offset
from anonymize.nested.raw_names import counted, is_numbered, is_value

HEAD_BYTES = 1 << 20
_DECIMAL = re.compile(r"-?\d+\.\d+")
_NO_HEADER = "say header: false"
_HEADER = "header: true"


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


def read_head(
    file: FilePlace,
    dialect: CsvDialect,
    heading: Heading | None = None,
    headers: set[tuple[str, ...]] | None = None,
) -> CsvHead:
    """Return the header of ``file``; ``heading`` recognizes words that are used as
    column names.

    ``headers`` has first rows of other files that were found to be headers; the same row is not
    compared with the rows below it again, and a new one is added.

    Raises:
        SourceError: no text, a first row that is not a header, names that occur twice, another
            delimiter. The error quotes no cell of the first row.
    """
    with dialect.open(file) as stream:
        raw = read_up_to(stream, HEAD_BYTES)
        ended = len(raw) < HEAD_BYTES
    bad = utf8_error_offset(memoryview(raw))
    if bad is not None and (ended or bad < len(raw) - 4):
        raise not_encoded(str(file), dialect.encoding, bad)
    text = raw.decode("utf-8", "ignore")
    skipped = _length_of_lines(text, dialect.skip_rows)
    names, consumed = _first_row(text[skipped:], dialect, str(file))
    consumed += skipped
    if dialect.header:
        below = _rows_below(text[consumed:], dialect)
        _check_names(names, below, dialect, str(file))
        asked = not dialect.sure and names not in (headers or ())
        if asked and is_row_of_data(names, below, heading):
            what = "the first row is like the rows below it, not like column names"
            raise SourceError(
                f"{what}; if it is data {_NO_HEADER}, else {_HEADER}", place=str(file)
            )
        if asked and in_two_rows(names, below):
            lines = sum(1 for _ in lines_of(text[:consumed]))
            raise SourceError(
                f"names stand in two rows; say skip_rows: {lines} for the lower one alone",
                place=str(file),
            )
        if headers is not None:
            headers.add(names)
    else:
        names, consumed = tuple(f"column_{i}" for i in range(1, len(names) + 1)), skipped
    advice = ", or say header: false if it is no name" if dialect.header else ""
    names = final_names(names, dialect.renames, str(file), advice=advice)
    rest = text[consumed:]
    newline = b"\r" if "\r" in text and "\n" not in text else b"\n"
    return CsvHead(names, len(text[:consumed].encode()), newline, bool(rest.strip()) or not ended)


def _length_of_lines(text: str, count: int) -> int:
    """Return the number of characters of the first ``count`` lines."""
    return sum(len(line) for line in itertools.islice(lines_of(text), count))


def _first_row(text: str, dialect: CsvDialect, place: str) -> tuple[tuple[str, ...], int]:
    """Return the first row that is not blank, and the number of characters up to its end."""
    consumed = 0

    def lines() -> Iterator[str]:
        nonlocal consumed
        for line in lines_of(text):
            consumed += len(line)
            yield line

    try:
        for row in dialect.rows_of(lines()):
            if row:
                return tuple(row), consumed
    except csv.Error:
        raise SourceError("the first row cannot be read as CSV", place=place) from None
    raise SourceError("holds no text but blank lines", place=place)


def _rows_below(text: str, dialect: CsvDialect) -> list[list[str]]:
    """Return the first rows of ``text`` that are not blank, up to the first that cannot be read."""
    rows: list[list[str]] = []
    try:
        for row in dialect.rows_of(lines_of(text)):
            rows += [row] if row else []
            if len(rows) == ROWS:
                break
    except csv.Error:
        pass
    return rows


def _names_a_column(names: tuple[str, ...], at: int, below: Sequence[Sequence[str]]) -> bool:
    """Return True if letters and a number name a column: the rows below hold something else there,
    and most other names are words.
    """
    values = [row[at] for row in below if at < len(row) and row[at].strip()]
    words = sum(any(map(str.isalpha, name)) and not is_value(name) for name in names)
    other = bool(values) and not any(map(is_value, values))
    return is_numbered(names[at]) and other and 2 * words > len(names)


def _check_names(
    names: tuple[str, ...], below: Sequence[Sequence[str]], dialect: CsvDialect, place: str
) -> None:
    data_like = [
        str(i)
        for i, name in enumerate(names, 1)
        if is_value(name) or _DECIMAL.fullmatch(name.strip())
    ]
    if all(_names_a_column(names, int(i) - 1, below) for i in data_like):
        data_like = []
    if data_like:
        where = counted(map(int, data_like))
        what = f"the first row looks like data, not column names ({where})"
        raise SourceError(f"{what}; if so {_NO_HEADER}, else rename them", place=place)
    if len(names) == 1 and not dialect.widths:
        other = next(
            (d for d in (";", "\t", "|", ",") if d != dialect.delimiter and d in names[0]), None
        )
        if other:
            named, said = ("a tab", "tab") if other == "\t" else (repr(other), repr(other))
            raise SourceError(
                f"one column only; if {named} separates columns say delimiter: {said}", place=place
            )
