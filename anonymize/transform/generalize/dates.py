"""Generalizes dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import over_distinct, raise_bad
from anonymize.transform.date_columns import as_dates, check_dates
from anonymize.transform.generalize.numbers import BandNumber

_DATE_TEXT = {"week": "%G-W%V", "month": "%Y-%m"}


@dataclass(frozen=True)
class GeneralizeDate:
    """Dates by day, week, month, quarter, year or decade. Not reversible; leaks the period."""

    function_of_row: ClassVar[bool] = True
    to: str
    """``day`` gives a date, ``year`` a number, the others text: 2024-W07, 2024-02, 2024-Q1,
    2020s.
    """
    written: str | None = None
    """Format of dates in text, as for strptime; ISO 8601 if None."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return date32 for day, int32 for year, else text; accepts dates, timestamps and text."""
        check_dates(input_type)
        return {"day": pa.date32(), "year": pa.int32()}.get(self.to, pa.string())

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the period of each date.

        Raises:
            BadValuesError: some texts are not dates.
        """
        self.output_type(column.type)
        return over_distinct(column, self._periods)

    def _periods(self, values: pa.Array) -> pa.Array:
        dates, bad = as_dates(values, self.written)
        days = dates.cast(pa.date32(), safe=False).dictionary_encode()
        periods = self._period(days.dictionary).take(days.indices)
        return raise_bad(bad, periods, f"is not a date written {self.written or 'as 2024-02-29'}")

    def _period(self, days: pa.Array) -> pa.Array:
        if self.to == "day":
            return days
        if self.to in _DATE_TEXT:
            return pc.strftime(days, format=_DATE_TEXT[self.to])
        year = pc.year(days)
        if self.to == "year":
            return year.cast(pa.int32())
        if self.to == "quarter":
            return pc.binary_join_element_wise(
                year.cast(pa.string()), pc.quarter(days).cast(pa.string()), "-Q"
            )
        decade = pc.utf8_slice_codeunits(year.cast(pa.string()), 0, -1)
        return pc.binary_join_element_wise(decade, "0s", "")


@dataclass(frozen=True)
class AgeBand:
    """Ages on a given day, in bands, from dates of birth: 30-39, 90+. Not reversible; leaks the
    band.
    """

    function_of_row: ClassVar[bool] = True
    at: date
    """The day for which ages are computed. It is fixed, so that every run gives the same."""
    width: float = 10
    """Years in a band."""
    top: float | None = 90
    """This age and higher ones share one band."""
    written: str | None = None
    """Format of dates in text, as for strptime; ISO 8601 if None."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts dates, timestamps and text."""
        check_dates(input_type)
        return pa.string()

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the band of each age.

        Raises:
            BadValuesError: some texts are not dates, or are after ``at``.
        """
        self.output_type(column.type)
        return over_distinct(column, self._bands)

    def _bands(self, values: pa.Array) -> pa.Array:
        dates, bad = as_dates(values, self.written)
        born = pc.add(
            pc.multiply(pc.year(dates), 10_000),
            pc.add(pc.multiply(pc.month(dates), 100), pc.day(dates)),
        )
        today = self.at.year * 10_000 + self.at.month * 100 + self.at.day
        ages = pc.divide(pc.subtract(today, born), 10_000)
        unborn = pc.less(pc.subtract(today, born), 0)
        bands = BandNumber(self.width, top=self.top)(pc.max_element_wise(ages, 0, skip_nulls=False))
        return raise_bad(
            pc.or_(bad, unborn.fill_null(False)),
            bands,
            "is not a date of birth before the given day",
        )
