"""Makes Arrow columns of the Python values that drivers return row by row, never of mixed kinds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.errors import Problem, SourceError
from anonymize.io.tables.asked import read_as

_NAMES = {int: "integers", float: "floats", str: "texts", bytes: "bytes", bool: "truth values"}


def column(
    values: Sequence[Any], kind: pa.DataType, name: str, place: str, *, said: bool
) -> pa.Array:
    """Return ``values`` as ``kind``; ``said`` if the user chose the type, so that other kinds are
    converted.

    Raises:
        SourceError: values that ``kind`` cannot hold exactly: which kinds they are and how many.
    """
    if said and pt.is_string(kind):
        values = [_text(value) for value in values]
    try:
        if array := _exact(values, kind):
            return array
    except (pa.ArrowException, OverflowError, ValueError):
        pass
    allowed = _kinds(kind)
    other = [type(value) for value in values if value is not None and type(value) not in allowed]
    told = sorted({_NAMES.get(each, each.__name__) for each in other})
    if other:
        what = f"{len(other)} values are {', '.join(told)} in a column of {kind}"
    else:
        what = f"holds values that {kind} cannot hold exactly"
    bytes_ = bytes in other and pt.is_string(kind)
    remedy = "convert it in a query" if bytes_ else f"read it as text, {read_as(name)}"
    raise SourceError(Problem(f"{place}: column {name}", f"{what}; {remedy}")) from None


def _kinds(kind: pa.DataType) -> frozenset[type]:
    """Return the Python types of which ``kind`` is made without conversion."""
    if pt.is_string(kind):
        return frozenset({str})
    if pt.is_binary(kind):
        return frozenset({bytes, bytearray, memoryview})
    if pt.is_integer(kind) or pt.is_boolean(kind):
        return frozenset({int, bool})
    if pt.is_floating(kind):
        return frozenset({int, float})
    if pt.is_decimal(kind):
        return frozenset({Decimal, int})
    if pt.is_date(kind):
        return frozenset({str, dt.date})
    return frozenset({str, dt.datetime if pt.is_timestamp(kind) else dt.time})


def _exact(values: Sequence[Any], kind: pa.DataType) -> pa.Array | None:
    """Return the array, or None if a value is of another Python type."""
    found = {type(value) for value in values} - {type(None)}
    if not found <= _kinds(kind):
        return pa.array(values, pa.string()).cast(kind) if found == {str} else None
    if pt.is_boolean(kind) and int in found:
        if not {value for value in values if value is not None} <= {0, 1}:
            return None
        return pa.array([None if value is None else bool(value) for value in values], kind)
    if found == {str} and not pt.is_string(kind):
        return pa.array(values, pa.string()).cast(kind)
    if pt.is_timestamp(kind) and not _zones(values) <= {kind.tz is not None}:
        return None
    return pa.array(values, kind)


def _zones(values: Sequence[Any]) -> set[bool]:
    """Return whether the times have zones: Arrow would take those that have none for UTC's."""
    return {value.tzinfo is not None for value in values if value is not None}


def _text(value: Any) -> Any:
    """Return a value as the shortest text from which it can be read again; bytes as they are."""
    if value is None or isinstance(value, str | bytes):
        return value
    if isinstance(value, dict | list):
        import json

        return json.dumps(value, ensure_ascii=False, default=str)
    return repr(value) if isinstance(value, float) else str(value)
