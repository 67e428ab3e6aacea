"""Splits the rows of PostgreSQL among partitions, without keeping a value of a row.

Blocks are where rows lie, so they are of equal size and need no key. The bounds of key ranges are
values of rows, and a partition travels to other processes: so each process finds them itself, in
the one snapshot, where they are the same for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa
import pyarrow.types as pt

from anonymize.io.tables.asked import quoted
from anonymize.io.tables.postgres_session import Session


class Split(Protocol):
    """Which rows of a source are one partition's."""

    def where(self, session: Session, origin: str) -> str:
        """Return the WHERE clause over ``q``, empty for all rows."""
        ...


@dataclass(frozen=True)
class Whole:
    """All rows."""

    def where(self, session: Session, origin: str) -> str:
        """Return no clause."""
        return ""


def whole() -> Split:
    """Return the split that keeps all rows together."""
    return Whole()


@dataclass(frozen=True)
class Blocks:
    """The rows in a range of blocks; every row is in exactly one range, also in the parts of a
    partitioned table.
    """

    first: int | None
    """The first block; None for the first range."""
    end: int | None
    """The first block of the next range; None for the last."""

    @classmethod
    def of(cls, blocks: int, number: int, count: int) -> Blocks:
        """Return range ``number`` of ``count``."""
        first, end = blocks * number // count, blocks * (number + 1) // count
        return cls(first if number else None, end if number < count - 1 else None)

    def where(self, session: Session, origin: str) -> str:
        """Return the condition on the rows' places."""
        bounds = [f"q.ctid >= '({self.first},0)'"] if self.first is not None else []
        bounds += [f"q.ctid < '({self.end},0)'"] if self.end is not None else []
        return f"WHERE {' AND '.join(bounds)}" if bounds else ""


@dataclass(frozen=True)
class KeyRange:
    """The rows in one of several ranges of a column, equally wide; nulls are in the first."""

    column: str
    step: str
    """SQL of a bound: ``{low}``, ``{high}`` and the share ``{number}`` of ``{count}``."""
    number: int
    count: int

    @classmethod
    def of(cls, column: str, kind: pa.DataType, number: int, count: int) -> KeyRange:
        """Return range ``number`` of ``count`` of a column of this type."""
        if pt.is_integer(kind):
            step = "floor({low}::numeric + ({high}::numeric - {low}) * {number} / {count})"
        elif pt.is_date(kind):
            step = "{low} + (({high} - {low}) * {number}::int8 / {count})::int"
        else:
            step = "{low} + ({high} - {low}) * ({number}::float8 / {count})"
        return cls(column, step, number, count)

    def where(self, session: Session, origin: str) -> str:
        """Return the condition; its bounds are read in this snapshot."""
        key = f"q.{quoted(self.column)}"
        low, high = (
            self._bound(session, origin, key, self.number),
            self._bound(session, origin, key, self.number + 1),
        )
        bounds = [f"{key} >= {low}"] if self.number else []
        bounds += [f"{key} < {high}"] if self.number < self.count - 1 else []
        told = " AND ".join(bounds)
        return f"WHERE ({told}) OR {key} IS NULL" if not self.number else f"WHERE {told}"

    def _bound(self, session: Session, origin: str, key: str, number: int) -> str:
        """Return a bound as a literal; null if no row has a key, where all rows are the first's."""
        step = self.step.format(low="low", high="high", number=number, count=self.count)
        ends = f"SELECT min({key}) AS low, max({key}) AS high FROM {origin} AS q"  # noqa: S608
        found = f"SELECT quote_nullable(({step})::text), pg_typeof(low)::text"
        literal, kind = session.row(f"{found} FROM ({ends}) AS ends")
        return f"{literal}::{kind}"
