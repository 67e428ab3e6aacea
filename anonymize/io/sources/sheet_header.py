"""Finds the header of a sheet: below titles, in one row, or in two where cells are merged."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from anonymize.errors import SourceError
from anonymize.io.sources.csv_header import ROWS, Heading, in_two_rows, is_row_of_data, kind_of
from anonymize.io.sources.csv_layout import MOST_TITLES, titles_above
from anonymize.io.sources.found import Found
from anonymize.io.sources.places import FilePlace

Spans = Sequence[tuple[int, int]]
"""First and last columns of merged cells in one row, from 0."""


@dataclass(frozen=True)
class SheetLayout:
    """Where the table is in a workbook."""

    sheet: str | int | None = None
    """The sheet's name, or its number from 1; None for the only one that is not empty."""
    header: bool = True
    """True if the first row names the columns."""
    sure: bool = False
    """True if the user stated ``header``."""
    skip_rows: int | None = None
    """Rows of the sheet above the header; None if nobody stated it."""
    skip_footer: int = 0
    """Last rows that are not empty and no rows of the table."""
    header_rows: int = 1
    """2 if the names stand in two rows, because cells of the upper one are merged."""


def first_column(sheet: Any) -> int:
    """Return the position of the first column that is read; the reader leaves out empty ones."""
    return sheet.start[1] if sheet.start else 0


def first_row(sheet: Any, layout: SheetLayout) -> int:
    """Return the position of the first row that is not empty, behind those to skip."""
    at = max(layout.skip_rows or 0, sheet.start[0] if sheet.start else 0)
    for row in itertools.islice(sheet.iter_rows(), at, None):
        if any(cell != "" for cell in row):
            break
        at += 1
    return at


def rows_from(sheet: Any, at: int) -> Iterator[list[Any]]:
    """Yield the rows from position ``at`` on."""
    return itertools.islice(sheet.iter_rows(), at, None)


def texts(row: Sequence[Any]) -> list[str]:
    """Return the cells of a row as names of columns."""
    return ["" if cell is None else name_of(cell) for cell in row]


def name_of(cell: Any) -> str:
    """Return a cell as a column's name: 2024 for the number that a year in a header is."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def merged_cells(sheet: Any) -> list[tuple[int, int, int, int]]:
    """Return first and last row, first and last column of merged cells; columns as they are read.

    Old readers and formats do not tell; then there are none.
    """
    left = first_column(sheet)
    ranges = getattr(sheet, "merged_cell_ranges", None) or ()
    return [(r0, r1, c0 - left, c1 - left) for (r0, c0), (r1, c1) in ranges]


def spans_by_row(sheet: Any) -> Mapping[int, Spans]:
    """Return the cells that are merged with those beside them, by row."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for top, bottom, first, last in merged_cells(sheet):
        if top == bottom and last > first >= 0:
            spans.setdefault(top, []).append((first, last))
    return spans


def joined(upper: Sequence[str], lower: Sequence[str], spans: Spans) -> list[str]:
    """Return the names that two rows give: ``Q1 units`` for ``units`` below the merged ``Q1``."""
    above = list(upper)
    for first, last in spans:
        above[first : last + 1] = [upper[first]] * (last + 1 - first)
    pairs = zip(above, lower, strict=True)
    return [one if one == two else f"{one} {two}".strip() for one, two in pairs]


def settled(
    sheet: Any, place: FilePlace, layout: SheetLayout, heading: Heading | None, found: Found
) -> SheetLayout:
    """Return ``layout`` with the rows above the header, and how many rows it has.

    Raises:
        SourceError: titles stand above it and guesses are not allowed; names stand in two rows
            without merged cells; the first row is data.
    """
    top = first_row(sheet, layout)
    rows = [texts(row) for row in itertools.islice(rows_from(sheet, top), ROWS)]
    if not layout.header or not rows:
        return layout
    spans = {at - top: found_ for at, found_ in spans_by_row(sheet).items()}
    titles = layout.skip_rows is None and not layout.sure
    above, header_rows = _header(rows, spans, heading, titles=titles)
    if above:
        why = f"because the first {above} rows of the sheet are no rows of the table"
        if not found.guess:
            raise SourceError(
                f"rows stand above the header; say skip_rows: {top + above}, {why}",
                place=str(place),
            )
        found.setting("skip_rows", top + above, why)
        layout, rows = replace(layout, skip_rows=top + above), rows[above:]
    if header_rows == 2:
        found.note("the names of the columns are joined from two rows, where cells are merged")
        rows = [joined(rows[0], rows[1], spans[above]), *rows[2:]]
    elif not layout.sure and in_two_rows(rows[0], rows[1:]):
        raise SourceError(
            f"names stand in two rows; say skip_rows: {top + above + 1} for the lower one alone",
            place=str(place),
        )
    if not layout.sure and is_row_of_data(rows[0], rows[1:], heading):
        raise SourceError(
            "the first row is like the rows below it, not like column names; if it is data say"
            " header: false, else header: true",
            place=str(place),
        )
    return replace(layout, header_rows=header_rows)


def _header(
    rows: Sequence[Sequence[str]],
    spans: Mapping[int, Spans],
    heading: Heading | None,
    *,
    titles: bool,
) -> tuple[int, int]:
    """Return the number of rows above the header, and of rows that it has."""
    for at in range(min(MOST_TITLES, len(rows) - 2) if titles else 1):
        if at + 2 < len(rows) and _names_groups(rows, at, spans.get(at, ())):
            return at, 2
        if sum(map(bool, rows[at])) > max(1, len(rows[at]) // 2):
            break
    if not titles:
        return 0, 1
    used = [at for at, cells in enumerate(zip(*rows, strict=True)) if any(cells)]
    return titles_above([[row[at] for at in used] for row in rows], len(used), heading), 1


def _names_groups(rows: Sequence[Sequence[str]], at: int, spans: Spans) -> bool:
    """Return True if merged cells of row ``at`` stand above names: not above data, and not above
    the whole table, as titles do.
    """
    lower = rows[at + 1]
    used = {column for row in rows[at:] for column, cell in enumerate(row) if cell}
    return (
        bool(spans)
        and all(lower[first : last + 1].count("") == 0 for first, last in spans)
        and all(len(used - set(range(first, last + 1))) > 0 for first, last in spans)
        and not any(kind_of(cell) in ("number", "date") for cell in lower if cell)
    )
