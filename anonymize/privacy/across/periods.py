"""Labels that are intervals of numbers, or periods of days, as they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from anonymize.privacy.coded import Floats
from anonymize.privacy.digests import Words

_N = r"-?\d{1,18}(?:\.\d{1,18})?"
_NUMBERS = (
    (re.compile(rf"({_N})"), True),
    (re.compile(rf"({_N})–({_N})"), True),
    (re.compile(r"(\d{1,18})-(\d{1,18})"), True),
    (re.compile(rf"\[({_N}), ({_N})\)"), False),
    (re.compile(rf"({_N})(\+)"), True),
    (re.compile(rf"(<)({_N})"), False),
)
"""What is written, and whether the end is part of it."""
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_YEAR = re.compile(r"(\d{4})")
_DECADE = re.compile(r"(\d{3})0s")
_DATED = re.compile(r"\d{4}-(\d\d|Q[1-4])(-\d\d.*)?|\d{3}0s")

Interval = tuple[float, float]
"""From the first to before the second: days since 1970, or numbers."""


@dataclass(frozen=True)
class Periods:
    """The values of a column as intervals."""

    dated: bool
    """Whether they are days and not numbers."""
    low: Floats = field(repr=False)
    """Where each value begins; NaN for one that is none."""
    high: Floats = field(repr=False)
    """Where each ends."""
    order: Words = field(repr=False)
    """The values that are intervals, by where they begin."""

    @classmethod
    def of(cls, labels: pa.StringArray, values: pa.StringArray) -> Periods:
        """Return the values of a column, of days if any label or value is written as one."""
        texts = values.to_pylist()
        dated = any(_is_dated(text) for text in (*labels.to_pylist(), *texts))
        found = [interval(text, dated=dated) or (np.nan, np.nan) for text in texts]
        ends = np.array(found, np.float64).reshape(-1, 2)
        order = np.lexsort((ends[:, 1], ends[:, 0]))[: int((~np.isnan(ends[:, 0])).sum())]
        return cls(dated, ends[:, 0], ends[:, 1], order)

    def covered(self, label: str) -> Words | None:
        """Return the values that a label has something in common with; None if it is no interval,
        or no value is one.
        """
        found = interval(label, dated=self.dated)
        if found is None or not len(self.order):
            return None
        begun = self.order[: np.searchsorted(self.low[self.order], found[1])]
        return begun[self.high[begun] > found[0]]


def _is_dated(text: str | None) -> bool:
    return text is not None and _DATED.fullmatch(text.partition("–")[0]) is not None


def interval(text: str | None, *, dated: bool) -> Interval | None:
    """Return the interval that a label writes; None if it is none."""
    if text is None:
        return None
    return _days(text) if dated else _numbers(text)


def _numbers(text: str) -> Interval | None:
    for form, closed in _NUMBERS:
        if found := form.fullmatch(text):
            ends = found.groups()
            low = -np.inf if ends[0] == "<" else float(ends[0])
            last = ends[-1]
            high = np.inf if last == "+" else float(last)
            return low, float(np.nextafter(high, np.inf)) if closed else high
    return None


def _days(text: str) -> Interval | None:
    first, between, last = text.partition("–")
    low, high = _period(first), _period(last if between else first)
    return (low[0], high[1]) if low and high else None


def _period(text: str) -> Interval | None:
    """Return the days of a day, month, quarter, year or decade."""
    if found := _DAY.fullmatch(text):
        try:
            day = np.datetime64("-".join(found.groups()), "D").astype(np.int64)
        except ValueError:
            return None
        return float(day), float(day + 1)
    for form, months in ((_MONTH, 1), (_QUARTER, 3), (_YEAR, 12), (_DECADE, 120)):
        if found := form.fullmatch(text):
            parts = [int(part) for part in found.groups()]
            year = parts[0] * 10 if months == 120 else parts[0]
            at = (year - 1970) * 12 + (months * (parts[1] - 1) if len(parts) > 1 else 0)
            return _first_day(at), _first_day(at + months)
    return None


def _first_day(month: int) -> float:
    day = np.int64(month).astype("datetime64[M]").astype("datetime64[D]")
    return float(day.astype(np.int64))
