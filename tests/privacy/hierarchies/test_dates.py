"""Dates by month, quarter, year and decade."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.errors import DataError, PlanError
from anonymize.privacy.hierarchies.dates import Dates
from tests.privacy.hierarchies.test_ranges import labels


def test_a_date_has_five_groups() -> None:
    """Written as the action generalize writes them."""
    column = Dates().coded("born", pa.array([date(1979, 3, 2), None]))
    assert [labels(column, level) for level in range(6)] == [
        ["1979-03-02", None],
        ["1979-03", None],
        ["1979-Q1", None],
        ["1979", None],
        ["1970s", None],
        ["*", "*"],
    ]


@given(st.lists(st.dates(date(1, 1, 1), date(9999, 12, 31)), unique=True, min_size=1))
def test_groups_are_those_of_the_calendar(days: list[date]) -> None:
    """From the year 1 to 9999."""
    column = Dates().coded("born", pa.array(days))
    for at, day in enumerate(days):
        year = f"{day.year:04d}"
        expected = [
            f"{year}-{day.month:02d}",
            f"{year}-Q{(day.month + 2) // 3}",
            year,
            f"{year[:3]}0s",
        ]
        assert [labels(column, level)[at] for level in range(1, 5)] == expected


def test_times_of_day_become_days_first() -> None:
    """Of the day in the column's zone; text has the level only where some text has a time."""
    moment = pa.array([datetime(2024, 1, 31, 23, 30, tzinfo=UTC)]).cast(
        pa.timestamp("us", "Europe/Kyiv")
    )
    assert labels(Dates().coded("at", moment), 1) == ["2024-02-01"]
    texts = ["2024-01-31T23:30:00+02:00", "2024-01-31 07:05", "2024-02-29"]
    column = Dates().coded("at", pa.array(texts))
    assert labels(column, 1) == ["2024-01-31", "2024-01-31", "2024-02-29"]
    assert column.order is not None
    assert (column.order[0] - column.order[1]) == (23 * 60 + 30 - 7 * 60 - 5) * 60
    assert len(Dates().coded("at", pa.array(["2024-02-29"])).levels) == 6


def test_losses_count_days() -> None:
    """1 January to 31 December are 365 leaves, whichever of them the column has."""
    column = Dates().coded("born", pa.array([date(2023, 1, 1), date(2023, 12, 31)]))
    assert column.levels[1].losses.tolist() == pytest.approx([30 / 364] * 2)
    assert column.levels[3].losses.tolist() == [1.0]


@pytest.mark.parametrize(
    "values",
    [
        pa.array(["2024-02-30", "2023-02-29", "0000-01-01", "2024-13-01", "31.12.1999", "x", ""]),
        pa.array(["2024-02-2", "2024-02-290", "2024-02-29x", "2024-02-29T25:00", "1979-3-2"]),
        pa.array([-800_000, 3_000_000], pa.int32()).cast(pa.date32()),
        pa.array([-(2**62)], pa.int64()).cast(pa.timestamp("us")),
    ],
)
def test_what_is_no_date_is_counted_and_not_quoted(values: pa.Array) -> None:
    """Days that the calendar lacks, other forms, years before 1 and after 9999."""
    count = len(values)
    with pytest.raises(DataError) as error:
        Dates().coded("born", values)
    assert str(error.value).startswith(f"column born: {count} of {count} distinct values are not")
    column = Dates(unknown="root").coded("born", values)
    assert labels(column, 2) == labels(column, 0)
    assert labels(column, len(column.levels) - 1) == ["*"] * count


def test_types_without_dates_are_refused() -> None:
    """With what is taken."""
    for values in (pa.array([1979]), pa.array([1.5]), pa.array([datetime.min.time()])):
        with pytest.raises(PlanError, match=r"dates: takes dates, timestamps and text"):
            Dates().coded("born", values)
