"""Chooses the type of each column that SQLAlchemy reads: by the table's reflected types, or, of a
query, by the Python types of all its values.

A query's first rows would be a trap: a column of integers may hold a fraction in its last row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from anonymize.io.sources.text_types import INSTANT, TIMESTAMP

DIGITS = 38
"""Digits of decimal128."""


def reflected(kind: Any) -> tuple[pa.DataType, bool]:
    """Return the Arrow type of one of SQLAlchemy's, and whether values are written as text for
    it.
    """
    from sqlalchemy import types as sql

    if isinstance(kind, sql.Numeric) and not isinstance(kind, sql.Float):
        precision, scale = kind.precision, kind.scale
        exact = precision is not None and scale is not None and 0 <= scale <= precision <= DIGITS
        return (pa.decimal128(precision, scale), False) if exact else (pa.string(), True)
    if isinstance(kind, sql.DateTime):
        return (INSTANT if kind.timezone else TIMESTAMP), False
    known: tuple[tuple[Any, pa.DataType], ...] = (
        (sql.Boolean, pa.bool_()),
        (sql.Integer, pa.int64()),
        (sql.Float, pa.float64()),
        (sql.Date, pa.date32()),
        (sql.Time, pa.time64("us")),
        (sql.LargeBinary, pa.binary()),
    )
    for one, arrow in known:
        if isinstance(kind, one):
            return arrow, False
    return pa.string(), not isinstance(kind, sql.String) or isinstance(kind, sql.Enum)


@dataclass
class Seen:
    """The Python types of a column's values."""

    kinds: set[type] = field(default_factory=set)
    zones: set[bool] = field(default_factory=set)
    """Whether its times have zones."""
    whole: int = 1
    """Most digits before the point of a decimal."""
    scale: int = 0
    """Most digits after it."""

    def add(self, values: Iterable[Any]) -> None:
        """Take more values into account."""
        for value in values:
            if value is None:
                continue
            self.kinds.add(type(value))
            if isinstance(value, dt.datetime):
                self.zones.add(value.tzinfo is not None)
            elif isinstance(value, Decimal):
                _, digits, exponent = value.as_tuple()
                places = -exponent if isinstance(exponent, int) else DIGITS + 1
                self.scale = max(self.scale, places)
                self.whole = max(self.whole, len(digits) - places)

    def type(self) -> tuple[pa.DataType, bool] | None:
        """Return the Arrow type that holds all values exactly, and whether they are written as text
        for it; None if they are of several kinds.
        """
        simple: Sequence[tuple[set[type], pa.DataType]] = (
            ({bool}, pa.bool_()),
            ({int}, pa.int64()),
            ({int, float}, pa.float64()),
            ({str}, pa.string()),
            ({bytes, bytearray, memoryview}, pa.binary()),
            ({dt.date}, pa.date32()),
            ({dt.time}, pa.time64("us")),
        )
        if not self.kinds:
            return pa.string(), False
        for kinds, arrow in simple:
            if self.kinds <= kinds:
                return arrow, False
        if self.kinds == {dt.datetime}:
            return (
                (INSTANT if self.zones == {True} else TIMESTAMP, False)
                if len(self.zones) == 1
                else None
            )
        if self.kinds <= {Decimal, int} and self.whole + self.scale <= DIGITS:
            return pa.decimal128(DIGITS, self.scale), False
        return (pa.string(), True) if len(self.kinds) == 1 else None
