"""Finds the delimiter, title lines and comment lines of a text table that nobody stated."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from anonymize.errors import SourceError
from anonymize.io.sources.csv_dialect import CsvDialect, lines_of
from anonymize.io.sources.csv_header import Heading, is_row_of_data, kind_of
from anonymize.io.sources.found import Found, shown
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_streams import read_up_to

LOOKED_AT_BYTES = 256 << 10
MOST_ROWS, FEW_ROWS = 200, 3
DELIMITERS = (",", ";", "\t", "|", "^", "~", "\x1f", "\x01")
BY_ENDING = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
CONSISTENT = 0.9
"""Minimum share of rows that must have one number of cells."""
MOST_TITLES = 30
FILLED = 0.8
"""Minimum share of a header's cells that have a text."""


@dataclass(frozen=True)
class _Layout:
    """What a delimiter makes of the first rows."""

    delimiter: str
    width: int
    """Cells of most rows."""
    share: float
    """Share of rows below the titles that have as many."""
    spaced: float
    """Share of the cells behind a delimiter that begin with a space, as after commas in text."""
    titles: int
    """Lines above the header."""


def laid_out(
    file: FilePlace,
    dialect: CsvDialect,
    delimiter: str | None,
    skip_rows: int | None,
    heading: Heading | None,
    found: Found,
) -> CsvDialect:
    """Return ``dialect`` with the delimiter, title lines and comment mark of ``file``, where they
    are not given.

    The delimiter is the one by which the rows have equally many cells, a comma if none is better.
    Title lines and comment lines are used only if guesses are allowed.

    Raises:
        SourceError: lines above the header, and guesses are not allowed.
    """
    with dialect.open(file) as stream:
        text = read_up_to(stream, LOOKED_AT_BYTES).decode("utf-8", "ignore")
    whole = len(text.encode()) < LOOKED_AT_BYTES
    lines = list(itertools.islice(lines_of(text), MOST_ROWS + MOST_TITLES))
    lines = lines if whole or len(lines) < 2 else lines[:-1]
    if not dialect.comment and (count := _comments(lines, delimiter)):
        _titles_said(file, "comment", "#", f"because {count} lines above the table have it", found)
        dialect = replace(dialect, comment="#")
        lines = [line for line in lines if not line.startswith("#")]
    given = skip_rows or 0
    layouts = [
        layout
        for one in ([delimiter] if delimiter else DELIMITERS)
        if (
            layout := _layout(
                lines[given:], one, titles=skip_rows is None and not dialect.sure, heading=heading
            )
        )
    ]
    best = _best(layouts)
    chosen = delimiter or (best.delimiter if best else BY_ENDING.get(_ending(file), ","))
    if delimiter is None and best is not None and chosen != BY_ENDING.get(_ending(file), ","):
        others = [one for one in layouts if one is not best and one.share >= CONSISTENT]
        also = (
            f"; {' and '.join(shown(o.delimiter) for o in others)} would fit too" if others else ""
        )
        found.setting("delimiter", chosen, f"by the number of cells in each row{also}")
    if skip_rows is None and best is not None and best.titles:
        what = f"because the first {best.titles} lines are no rows of the table"
        _titles_said(file, "skip_rows", best.titles, what, found)
        given = best.titles
    return replace(dialect, delimiter=chosen, skip_rows=given)


def _titles_said(file: FilePlace, name: str, value: object, why: str, found: Found) -> None:
    if not found.guess:
        raise SourceError(
            f"lines stand above the header; say {name}: {shown(value)}, {why}", place=str(file)
        )
    found.setting(name, value, why)


def _ending(file: FilePlace) -> str:
    return next((end for end in BY_ENDING if end in file.name.lower()), "")


def _comments(lines: Sequence[str], delimiter: str | None) -> int:
    """Return the number of lines at the beginning that are comments: they begin with ``#``, and are
    not the header, whose first name may begin so.
    """
    count = sum(1 for _ in itertools.takewhile(lambda line: line.startswith("#"), lines))
    if not count or count == len(lines):
        return 0
    last, after = lines[count - 1], lines[count]
    same = any(
        0 < last.count(one) == after.count(one)
        for one in ([delimiter] if delimiter else DELIMITERS)
    )
    return 0 if same else count


def _layout(
    lines: Sequence[str], delimiter: str, *, titles: bool, heading: Heading | None
) -> _Layout | None:
    """Return what ``delimiter`` makes of the lines; None if most rows have one cell."""
    rows, ends, reader = [], [], csv.reader(iter(lines), delimiter=delimiter)
    try:
        for row in reader:
            if row and any(row):
                rows.append(row)
                ends.append(reader.line_num)
    except csv.Error:
        return None
    if not rows:
        return None
    tail = rows[min(len(rows) // 4, MOST_TITLES) :]
    width, _ = Counter(map(len, tail)).most_common(1)[0]
    if width < 2:
        return None
    above = titles_above(rows, width, heading) if titles else 0
    table = rows[above:]
    equal = sum(len(row) == width for row in table) / len(table)
    behind = [cell for row in table for cell in row[1:]]
    spaced = sum(cell[:1] == " " for cell in behind) / max(1, len(behind))
    return _Layout(delimiter, width, equal, spaced, ends[above - 1] if above else 0)


def titles_above(rows: Sequence[Sequence[str]], width: int, heading: Heading | None) -> int:
    """Return the number of rows above the header: with few cells, above a row of names."""
    for at, row in enumerate(rows[: MOST_TITLES + 1]):
        filled = sum(bool(cell.strip()) for cell in row)
        few = filled <= 1 or (width >= 4 and filled * 2 <= width)
        if len(row) == width and filled >= FILLED * width:
            if not at or any(kind_of(cell.strip()) in ("number", "date") for cell in row):
                return 0
            below = [list(other) for other in rows[at + 1 :] if len(other) == width]
            ragged = not below or len(below) < min(FEW_ROWS, len(rows) - at - 1)
            return 0 if ragged or is_row_of_data(row, below, heading) else at
        if not few:
            return 0
    return 0


def _best(layouts: Sequence[_Layout]) -> _Layout | None:
    """Return the layout with the most consistent rows; of equal ones the one with fewer spaces
    behind its delimiter, then the one with more cells.
    """
    fitting = [layout for layout in layouts if layout.share >= CONSISTENT]
    return (
        max(
            fitting,
            key=lambda x: (
                round(x.share, 2) - (x.spaced > 0.5),
                not x.titles,
                x.width,
                -DELIMITERS.index(x.delimiter),
            ),
            default=None,
        )
        if len(layouts) != 1 or fitting
        else None
    )
