"""Finds a table or view of PostgreSQL, and says how its rows can be split."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.types as pt

from anonymize.errors import SourceError
from anonymize.io.tables.asked import Asked, Value, quoted
from anonymize.io.tables.parameters import with_parameters
from anonymize.io.tables.postgres_session import Session, setting
from anonymize.io.tables.postgres_split import Blocks, KeyRange, Split, whole

_KINDS = {
    "r": "table",
    "p": "partitioned table",
    "m": "materialized view",
    "v": "view",
    "f": "foreign table",
}
_BY_BLOCKS = frozenset("rpm")
_TOASTED_BYTES = 1 << 20
"""Bytes of long values kept apart from a table's rows, below which none is 256 MiB long, because
compression makes a text 255 times shorter at most.
"""
_FIND = """
SELECT c.relkind::text,
       greatest(pg_relation_size(c.oid),
                (SELECT max(pg_relation_size(relid)) FROM pg_partition_tree(c.oid)), 0)
         / current_setting('block_size')::int8,
       CASE WHEN c.relkind = 'r' AND NOT c.relhassubclass
            THEN coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0) ELSE -1 END,
       (SELECT a.attname::text FROM pg_index i
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
         WHERE i.indrelid = c.oid AND i.indisprimary AND i.indnkeyatts = 1)
  FROM pg_class c WHERE c.oid = to_regclass($1)
"""


@dataclass(frozen=True)
class Relation:
    """What is read, as it stands in a statement."""

    origin: str
    """What stands after FROM."""
    by_blocks: bool
    """True if the rows lie in blocks that can be read apart."""
    blocks: int
    """Number of blocks, of the largest part of a partitioned table."""
    may_be_long: bool
    """True if a cell may be too long to be read."""
    key: str | None = None
    """The primary key's column, if it is one."""

    @classmethod
    def of(cls, session: Session, asked: Asked, place: str) -> Relation:
        """Return what ``asked`` names.

        Raises:
            SourceError: there is no such table, or it is something without rows.
        """
        if asked.query is not None:
            query = with_parameters(
                asked.query,
                asked.parameters,
                lambda name: _bound(name, asked.parameters[name]),
                place,
            )
            return cls(f"(\n{query}\n)", by_blocks=False, blocks=0, may_be_long=True)
        origin = ".".join(map(quoted, asked.names(place)))
        if not session.row("SELECT to_regclass($1) IS NOT NULL", origin)[0]:
            what = (
                "there is no such table or view in this database, as the role sees it; names are"
                " taken as they are written, and without a schema by search_path"
            )
            raise SourceError(what, place=place)
        kind, blocks, long, key = session.row(_FIND, origin)
        if kind not in _KINDS:
            raise SourceError("is no table or view", place=place)
        by_blocks = kind in _BY_BLOCKS
        may_be_long = not 0 <= int(long) < _TOASTED_BYTES
        return cls(origin, by_blocks, int(blocks), may_be_long, key)

    def splits(
        self, session: Session, asked: Asked, schema: pa.Schema, place: str
    ) -> tuple[Split, ...]:
        """Return the parts of the rows: by ranges of ``split_by``, else by blocks, else by the
        primary key.

        Raises:
            SourceError: there is nothing to split by, or ``split_by`` has no ranges.
        """
        count = asked.partitions
        if count == 1:
            return (whole(),)
        if asked.split_by is None and self.by_blocks:
            return tuple(Blocks.of(self.blocks, number, count) for number in range(count))
        column = asked.split_by or self.key
        if column is None:
            what = "a view, query or foreign table is split by a column: say split_by"
            raise SourceError(what, place=f"{place}: partitions")
        if column not in schema.names:
            raise SourceError("is not a column of it", place=f"{place}: split_by")
        kind = schema.field(column).type
        if not (pt.is_integer(kind) or pt.is_date(kind) or pt.is_timestamp(kind)):
            what = "splits by integers, dates and times only; name another column"
            raise SourceError(what, place=f"{place}: split_by")
        return tuple(KeyRange.of(column, kind, number, count) for number in range(count))


def _bound(name: str, value: Value) -> str:
    """Return the expression for a parameter: a setting of the transaction, which is bound, because
    COPY takes no parameters.
    """
    if isinstance(value, str):
        cast = "text"
    elif isinstance(value, bool):
        cast = "boolean"
    elif isinstance(value, int):
        cast = "int8"
    elif isinstance(value, float):
        cast = "float8"
    else:
        cast = "timestamp" if hasattr(value, "hour") else "date"
    return f"current_setting('{setting(name)}')::{cast}"
