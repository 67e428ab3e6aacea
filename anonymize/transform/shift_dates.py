"""Dates moved by one keyed number of days per subject."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys import PurposeKey, prf_uint64
from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, is_text, plain, raise_bad, value_type
from anonymize.transform.dates import as_dates, check_dates
from anonymize.transform.interface import Row
from anonymize.transform.pseudonymize import normalized


@dataclass(frozen=True)
class ShiftDates:
    """Dates and times moved by whole days, the same number for all rows of a subject, never zero.

    Intervals within a subject stay exact: a day is 24 hours, so the clock time of a zone with
    summer time may change by an hour while the distance does not. Joinable within the domain.
    Leaks intervals, time of day, and the date up to ``within_days``.
    """

    key: PurposeKey = field(repr=False)
    """Derived for this action and domain: columns and datasets of one domain shift a subject alike."""
    by: ColumnName
    """The column that says whose row it is."""
    within_days: int
    """Largest shift, in days, to either side."""
    written: str | None = None
    """How dates in text are written, as for strptime; ISO 8601 when None."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the subject's column."""
        return (self.by,)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the values; dates, timestamps and text that holds dates are taken."""
        check_dates(input_type)
        return value_type(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the moved dates.

        Raises:
            BadValuesError: some texts are no dates, or a row with a date has no subject.
        """
        column, subjects = plain(column), plain(row.before[self.by])
        days = self._days(subjects)
        if is_text(column.type):
            dates, bad = as_dates(column, self.written)
            result = self._as_written(column, _moved(dates, days))
        else:
            result, bad = _moved(column, days), pc.and_(column.is_null(), column.is_valid())
        alone = pc.and_(column.is_valid(), subjects.is_null())
        why = f"is not a date written {self.written or 'as 2024-02-29'}" if pc.any(bad).as_py() else "has no subject"
        return raise_bad(pc.or_(bad, alone), result.cast(column.type), why)

    def _days(self, subjects: pa.Array) -> pa.Array:
        """Return the shift of each row: -within_days to within_days, not 0."""
        drawn = prf_uint64(self.key, normalized(as_text(subjects), "trim")) % np.uint64(2 * self.within_days)
        days = drawn.astype(np.int64) - self.within_days
        return pa.array(np.where(days >= 0, days + 1, days))

    def _as_written(self, texts: pa.Array, dates: pa.Array) -> pa.Array:
        """Return dates as they were written: the time of day in the text stays as it is."""
        if self.written is not None:
            return pc.strftime(dates, format=self.written)
        tail = pc.utf8_slice_codeunits(pc.utf8_trim_whitespace(as_text(texts)), 10)
        days = dates.cast(pa.date32(), safe=False).dictionary_encode()
        return pc.binary_join_element_wise(days.dictionary.cast(pa.string()).take(days.indices), tail, "")


def _moved(dates: pa.Array, days: pa.Array) -> pa.Array:
    """Return ``dates`` moved by ``days`` times 24 hours, of the same type."""
    if pa.types.is_null(dates.type):
        return dates
    if pa.types.is_date32(dates.type):
        return pc.add(dates.cast(pa.int32()).cast(pa.int64()), days).cast(pa.int32()).cast(pa.date32())
    unit = 86_400_000 if pa.types.is_date64(dates.type) else 86_400 * _PER_SECOND[dates.type.unit]
    return pc.add(dates.cast(pa.int64()), pc.multiply(days, unit)).cast(dates.type)


_PER_SECOND = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}
