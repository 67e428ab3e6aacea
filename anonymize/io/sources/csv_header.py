"""Decides if a CSV file's first row names its columns or is a row of data like those below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from enum import Enum
from itertools import pairwise

Heading = Callable[[str], bool]
"""Returns True for a text that is used as a column name."""
ROWS = 300
"""Number of rows below the first that are compared."""
_NUMBER = re.compile(r"[-+]?(?:\d+|\d{1,3}(?:[,.' ]\d{3})+)(?:[.,]\d+)?(?:[eE][-+]?\d+)?%?")
_DATE = re.compile(
    r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:[T ][\d:.]+(?:Z|[+-][\d:]+)?)?|\d{1,2}:\d\d(?::\d\d)?"
)
_TRUTH = frozenset({"true", "false", "yes", "no", "y", "n", "t", "f"})
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "?"})
_MOST, _DOMINANT = 0.9, 0.8
_LONGEST = 60
"""Maximum characters of a column name."""
_ENOUGH = 10
"""Minimum number of values for which it is evidence that all are different."""


class _Says(Enum):
    DATA = "as the values below it"
    LIKE = "shaped as they are"
    NAME = "other than they are"
    NOTHING = "nothing"


def is_row_of_data(
    first: Sequence[str], rows: Sequence[Sequence[str]], heading: Heading | None
) -> bool:
    """Return True if ``first`` is like ``rows``: numbers above numbers, dates above dates, words
    like theirs.

    A cell that differs in kind from all below it is evidence for a header, and so is a word that
    ``heading`` recognizes. If the only evidence is the shape of words, and ``heading`` is None, the
    row counts as a header.
    """
    numbered = _counts_columns(first)
    said: list[_Says] = []
    for at, cell in enumerate(first):
        values = [
            row[at].strip()
            for row in rows
            if at < len(row) and row[at].strip().casefold() not in _MISSING
        ]
        said.append(_said(cell.strip(), values, numbered))
    words = [
        cell
        for cell, what in zip(first, said, strict=True)
        if what is not _Says.DATA and _is_words(cell)
    ]
    known = sum(heading(cell) for cell in words) if heading else 0
    if _Says.DATA in said:
        return said.count(_Says.DATA) > said.count(_Says.NAME) + known
    only_like = _Says.LIKE in said and _Says.NAME not in said
    return heading is not None and only_like and 3 * known < len(words)


def in_two_rows(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return True if the names that ``first`` lacks stand in the row below it: texts above values
    that are none.
    """
    blank = [at for at, cell in enumerate(first) if not cell.strip()]
    if not blank or len(blank) == len(first) or len(rows) < 2 or len(rows[0]) != len(first):
        return False
    kinds = [kind_of(cell.strip()) if cell.strip() else "" for cell in rows[0]]
    if set(kinds) - {"text", ""} or any(not kinds[at] for at in blank):
        return False
    values = [
        [row[at].strip() for row in rows[1:] if at < len(row) and row[at].strip()]
        for at, kind in enumerate(kinds)
        if kind
    ]
    return any(column and all(kind_of(v) != "text" for v in column) for column in values)


def _is_words(cell: str) -> bool:
    """Return True if a cell consists of few words, as column names do."""
    return (
        any(map(str.isalpha, cell)) and len(cell) <= _LONGEST and not _DATE.fullmatch(cell.strip())
    )


def _counts_columns(first: Sequence[str]) -> bool:
    """Return True if the numbers in ``first`` form a sequence over the columns: years, months,
    wavelengths, ranks.
    """
    numbers = [float(cell) for cell in first if re.fullmatch(r"\s*-?\d+(\.\d+)?\s*", cell)]
    steps = {round(after - before, 9) for before, after in pairwise(numbers)}
    return (len(numbers) > 2 and len(steps) == 1 and steps != {0.0}) or steps == {1.0}


def _said(cell: str, values: Sequence[str], numbered: bool) -> _Says:
    """Return the evidence of one cell of the first row, compared with its column's values."""
    if cell.casefold() in _MISSING or not values:
        return _Says.NOTHING
    kinds = Counter(map(kind_of, values))
    kind, count = kinds.most_common(1)[0]
    if kind != "text" and count >= _MOST * len(values):
        if kind_of(cell) != kind:
            return _Says.NAME
        return _Says.NOTHING if kind == "number" and numbered else _Says.DATA
    if kind == "text" and kind_of(cell) in ("number", "date"):
        return _Says.NOTHING
    if cell in values:
        return _Says.DATA
    return _of_words(cell, values)


def kind_of(text: str) -> str:
    """Return ``date``, ``number``, ``truth`` or ``text`` for a cell."""
    if _DATE.fullmatch(text):
        return "date"
    if _NUMBER.fullmatch(text):
        return "number"
    return "truth" if text.casefold() in _TRUTH else "text"


def _of_words(cell: str, values: Sequence[str]) -> _Says:
    """Return the evidence of a text above texts, by the shapes of their words."""
    shapes = Counter(map(_shape, values))
    shape, (_, count) = _shape(cell), shapes.most_common(1)[0]
    if shape not in shapes:
        return _Says.NAME if count >= _DOMINANT * len(values) and len(values) > 2 else _Says.NOTHING
    if (
        shape.isalpha() and len(shape) == 1
    ):  # one word in small letters, or in capitals, may be a column name or a code
        differ = len(values) >= _ENOUGH and len(set(values)) >= _MOST * len(values)
        return _Says.LIKE if differ else _Says.NOTHING
    return _Says.LIKE


def _shape(text: str) -> str:
    """Return ``Aa Aa`` for a name, ``A-0`` for a code: character classes, each run once."""
    return re.sub(r"(.)\1+", r"\1", text[:80].translate(_CLASSES))


class _Classes(dict[int, str]):
    """The class of each character, by its code point; cached."""

    def __missing__(self, point: int) -> str:
        c = chr(point)
        found = (
            "A" if c.isupper() else "0" if c.isdigit() else "a" if c.isalpha() or c == "_" else c
        )
        self[point] = found
        return found


_CLASSES = _Classes()
