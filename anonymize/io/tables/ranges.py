"""Ranges of a column of integers, dates or times, for databases that bind values by name.

The bounds are values of rows, so a partition does not hold them: each process finds them itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.errors import SourceError
from anonymize.io.tables.asked import Asked, quoted

LOW, HIGH = "coatcheck_low", "coatcheck_high"
Ends = Callable[[str], tuple[Any, Any]]
"""Returns the least and the greatest value of an expression over the source."""


def refuse_unsplittable(asked: Asked, schema: pa.Schema, place: str) -> None:
    """Refuse several partitions if there is no column to split by.

    Raises:
        SourceError: ``split_by`` is missing, or names no column of integers, dates or times.
    """
    if asked.partitions == 1:
        return
    if asked.split_by is None:
        raise SourceError("say by which column: split_by", place=f"{place}: partitions")
    if asked.split_by not in schema.names:
        raise SourceError("is not a column of it", place=f"{place}: split_by")
    kind = schema.field(asked.split_by).type
    if not (pt.is_integer(kind) or pt.is_date(kind) or pt.is_timestamp(kind)):
        what = "splits by integers, dates and times only; name another column"
        raise SourceError(what, place=f"{place}: split_by")


def where(
    asked: Asked,
    number: int,
    ends: Ends,
    mark: str,
    quote: Callable[[str], str] = quoted,
) -> tuple[str, Mapping[str, Any]]:
    """Return the WHERE clause of partition ``number``, and the values that it names.

    ``mark`` begins a bound name, ``:`` or ``$``. Nulls are the first partition's.
    """
    count = asked.partitions
    if count == 1 or asked.split_by is None:
        return "", {}
    key = f"q.{quote(asked.split_by)}"
    least, most = ends(key)
    if least is None:
        return ("", {}) if not number else ("WHERE 1 = 0", {})
    bounds, values = list[str](), dict[str, Any]()
    if number:
        bounds.append(f"{key} >= {mark}{LOW}")
        values[LOW] = _bound(least, most, number, count)
    if number < count - 1:
        bounds.append(f"{key} < {mark}{HIGH}")
        values[HIGH] = _bound(least, most, number + 1, count)
    told = " AND ".join(bounds)
    return (f"WHERE {told}" if number else f"WHERE ({told}) OR {key} IS NULL"), values


def _bound(least: Any, most: Any, number: int, count: int) -> Any:
    if isinstance(least, str):  # SQLite's dates are texts
        first, last = dt.datetime.fromisoformat(least), dt.datetime.fromisoformat(most)
        text = (first + (last - first) * number / count).isoformat(sep=" ")
        return text[: len(least)]
    if isinstance(least, int):
        return least + (most - least) * number // count
    return least + (most - least) * number / count
