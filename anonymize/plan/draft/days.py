"""Counts the rows of a source that are alone with their day: who knows the day knows the row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.plan.draft.row_keys import of_the_row
from anonymize.transform.columns import is_text, plain, value_type
from anonymize.transform.date_columns import as_dates
from anonymize.transform.generalize.dates import GeneralizeDate

UNITS = ("day", "month", "quarter", "year")
"""From fine to coarse."""
MOST_ALONE = 0.05
"""Largest share of rows that may be alone with a value that a draft keeps."""
MOST_VALUES = 1 << 16
"""Distinct values that are counted; in a larger table few rows are alone with their day."""
_NAMES_ONE = frozenset(
    ("PERSON_NAME", "EMAIL_ADDRESS", "PHONE_NUMBER", "NATIONAL_ID", "USERNAME", "BANK_ACCOUNT")
)
"""Verdicts of values that one person has."""
_MAY_NAME_ONE = ("RECORD_ID",)
"""Verdicts of values that one person has where the column's name says so: a customer's number."""
_NEARLY_ALL = 0.95
"""Minimum share of a column's values that are distinct where each row is another person."""


@dataclass(frozen=True)
class Alone:
    """How many rows no other row shares its period with, by unit."""

    rows: int
    """Rows that have a date."""
    by_unit: Mapping[str, int]

    def share(self, unit: str) -> float:
        """Return the share of the rows that are alone, 0 to 1."""
        return self.by_unit[unit] / self.rows if self.rows else 0.0

    def coarser(self) -> str:
        """Return the finest period with which few rows are alone, a year if there is none."""
        return next((u for u in UNITS[1:] if self.share(u) <= MOST_ALONE), UNITS[-1])


@dataclass
class _Values:
    """The rows of each distinct value of one column."""

    counts: Counter[object] = field(default_factory=Counter)
    total: int = 0
    too_many: bool = False

    @property
    def of_one_row_each(self) -> bool:
        """Return True if nearly no value repeats."""
        return len(self.counts) >= max(2, _NEARLY_ALL * self.total)

    def add(self, values: pa.Array) -> None:
        values = values.drop_null()
        self.total += len(values)
        if self.too_many:
            return
        found = pc.value_counts(values)
        self.too_many = max(len(found), len(self.counts)) > MOST_VALUES
        if self.too_many:
            self.counts = Counter()
            return
        held, counts = found.field("values").to_pylist(), found.field("counts").to_pylist()
        for value, count in zip(held, counts, strict=True):
            self.counts[value] += count


class Days:
    """Watches columns of dates, and whether each row is another person."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Start without rows; ``findings`` say what the columns hold."""
        self._dates = {f.column: _Values() for f in findings if f.verdict == "DATE_TIME"}
        named = [
            one.column
            for one in (findings if self._dates else ())
            if one.verdict in _NAMES_ONE
            or (one.verdict in _MAY_NAME_ONE and of_the_row(one.column))
        ]
        self._people = {column: _Values() for column in named if "[]" not in column}

    def add(self, path: ColumnName, values: pa.Array) -> None:
        """Count values of a leaf."""
        if (dates := self._dates.get(path)) is not None:
            kind = value_type(values.type)
            if pt.is_date(kind) or is_text(kind):
                dates.add(plain(values))
            elif pt.is_timestamp(kind):
                dates.add(_days(plain(values), None))
        elif (people := self._people.get(path)) is not None:
            people.add(plain(values))

    def is_of_one_row_each(self) -> bool:
        """Return True if no person has several rows, as a column of people's names, addresses or
        numbers tells.
        """
        return any(not one.too_many and one.of_one_row_each for one in self._people.values())

    def is_of_several_rows_each(self) -> bool:
        """Return True if such a column tells that people have several rows. Where none tells
        anything, this is not known, and both are False.
        """
        return not self.is_of_one_row_each() and any(
            one.total and not one.too_many for one in self._people.values()
        )

    def alone_as_written(self, path: ColumnName) -> Alone | None:
        """Return how many rows are alone with their date as it is written, for dates in a form that
        is not read; None where that is not known.
        """
        dates = self._dates.get(path)
        if dates is None or dates.too_many or not dates.counts:
            return None
        return Alone(dates.total, {"day": sum(rows == 1 for rows in dates.counts.values())})

    def alone(self, path: ColumnName, written: str | None) -> Alone | None:
        """Return how many rows are alone with their period; None where that is not known. Dates in
        text are read with the format ``written``, or as ISO 8601.
        """
        dates = self._dates.get(path)
        if dates is None or dates.too_many or not dates.counts:
            return None
        by_day: Counter[object] = Counter()
        days = _days(pa.array(list(dates.counts)), written)
        for day, rows in zip(days.to_pylist(), dates.counts.values(), strict=True):
            if day is not None:
                by_day[day] += rows
        held = pa.array(list(by_day), pa.date32())
        alone = {}
        for unit in UNITS:
            rows_of: Counter[object] = Counter()
            for period, rows in zip(GeneralizeDate(unit)(held), by_day.values(), strict=True):
                rows_of[period] += rows
            alone[unit] = sum(rows == 1 for rows in rows_of.values())
        return Alone(by_day.total(), alone)


def _days(values: pa.Array, written: str | None) -> pa.Array:
    """Return the days of dates in any form, null for what is none."""
    return as_dates(values, written)[0].cast(pa.date32(), safe=False)
