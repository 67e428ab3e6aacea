"""Leaves out the last rows of a text table or a sheet, which are no rows of the table: totals,
footers. A row that is like those of the table is refused, so that nobody is left out unseen.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.line_stream import LineStream
from anonymize.io.sources.totals_row import is_number, is_totals, is_word_for_totals

_CHUNK_BYTES = 1 << 20
_TAIL_BYTES = 1 << 16
_LONGEST_BYTES = 1 << 28


class WithoutFooter(LineStream):
    """A stream without its last lines; blank lines do not count.

    A line break inside a quoted cell counts too: a cell that is cut so is refused as not closed.
    """

    def __init__(self, stream: io.RawIOBase, lines: int, place: str) -> None:
        """Read from ``stream``, which is at the beginning of a line."""
        self._stream, self._lines, self._place = stream, lines, place
        super().__init__()
        self.mark_bytes: int = getattr(stream, "mark_bytes", 0)
        self.left_out = b""
        """The last lines, once the end is read."""

    def _next(self) -> bytes:
        """Return the next bytes that are not of the lines that may be the last."""
        chunk = bytearray(_CHUNK_BYTES)
        got = self._stream.readinto(chunk) or 0
        data = self.left_out + bytes(memoryview(chunk)[:got])
        start = _last_lines(data, self._lines)
        self._ended, self.left_out = not got, data[start:]
        if len(self.left_out) > _LONGEST_BYTES:
            what = f"the last lines are longer than {_LONGEST_BYTES >> 20} MiB"
            raise SourceError(what, place=self._place)
        return data[:start]

    def close(self) -> None:
        """Close the stream too."""
        self._stream.close()
        super().close()


def _last_lines(data: bytes, count: int) -> int:
    """Return where the last ``count`` lines begin that are not blank, 0 if there are fewer."""
    size = _TAIL_BYTES
    while True:
        start = max(0, len(data) - size)
        at, left = len(data), count
        lines = data[start:].splitlines(keepends=True)
        for line in reversed(lines if not start else lines[1:]):  # the first may be cut
            at -= len(line)
            left -= bool(line.strip())
            if not left:
                return at
        if not start:
            return 0
        size *= 4


def without_footer(
    rows: Iterator[list[Any]], count: int, left_out: list[list[Any]]
) -> Iterator[list[Any]]:
    """Yield the rows of a sheet but the last ``count`` that are not empty, which ``left_out`` then
    holds.
    """
    held: deque[list[Any]] = deque()
    filled = 0
    for row in rows:
        held.append(row)
        filled += _is_filled(row)
        while filled > count:
            filled -= _is_filled(held[0])
            yield held.popleft()
    left_out.extend(row for row in held if _is_filled(row))


def _summarizes(row: Sequence[Any], columns: int) -> bool:
    cells = ["" if cell is None else str(cell).strip() for cell in row]
    filled = [cell for cell in cells if cell]
    if columns == 1:  # one text is what each row is
        return not filled or is_word_for_totals(filled[0])
    numbers = not cells[0] and all(map(is_number, filled))
    return len(filled) < 2 or numbers or is_totals(row, sparse=len(filled) < columns)


def why_left_out(unit: str, first: int, count: int) -> str:
    """Return the reason for which the last ``count`` rows are left out, with the place of the
    first as ``unit`` counts, for example lines; no place if ``unit`` is empty.
    """
    where = f", {unit} {first}," if unit else ""
    if count == 1:
        return f"because the last row{where} is totals: a word for them, and else only numbers"
    return f"because the last {count} rows begin with totals{where} and footers follow"


def _is_filled(row: Sequence[Any]) -> bool:
    return any(cell not in ("", None) for cell in row)


def refuse_rows(left_out: Sequence[Sequence[Any]], columns: int, rows: int, place: str) -> None:
    """Refuse a row that ``skip_footer`` leaves out and that may be a row of the table: all but what
    begins with a word for totals, is one text beside empty cells, or numbers behind an empty cell.

    ``rows`` is the number of rows that are read before it.

    Raises:
        SourceError: with the number of each such row, and no value.
    """
    problems = []
    for number, row in enumerate(left_out, rows + 1):
        if not _summarizes(row, columns):
            what = (
                f"row {number}, which skip_footer leaves out, looks like a row of the table: it"
                " does not begin with a word for totals, and is no single text; take skip_footer"
                " out of the settings, or what is no row out of the source"
            )
            problems.append(Problem(place, what))
    if problems:
        raise SourceError(problems)
