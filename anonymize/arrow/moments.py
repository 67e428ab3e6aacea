"""Dates and timestamps as numbers and local times, also outside the range of Python's and Arrow's
calendars.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)
"""Days before and after these are not accepted as dates, because neither ISO 8601's four digits nor
most readers can represent them.
"""

PER_SECOND = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}
"""Units of a timestamp in a second."""

Numbers = npt.NDArray[np.int64]

_DAY = 86_400
_LATE = (date(2037, 1, 1) - date(1970, 1, 1)).days * _DAY
"""Arrow 26 ignores summer time from this second on, because it stops at the last listed change of a
zone.
"""
_CYCLE = 146_097
"""Days of 400 years, after which weekdays and leap years repeat."""
_REPEATS = (date(2500, 1, 1) - date(1970, 1, 1)).days
"""No zone lists a change in or after the 400 years before this day, so that only its rule applies
there.
"""


def per_day(kind: pa.DataType) -> int:
    """Return the number of units of a date or timestamp type in a day."""
    if pa.types.is_date32(kind):
        return 1
    return 86_400_000 if pa.types.is_date64(kind) else _DAY * PER_SECOND[kind.unit]


def as_units(values: pa.Array) -> pa.Array:
    """Return dates or timestamps as the integers that they are stored as."""
    return (values.cast(pa.int32()) if pa.types.is_date32(values.type) else values).cast(pa.int64())


def out_of_range(values: pa.Array) -> pa.BooleanArray:
    """Return a mask of dates or timestamps outside the years 1 to 9999, in UTC or in their zone;
    false for null.
    """
    if pa.types.is_null(values.type):
        return pa.array(np.zeros(len(values), np.bool_))
    return wall_clock(values)[1] if getattr(values.type, "tz", None) else _outside(values)


def _outside(values: pa.Array) -> pa.BooleanArray:
    days = pc.floor(
        pc.divide(as_units(values).cast(pa.float64(), safe=False), float(per_day(values.type)))
    )
    early, late = ((day - date(1970, 1, 1)).days for day in (FIRST_DAY, LAST_DAY))
    return pc.or_(pc.less(days, early), pc.greater(days, late)).fill_null(False)


def wall_clock(values: pa.Array) -> tuple[pa.Array, pa.BooleanArray]:
    """Return timestamps with a zone as local times there, and a mask of those outside the years 1
    to 9999.

    Null outside those years. Nanoseconds are truncated to microseconds, because their range ends
    within a zone's offset from UTC.
    """
    far = _outside(values)
    values = in_microseconds(pc.if_else(far, pa.scalar(None, values.type), values))
    zone, seconds = (
        values.type.tz,
        np.asarray(as_units(values).fill_null(0)) // PER_SECOND[values.type.unit],
    )
    local = pc.local_timestamp(values)
    late = seconds >= _LATE
    if late.any() and (offsets := _offsets(seconds[late], zone)) is not None:
        units = np.array(as_units(values).fill_null(0))
        units[late] += offsets * PER_SECOND[values.type.unit]
        local = pc.if_else(pa.array(late), pa.array(units).cast(local.type), local)
        local = pc.if_else(values.is_valid(), local, pa.scalar(None, local.type))
    outside = _outside(local)
    return pc.if_else(outside, pa.scalar(None, local.type), local), pc.or_(far, outside)


def in_microseconds(values: pa.Array) -> pa.Array:
    """Return timestamps of nanoseconds in microseconds, rounded down; others unchanged."""
    if not pa.types.is_timestamp(values.type) or values.type.unit != "ns":
        return values
    units = np.asarray(as_units(values).fill_null(0)) // 1000
    return pa.array(units, mask=np.asarray(values.is_null())).cast(
        pa.timestamp("us", values.type.tz)
    )


def _offsets(seconds: Numbers, zone: str) -> Numbers | None:
    """Return the seconds between UTC and a zone's local time at moments of 2037 and later; None for
    a fixed offset.
    """
    from zoneinfo import ZoneInfo

    try:
        clocks = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        return None

    def offset(second: int) -> int:
        shown = (
            (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second))
            .astimezone(clocks)
            .utcoffset()
        )
        return round(shown.total_seconds()) if shown is not None else 0

    beyond = np.maximum(seconds // _DAY - _REPEATS + _CYCLE, 0) // _CYCLE
    near = seconds - beyond * _CYCLE * _DAY
    days, place = np.unique(near // _DAY, return_inverse=True)
    edges = {day: offset(day * _DAY) for day in {*days.tolist(), *(days + 1).tolist()}}
    first = np.array([edges[day] for day in days.tolist()], np.int64)
    found = first[place]
    changing = (first != np.array([edges[day + 1] for day in days.tolist()], np.int64))[place]
    if changing.any():
        minutes, at = np.unique(near[changing] // 60, return_inverse=True)
        found[changing] = np.array([offset(minute * 60) for minute in minutes.tolist()], np.int64)[
            at
        ]
    return found


def moment_texts(values: pa.Array) -> list[str | None]:
    """Return dates or timestamps in Python's text form; those outside Python's range in ISO 8601
    with a longer year.
    """
    far = out_of_range(values)
    values = in_microseconds(values)
    unit = getattr(values.type, "unit", "") if pa.types.is_timestamp(values.type) else ""
    unit = unit or ("D" if pa.types.is_date32(values.type) else "ms")
    known = pc.if_else(far, pa.scalar(None, values.type), values).to_pylist()
    texts = [None if value is None else str(value) for value in known]
    rows = np.flatnonzero(np.asarray(far))
    units = np.asarray(as_units(values).fill_null(0))[rows].astype(f"datetime64[{unit}]")
    for row, text in zip(rows.tolist(), np.datetime_as_string(units).tolist(), strict=True):
        texts[row] = text
    return texts
