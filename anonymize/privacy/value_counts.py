"""Counts the values of a column for a chart, batch by batch, in bounded memory.

Numbers are counted in ranges between round numbers, days by month, texts and truth values by
themselves. What is told of the counts is for `pooled`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.privacy.pooled import MOST_BARS, Bar, pooled_categories, pooled_ranges

MOST_DISTINCT = 100_000
"""Different values of a column above which nothing is counted any more."""
_RANGES = 12
_KINDS = re.compile(
    r"(?:dictionary<values=)?(?:(?P<number>u?int|float|double|halffloat|decimal)"
    r"|(?P<day>date|timestamp)|(?P<text>string|large_string|bool))"
)
_TRUTH = {"true", "false"}
Floats = npt.NDArray[np.float64]


def is_counted(said: str) -> bool:
    """Return True if values of an Arrow type, by its name, can be counted."""
    return bool(_kind(said))


def _kind(said: str) -> str:
    found = _KINDS.match(said)
    return found.lastgroup or "" if found else ""


@dataclass
class ValueCounts:
    """Counts of one column."""

    is_coarse: bool = False
    """True if a rule made the values coarser: few numbers are called by themselves then."""
    rows: Counter[Any] = field(default_factory=Counter)
    """Value, month, or number of a range → rows or people."""
    missing: int = 0
    kind: str = ""
    """``number``, ``day`` or ``text``; from the first batch."""
    edges: tuple[float, ...] = ()
    """Of numbers: where ranges end, from the first batch."""
    is_full: bool = False
    """True once there were too many different values to tell anything."""

    def add(self, values: pa.Array, people: pa.Array | None = None) -> None:
        """Count a batch. With ``people``, one for each row, each of them counts once, by their
        first row, so that counts of people add up; rows of nobody do not count. The whole column
        must be one batch then.
        """
        if people is not None:
            values = values.take(_first_rows(people))
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        self.missing += values.null_count
        values = values.drop_null()
        if self.is_full or not len(values):
            return
        counted = pc.value_counts(self._categories(values))
        for category, number in zip(
            counted.field("values").to_pylist(), counted.field("counts").to_pylist(), strict=True
        ):
            if category is not None:
                self.rows[category] += number
        if len(self.rows) > MOST_DISTINCT:
            self.is_full = True
            self.rows.clear()

    def _categories(self, values: pa.Array) -> pa.Array:
        if not self.kind:
            self.kind = _kind(str(values.type))
            few = self.is_coarse and self.kind == "number"
            if few and pc.count_distinct(values).as_py() <= MOST_BARS:
                self.kind = "text"
        if self.kind == "number":
            return self._ranges(np.asarray(pc.cast(values, pa.float64(), safe=False)))
        return pc.strftime(values, "%Y-%m") if self.kind == "day" else values.cast(pa.string())

    def _ranges(self, numbers: Floats) -> pa.Array:
        finite = np.isfinite(numbers)
        self.missing += int(len(numbers) - finite.sum())
        if not finite.any():
            return pa.nulls(len(numbers), pa.int64())
        if not self.edges:
            self.edges = round_edges(numbers[finite])
        at = np.searchsorted(np.asarray(self.edges), np.where(finite, numbers, 0), side="right")
        return pa.array(at.astype(np.int64), mask=~finite)

    def bars(self, limit: int, *, named: bool) -> tuple[Bar, ...]:
        """Return what may be told, of ``limit`` rows or more each. Texts are called by themselves
        if ``named``, else *value 1*, *value 2* by frequency.
        """
        if self.is_full:
            return ()
        if self.kind == "number":
            sizes = [self.rows[place] for place in range(len(self.edges) + 1)]
            return pooled_ranges(
                [f"{edge:,.10g}" for edge in self.edges], sizes, self.missing, limit
            )
        rows = _by_period(self.rows, limit) if self.kind == "day" else self.rows
        bars = pooled_categories(rows, self.missing, limit)
        if named or self.kind == "day" or set(rows) <= _TRUTH:
            own = sorted((bar for bar in bars if bar.label in rows), key=_in_order)
            return (*own, *(bar for bar in bars if bar.label not in rows))
        return tuple(_numbered(bars, rows))


def _first_rows(people: pa.Array) -> pa.Array:
    """Return the position of each person's first row."""
    rows = pa.table([people, pa.array(np.arange(len(people)))], names=["person", "row"])
    first = rows.filter(people.is_valid()).group_by("person").aggregate([("row", "min")])
    return first["row_min"].combine_chunks()


def _by_period(months: Counter[Any], limit: int) -> Counter[Any]:
    """Return counts by month; by year, or decade, if months are too many or most are too small."""
    found, whole = months, sum(months.values())
    for size, end in ((4, ""), (3, "0s")):
        large = sum(number for number in found.values() if number >= limit)
        if len(found) <= MOST_BARS and 2 * large >= whole:
            break
        found = Counter()
        for month, number in months.items():
            found[f"{month[:size]}{end}"] += number
    return found


def _numbered(bars: tuple[Bar, ...], rows: Counter[Any]) -> Iterator[Bar]:
    for number, bar in enumerate(bars, start=1):
        yield Bar(f"value {number}", bar.rows) if bar.label in rows else bar


def _in_order(bar: Bar) -> tuple[float, str]:
    """Return a key by which ``5 to <10`` comes before ``10 to <15``."""
    found = re.match(r"\D*(\d+(?:\.\d+)?)", bar.label)
    return (float(found[1]) if found else -1.0), bar.label


def round_edges(numbers: Floats) -> tuple[float, ...]:
    """Return round numbers from the 2nd to the 98th percentile: no exact value, no extreme."""
    low, high = (float(one) for one in np.quantile(numbers, (0.02, 0.98)))
    step = nice_step((high - low) / _RANGES or abs(low) or 1.0)
    first = np.ceil(low / step)
    return tuple(float(first + at) * step for at in range(int((high - low) / step) + 1))


def nice_step(step: float) -> float:
    """Return the next of 1, 2, 5 times a power of ten that is not smaller."""
    power = 10.0 ** np.floor(np.log10(step))
    return float(next(one for one in (1, 2, 5, 10) if one * power >= step * 0.999) * power)
