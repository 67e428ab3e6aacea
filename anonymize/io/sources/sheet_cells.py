"""Makes typed columns of a sheet's cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

EXACT = 2.0**53
"""Floats, as sheets store all numbers, represent every integer exactly up to here."""
TIMESTAMP, TIME, DURATION = pa.timestamp("us"), pa.time64("us"), pa.duration("us")


def column_of(values: Sequence[Any]) -> tuple[pa.Array, bool]:
    """Return cells as an array, null for empty ones; and True if they are of several kinds and so
    became text.
    """
    kinds = set(map(type, values))
    if kinds == {str}:
        texts = pa.array(values, pa.string())
        empty = pc.equal(texts, "")
        some, every = pc.any(empty).as_py(), pc.all(empty).as_py()
        if every:
            return pa.nulls(len(values)), False
        return pc.if_else(empty, pa.scalar(None, pa.string()), texts) if some else texts, False
    if str in kinds:
        values = [None if value == "" else value for value in values]
        kinds = set(map(type, values))
    kinds.discard(type(None))
    if not kinds:
        return pa.nulls(len(values)), False
    if kinds <= {float, int}:
        return _numbers(pa.array(values, pa.float64())), False
    for known, kind, made in _KINDS:
        if kinds <= known:
            return pa.array([made(v) for v in values] if made else values, kind), False
    return pa.array([_text(value) for value in values], pa.string()), True


def _numbers(values: pa.Array) -> pa.Array:
    """Return numbers as integers if all are."""
    whole = pc.all(pc.equal(pc.floor(values), values)).as_py()
    small = (pc.max(pc.abs(values)).as_py() or 0.0) < EXACT
    return values.cast(pa.int64()) if whole and small else values


def _moment(value: dt.date | None) -> dt.datetime | None:
    if value is None or isinstance(value, dt.datetime):
        return value
    return dt.datetime.combine(value, dt.time())


def _length(value: dt.time | dt.timedelta | None) -> dt.timedelta | None:
    if value is None or isinstance(value, dt.timedelta):
        return value
    return dt.datetime.combine(dt.date.min, value) - dt.datetime.min


def _text(value: Any) -> str | None:
    """Return a cell as a sheet shows it: whole numbers without a point, dates as ISO."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)


def merged(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    """Return the type of a column of which parts have these types; text if nothing else fits."""
    if one.equals(other) or pt.is_null(other):
        return one
    if pt.is_null(one):
        return other
    both = {one, other}
    for pair, wider in (
        ({pa.int64(), pa.float64()}, pa.float64()),
        ({pa.date32(), TIMESTAMP}, TIMESTAMP),
        ({TIME, DURATION}, DURATION),
    ):
        if both == pair:
            return wider
    return pa.string()


def as_type(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return ``values`` as a type that ``merged`` gave."""
    if values.type.equals(kind):
        return values
    if pt.is_string(kind) and not pt.is_null(values.type):
        return pa.array([_text(value) for value in values.to_pylist()], kind)
    if pt.is_duration(kind) and pt.is_time(values.type):
        return pa.array([_length(value) for value in values.to_pylist()], kind)
    return values.cast(kind)


_KINDS: tuple[tuple[set[type], pa.DataType, Callable[[Any], Any] | None], ...] = (
    ({str}, pa.string(), None),
    ({bool}, pa.bool_(), None),
    ({dt.date}, pa.date32(), None),
    ({dt.datetime}, TIMESTAMP, None),
    ({dt.date, dt.datetime}, TIMESTAMP, _moment),
    ({dt.time}, TIME, None),
    ({dt.timedelta}, DURATION, None),
    ({dt.time, dt.timedelta}, DURATION, _length),
)
"""Kinds of cells that make a column of one type, and what makes its values of them."""
