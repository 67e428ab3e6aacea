"""Refuses values that Arrow's type of their column cannot hold, or holds as another value: an
infinite date, a date before the year 1, 24:00.
"""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.errors import Problem, SourceError
from anonymize.io.tables.asked import read_as

LONGEST_CELL_BYTES = 1 << 28
"""Maximum bytes of a cell: as for a row of a CSV file and a page of a Parquet file."""
BATCH_ROWS = 131_072
"""Maximum rows of a batch; the same as for Parquet."""
_EPOCH = dt.date(1970, 1, 1)
_FIRST, _LAST = (dt.date.min - _EPOCH).days, (dt.date.max - _EPOCH).days
_DAY = 86_400_000_000


def column_of(array: pa.Array, kind: pa.DataType, name: str, place: str) -> pa.Array:
    """Return a column as the database's driver gave it, as ``kind``.

    Raises:
        SourceError: values that ``kind`` cannot hold; how many, and none of them.
    """
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if not array.type.equals(kind):
        try:
            array = array.cast(kind)
        except pa.ArrowInvalid:
            raise _refused(name, place, f"holds values that are no {kind}") from None
    values = array.flatten() if pt.is_list(kind) else array
    if bad := _outside(values):
        told = f"{bad} values are" if bad > 1 else "a value is"
        raise _refused(name, place, f"{told} {_WHAT[_unit(values.type)]}")
    return array


_WHAT = {
    "day": "infinite, or before the year 1, or after 9999",
    "instant": "infinite, or before the year 1, or after 9999",
    "time": "24:00:00, which is no time of a day",
}


def _unit(kind: pa.DataType) -> str:
    if pt.is_date32(kind):
        return "day"
    if pt.is_timestamp(kind) and kind.unit == "us":
        return "instant"
    return "time" if pt.is_time64(kind) and kind.unit == "us" else ""


def _outside(values: pa.Array) -> int:
    """Return how many values are outside of the years 1 to 9999, or of a day."""
    unit = _unit(values.type)
    if not unit or not len(values):
        return 0
    numbers = values.view(pa.int32() if unit == "day" else pa.int64())
    first, last = {
        "day": (_FIRST, _LAST),
        "instant": (_FIRST * _DAY, (_LAST + 1) * _DAY - 1),
        "time": (0, _DAY - 1),
    }[unit]
    ends = pc.min_max(numbers).as_py()
    if ends["min"] is None or (ends["min"] >= first and ends["max"] <= last):
        return 0
    outside = pc.or_(pc.less(numbers, first), pc.greater(numbers, last))
    return int(pc.sum(outside).as_py())


def _refused(name: str, place: str, what: str) -> SourceError:
    remedy = f"read it as text, {read_as(name)}, or leave such rows out by a query"
    return SourceError(Problem(f"{place}: column {name}", f"{what}; {remedy}"))


def refuse_long(array: pa.Array, name: str, place: str) -> None:
    """Refuse a column of texts or bytes with a cell that is too long.

    Raises:
        SourceError: it has more than 256 MiB.
    """
    if pt.is_string(array.type) or pt.is_binary(array.type):
        longest = pc.max(pc.binary_length(array)).as_py() or 0
        if longest > LONGEST_CELL_BYTES:
            raise too_long(name, place)


def too_long(name: str, place: str) -> SourceError:
    """Return the error for a cell that is too long."""
    what = "a cell has more than 256 MiB; leave the column or the row out by a query"
    return SourceError(Problem(f"{place}: column {name}", what))
