"""Dates by month, quarter, year and decade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arrow.moments import PER_SECOND, as_units, out_of_range, wall_clock
from anonymize.errors import PlanError
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies.levels import Grouping, Ints, Known, Mask, shares
from anonymize.privacy.hierarchies.texts import is_text, joined, plain_values

_WHAT = (
    "are not dates of the years 1 to 9999, in text written 2024-02-29; generalize the column to:"
    " day with its format:, or say"
)
_DAY = 86_400


@dataclass(frozen=True)
class Dates:
    """Date → month → quarter → year → decade → everything: ``1979-03``, ``1979-Q1``, ``1979``,
    ``1970s``. Timestamps, and text of which some has a time of day, have a level of days
    (``1979-03-02``) before that.

    Takes dates, timestamps (of the day in their zone) and ISO 8601 text. A leaf is a day from the
    first to the last of the column, whether the column has it or not, or a second where there are
    times of day; a group has those in it.
    """

    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of values that are no dates of the years 1 to 9999."""

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with a level per unit; its order is by time.

        Raises:
            PlanError: the type holds no dates.
            DataError: values are no dates of the years 1 to 9999.
        """
        values = plain_values(name, values)
        seconds, mask, timed = _read(name, values)
        known = Known.of(name, values, mask, self.unknown, _WHAT)
        seconds = seconds[known.mask]
        days, to_days = np.unique(seconds // _DAY, return_inverse=True)
        leaf = 1 if timed else _DAY
        least, most = _ends(seconds // leaf)
        levels = []
        for unit in _UNITS if timed else _UNITS[1:]:
            at, of_days = np.unique(unit.of(days), return_inverse=True)
            start, end = (unit.start(numbers) * (_DAY // leaf) for numbers in (at, at + 1))
            within = np.minimum(end, most + 1) - np.maximum(start, least)
            losses = shares(within, most - least + 1)
            levels.append(Grouping(of_days[to_days], unit.text(at), losses))
        return known.column(levels, seconds.astype(np.float64))


def _ends(numbers: Ints) -> tuple[int, int]:
    """Return the least and the greatest, zeros if there is none."""
    return (int(numbers.min()), int(numbers.max())) if len(numbers) else (0, 0)


@dataclass(frozen=True)
class _Unit:
    """Days, months, quarters, years or decades, by number; that of months is 0 in January 1970."""

    months: int
    """Months of one; 0 for days."""
    first: int = 0
    """Month in which number 0 begins."""

    def of(self, days: Ints) -> Ints:
        """Return the number of the unit that each day since 1970 lies in."""
        if not self.months:
            return days
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        return np.asarray((months - self.first) // self.months)

    def start(self, numbers: Ints) -> Ints:
        """Return the first day of each."""
        if not self.months:
            return numbers
        return self._first_months(numbers).astype("datetime64[D]").astype(np.int64)

    def text(self, numbers: Ints) -> pa.StringArray:
        """Return the label of each."""
        if not self.months:
            return pa.array(np.datetime_as_string(numbers.astype("datetime64[D]")), pa.string())
        months = pa.array(np.datetime_as_string(self._first_months(numbers)), pa.string())
        if self.months == 1:
            return months
        years = pc.utf8_slice_codeunits(months, 0, 4)
        if self.months == 3:
            return joined(years, "-Q", pa.array(numbers % 4 + 1))
        return years if self.months == 12 else joined(years, "s")

    def _first_months(self, numbers: Ints) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
        return (numbers * self.months + self.first).astype("datetime64[M]")


_UNITS = (_Unit(0), _Unit(1), _Unit(3), _Unit(12), _Unit(120, -1970 * 12))


def _read(name: str, values: pa.Array) -> tuple[Ints, Mask, bool]:
    """Return seconds since 1970 of local time, 0 where there is no date, which are dates, and
    whether some have times of day.

    Raises:
        PlanError: the type holds no dates.
    """
    kind, is_ = values.type, pa.types
    if is_.is_null(kind):
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_), False
    if is_text(kind):
        return _in_text(values)
    if not (is_.is_date(kind) or is_.is_timestamp(kind)):
        raise PlanError(
            f"is {kind}, and dates: takes dates, timestamps and text with dates",
            place=f"column {name}",
        )
    if is_.is_timestamp(kind) and kind.tz is not None:
        values, far = wall_clock(values)
    else:
        far = out_of_range(values)
    known = pc.and_(values.is_valid(), pc.invert(far)).fill_null(False)
    numbers = np.asarray(as_units(values).fill_null(0))
    if is_.is_timestamp(values.type):
        seconds = numbers // PER_SECOND[values.type.unit]
    else:
        seconds = numbers * _DAY if is_.is_date32(kind) else numbers // 1000 // _DAY * _DAY
    mask = np.asarray(known, np.bool_)
    return np.where(mask, seconds, 0), mask, bool(is_.is_timestamp(kind))


_SHAPE = r"^\d{4}-\d\d-\d\d"
_CLOCK = r"[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d{1,9})?)?( ?(Z|z|UTC|GMT|[+-]\d\d(:?\d\d)?))?"
_DAYS_OF = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def _in_text(texts: pa.StringArray) -> tuple[Ints, Mask, bool]:
    """Return the same of ISO 8601 text; a day that the calendar lacks is no date."""
    trimmed = pc.utf8_trim_whitespace(texts)
    shaped = pc.match_substring_regex(trimmed, f"{_SHAPE}({_CLOCK})?$").fill_null(False)
    trimmed = pc.if_else(shaped, trimmed, pa.scalar("0001-01-01"))
    timed = bool(pc.any(pc.greater(pc.binary_length(trimmed), 10)).as_py())
    year, month, day = (_digits(trimmed, *at) for at in ((0, 4), (5, 7), (8, 10)))
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    known = np.asarray(shaped, np.bool_) & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    known &= day <= _DAYS_OF[np.where(known, month, 0)] + (leap & (month == 2))
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    seconds = (first.astype(np.int64) + day - 1) * _DAY
    if timed:
        clock = pc.utf8_slice_codeunits(trimmed, 10)
        padded = joined(clock, "T00:00:00")
        with_seconds = pc.match_substring_regex(clock, r"^.\d\d:\d\d:")
        seconds += _digits(padded, 1, 3) * 3600 + _digits(padded, 4, 6) * 60
        seconds += np.where(np.asarray(with_seconds, np.bool_), _digits(padded, 7, 9), 0)
    return np.where(known, seconds, 0), known, timed


def _digits(texts: pa.StringArray, start: int, stop: int) -> Ints:
    """Return the number in these characters; 0 where there are no digits."""
    part = pc.utf8_slice_codeunits(texts, start, stop)
    digits = pc.match_substring_regex(part, r"^\d+$")
    return np.asarray(pc.if_else(digits, part, pa.scalar("0")).cast(pa.int64()))
