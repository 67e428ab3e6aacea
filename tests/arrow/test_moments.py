"""Wall-clock times and texts of timestamps, at any moment that a column can hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from anonymize.arrow.moments import moment_texts, out_of_range, wall_clock
from anonymize.detect.columns.sample import as_texts

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
]
END = 253402300799
"""9999-12-31T23:59:59Z."""


@given(
    st.lists(st.datetimes(datetime(1990, 1, 1), datetime(9999, 12, 30)), min_size=1, max_size=20),
    st.sampled_from(ZONES),
    st.sampled_from(["s", "ms", "us"]),
)
@example(
    [datetime(2038, 7, 1, 22, 30), datetime(2500, 7, 1, 22, 30), datetime(9999, 7, 1)],
    "Europe/Berlin",
    "us",
)
@example([datetime(2050, 3, 27, 0, 59, 59), datetime(2050, 3, 27, 1)], "Europe/Berlin", "us")
def test_clocks_show_summer_time_in_every_year(
    moments: list[datetime], zone: str, unit: str
) -> None:
    """As Python's own calendar has it; Arrow stops after 2037."""
    column = pa.array(
        [at.replace(microsecond=0, tzinfo=UTC) for at in moments], pa.timestamp(unit, zone)
    )
    shown, far = wall_clock(column)
    right = [
        at.replace(microsecond=0, tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for at in moments
    ]
    assert shown.cast(pa.timestamp("us")).to_pylist() == right
    assert not any(far.to_pylist())


@pytest.mark.parametrize("zone", ["+05:30", "-08:00"])
def test_zones_that_are_a_distance_have_no_summer_time(zone: str) -> None:
    """They are no names of places."""
    column = pa.array([datetime(2050, 7, 1, tzinfo=UTC)], pa.timestamp("us", zone))
    distance = timedelta(hours=5, minutes=30) if zone[0] == "+" else -timedelta(hours=8)
    assert wall_clock(column)[0].to_pylist() == [datetime(2050, 7, 1) + distance]


@pytest.mark.parametrize(
    "second,zone,far",
    [
        (END, "Asia/Kolkata", True),
        (END, None, False),
        (END, "UTC", False),
        (END + 1, None, True),
        (END + 1, "America/New_York", True),
        (-62135596800, "America/New_York", True),
        (-62135596800, None, False),
        (-62135596801, "Asia/Kolkata", True),
    ],
)
def test_a_moment_that_python_cannot_hold_is_out_of_range(
    second: int, zone: str | None, far: bool
) -> None:
    """In UTC or in its zone; the others are read as before."""
    for unit, per in (("s", 1), ("us", 10**6)):
        column = pa.array([0, second * per, None]).cast(pa.timestamp(unit, zone))
        assert out_of_range(column).to_pylist() == [False, far, False]


@given(
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from(["s", "ms", "us", "ns"]),
    st.sampled_from([None, *ZONES]),
)
@example(END * 10**6, "us", "Asia/Kolkata")
@example(2**63 - 1, "ns", "Asia/Kolkata")
@example(-(2**63), "ns", "America/New_York")
def test_every_timestamp_has_a_text(number: int, unit: str, zone: str | None) -> None:
    """Detection looks at samples of any column; one that Python's dates cannot hold stops
    nothing.
    """
    column = pa.array([number], pa.int64()).cast(pa.timestamp(unit, zone))
    assert all(as_texts(column))
    assert len(out_of_range(column)) == len(moment_texts(column)) == 1


def test_texts_of_dates_are_in_iso_form() -> None:
    """With the years that need more digits."""
    known = pa.array([datetime(2024, 2, 29, 12)], pa.timestamp("us"))
    assert moment_texts(known) == ["2024-02-29 12:00:00"]
    assert moment_texts(pa.array([2932897, 0], pa.int32()).cast(pa.date32())) == [
        "10000-01-01",
        "1970-01-01",
    ]
