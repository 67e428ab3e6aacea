"""Shifts dates by one keyed number of days per subject."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arrow.moments import as_units, out_of_range, per_day
from anonymize.keys import PurposeKey, prf_uint64
from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, is_text, plain, raise_bad, seen_text, value_type
from anonymize.transform.date_columns import as_dates, check_dates
from anonymize.transform.date_formats import not_read_back, write_as
from anonymize.transform.interface import Row
from anonymize.transform.subjects import subjects_of

Clock = Literal["exact", "second", "minute", "hour"]
_SECONDS: dict[Clock, int] = {"second": 1, "minute": 60, "hour": 3600}
_CUT: dict[Clock, tuple[tuple[str, str], ...]] = {
    "exact": (),
    "second": ((r"(\d\d:\d\d:\d\d)[.,]\d+", r"\1"),),
    "minute": ((r"(\d\d:\d\d):\d\d(?:[.,]\d+)?", r"\1:00"),),
    "hour": ((r"(\d\d:\d\d):\d\d(?:[.,]\d+)?", r"\1:00"), (r"([T ]\d\d):\d\d", r"\1:00")),
}
"""Patterns for truncating a time of day in ISO 8601, with replacements."""


@dataclass(frozen=True)
class ShiftDates:
    """Dates and times shifted by whole days, by the same number for all rows of a subject, never
    zero.

    Ids that differ only in case, width and spacing count as one subject's, whatever the id column's
    own rule is.

    Intervals within a subject stay exact, to the unit of ``clock``. A day is 24 hours, so the local
    time of a zone with summer time may change by an hour, but the interval does not. Joinable
    within the domain. Leaks intervals, time of day, and the date up to ``within_days``.
    """

    function_of_row: ClassVar[bool] = True
    key: PurposeKey = field(repr=False)
    """Key for this action and domain; columns and datasets of one domain shift a subject alike."""
    by: ColumnName
    """The column that identifies the person of a row."""
    within_days: int
    """Maximum shift, in days, in either direction."""
    written: str | None = None
    """Format of dates in text, as for strptime; ISO 8601 if None."""
    clock: Clock = "exact"
    """Precision of the time of day; finer parts are truncated."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the subject's column."""
        return (self.by,)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the values; accepts dates, timestamps, and text with dates."""
        check_dates(input_type)
        return value_type(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the shifted dates.

        Raises:
            BadValuesError: some texts are not dates, a row with a date has no subject, or a date
                would be outside the years 1 to 9999 or its type's range.
        """
        kind = self.output_type(column.type)
        column, subjects = plain(column), subjects_of(row.before[self.by])
        dates, bad = (
            as_dates(column, self.written)
            if is_text(column.type)
            else (column, out_of_range(column))
        )
        moved, gone = _moved(dates, self._days(subjects))
        if self.clock != "exact" and pa.types.is_timestamp(moved.type):
            moved = _floored(moved, _SECONDS[self.clock])
        result = self._as_written(column, moved) if is_text(column.type) else moved
        alone = pc.and_(dates.is_valid(), subjects.is_null())
        why = f"is not a date written {self.written or 'as 2024-02-29'}"
        reasons = [
            (bad, why),
            (alone, "has no subject"),
            (gone, "would move out of the years 1 to 9999"),
        ]
        other = pa.array(np.zeros(len(column), np.bool_))
        if self.written is not None and is_text(column.type):
            other = not_read_back(result, moved, self.written)
            reasons.append(
                (other, "would move out of the years 1969 to 2068, which two digits stand for")
            )
        said = [reason for where, reason in reasons if pc.any(where).as_py()]
        return raise_bad(
            pc.or_(pc.or_(bad, alone), pc.or_(gone, other)), result.cast(kind), "; ".join(said)
        )

    def _days(self, subjects: pa.Array) -> pa.Array:
        """Return the shift of each row: -within_days to within_days, not 0."""
        drawn = prf_uint64(self.key, subjects) % np.uint64(2 * self.within_days)
        days = drawn.astype(np.int64) - self.within_days
        return pa.array(np.where(days >= 0, days + 1, days))

    def _as_written(self, texts: pa.Array, dates: pa.Array) -> pa.Array:
        """Return dates in their original format, with the time of day truncated to ``clock``."""
        if self.written is not None:
            return write_as(dates, self.written, seen_text(texts), exact=self.clock == "exact")
        tail = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(as_text(texts)), 10)
        for pattern, coarse in _CUT[self.clock]:
            tail = pc.replace_substring_regex(tail, pattern, coarse)
        days = dates.cast(pa.date32(), safe=False).dictionary_encode()
        return pc.binary_join_element_wise(
            days.dictionary.cast(pa.string()).take(days.indices), tail, ""
        )


def _floored(moments: pa.Array, seconds: int) -> pa.Array:
    """Return timestamps truncated to ``seconds``, in UTC, because days are added in UTC."""
    per_span = seconds * per_day(moments.type) // 86_400
    units = np.asarray(as_units(moments).fill_null(0))
    return pa.array(units - units % per_span, mask=np.asarray(moments.is_null())).cast(moments.type)


def _moved(dates: pa.Array, days: pa.Array) -> tuple[pa.Array, pa.BooleanArray]:
    """Return ``dates`` plus ``days`` times 24 hours, of the same type, and a mask of results
    outside its range.
    """
    if pa.types.is_null(dates.type):
        return dates, out_of_range(dates)
    units, step = np.asarray(as_units(dates).fill_null(0)), np.asarray(days) * per_day(dates.type)
    moved = units + step
    gone = (moved < units) != (step < 0)
    if pa.types.is_date32(dates.type):
        gone |= moved != moved.astype(np.int32)
        moved = moved.astype(np.int32)
    moved = np.where(gone, 0, moved).astype(moved.dtype)
    result = pa.array(moved, mask=np.asarray(dates.is_null())).cast(dates.type)
    return result, pc.and_(dates.is_valid(), pc.or_(pa.array(gone), out_of_range(result)))
