"""Reads the lines of a hierarchy file: value; level 1; level 2 …, without a header."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import PlanError, Problem

_SHOWN = 3
"""Numbers of lines that an error names."""
_WIDE = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class Lines:
    """The cells of a hierarchy file, without white space around them."""

    path: str
    """The file, for errors."""
    columns: tuple[pa.StringArray, ...] = field(repr=False)
    """Values, and the groups of each level; shape of each (lines,)."""
    data: bytes = field(repr=False)
    """The file in UTF-8, for the numbers of lines."""

    def problem(self, lines: Iterable[int], what: str) -> Problem:
        """Return the problem that lines (by place in the columns, from 0) have."""
        return problem_of(self.path, self.data, [int(line) for line in lines], what)


def read_lines(data: bytes, path: str) -> Lines:
    """Return the lines of a file with ``;`` or ``,`` between cells, in UTF-8 or UTF-16 with a mark.

    Blank lines do not count. Cells may be in double quotes; a line break in one is not taken.

    Raises:
        PlanError: it is empty, in another encoding, or its lines have different numbers of cells.
    """
    from pyarrow import csv

    data = _in_utf8(data, path)
    found = re.search(rb"[^\r\n]*[^\s][^\r\n]*", data)
    if found is None:
        raise _error(path, "hierarchy file is empty; write a line per value: value;group;…;*")
    uneven: list[tuple[int, int]] = []

    def skip(row: csv.InvalidRow) -> str:
        uneven.append((row.number, row.actual_columns))
        return "skip"

    first = found[0]
    cells = _cells(first)
    try:
        table = csv.read_csv(
            pa.py_buffer(data),
            # one thread, because only then rows have numbers
            csv.ReadOptions(use_threads=False, column_names=[str(at) for at in range(cells)]),
            csv.ParseOptions(delimiter=_delimiter(first), invalid_row_handler=skip),
            csv.ConvertOptions(column_types={str(at): pa.string() for at in range(cells)}),
        )
    except pa.ArrowInvalid:  # its text may quote a line
        raise _error(
            path, "hierarchy file cannot be read as CSV; write value;group;…;* on each line"
        ) from None
    if uneven:
        what = (
            f"has {uneven[0][1]} cells, and the first line has {cells}; give every line a cell for"
            " each level"
        )
        raise PlanError(problem_of(path, data, [number - 1 for number, _ in uneven], what))
    columns = [pc.utf8_trim_whitespace(one.combine_chunks()) for one in table.itercolumns()]
    return Lines(path, tuple(columns), data)


def _in_utf8(data: bytes, path: str) -> bytes:
    """Return the text in UTF-8, without a byte order mark."""
    wide = next((name for mark, name in _WIDE.items() if data.startswith(mark)), None)
    try:
        if wide is not None:
            return data.decode(wide).encode()
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = "hierarchy file is not UTF-8; save it as UTF-8"
        raise _error(path if wide else f"{path}:{line}", what) from None
    return data.removeprefix(codecs.BOM_UTF8)


def _error(place: str, what: str) -> PlanError:
    return PlanError(what, place=place)


def _delimiter(line: bytes) -> str:
    """Return the delimiter: a semicolon if there is one outside quotes."""
    return ";" if b";" in re.sub(rb'"[^"]*"', b"", line) else ","


def _cells(line: bytes) -> int:
    """Return the number of a line's cells."""
    import csv

    return len(next(csv.reader([line.decode()], delimiter=_delimiter(line))))


def problem_of(path: str, data: bytes, lines: Sequence[int], what: str) -> Problem:
    """Return the problem of lines, by their numbers in the file: blank lines count there."""
    numbers = np.flatnonzero([bool(line) for line in data.splitlines()]) + 1
    named = [int(numbers[line]) for line in sorted(lines)[:_SHOWN] if line < len(numbers)]
    if len(lines) == 1:
        return Problem(f"{path}:{named[0]}", what)
    more = f" and {len(lines) - len(named)} more" if len(lines) > len(named) else ""
    said = f"lines {', '.join(map(str, named))}{more}: {what}"
    return Problem(f"{path}:{named[0]}", said)
