"""Reads a table, view or query of PostgreSQL as partitions of one snapshot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import pyarrow as pa

from anonymize.addresses.databases import DatabaseAddress
from anonymize.errors import SourceError
from anonymize.io.spread import Chosen, chosen_of
from anonymize.io.tables.asked import Asked, quoted
from anonymize.io.tables.checked import column_of
from anonymize.io.tables.postgres_relation import Relation
from anonymize.io.tables.postgres_sample import Sample, sampled
from anonymize.io.tables.postgres_session import Session, setting
from anonymize.io.tables.postgres_split import Split, whole
from anonymize.io.tables.postgres_types import Column, columns_of, remarks
from anonymize.nested.schema import projected, refuse_duplicates


@dataclass(frozen=True)
class PostgresPartition:
    """Part of a table's rows, in the state that the run began with; holds no row, no password."""

    name: str
    schema: pa.Schema
    address: DatabaseAddress
    asked: Asked
    columns: tuple[Column, ...]
    origin: str
    """What stands after FROM: a quoted table, or the query in brackets."""
    split: Split
    """Which of the rows are this partition's."""
    sample: Sample | None
    """How rows are sampled; None for what cannot be sampled by blocks."""
    snapshot: str
    """The exported snapshot."""
    state: str
    """Digest of the database's state, and of what is read of it."""

    def from_anywhere(self) -> Self:
        """Return the partition: an address is the same everywhere."""
        return self

    def fingerprint(self) -> dict[str, object]:
        """Return the name, and the digest of the state of the whole database that was read.

        The rows are not read for it. Equal digests mean equal rows; a commit to any other table
        gives another digest too.
        """
        return {"name": self.name, "sha256": self.state}

    def mark(self) -> None:
        """Return None: that rows are those of before is known only by reading them."""

    def check_unchanged(self) -> None:
        """Do nothing: all reads are of one snapshot, and the transaction that exported it keeps the
        table from being altered.
        """

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, self.place)
        with self._session() as session:
            where = self.split.where(session, self.origin)
            yield from self._read(session, schema, f"FROM {self.origin} AS q {where}")

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`. Of a large table only blocks all over it are
        read, and their rows stand for those that ``chosen_rows`` would choose; of a view or query
        all rows.
        """
        if self.sample is None:
            yield from chosen_of(self.batches(), first)
            return
        with self._session() as session:
            where = self.split.where(session, self.origin)
            clause = f"FROM {self.origin} AS q {self.sample.clause} {where}"
            found = sampled(
                self._read(session, self.schema, clause), self.schema, self.sample, first
            )
        if found is not None:
            yield found
        else:
            yield from chosen_of(self.batches(), first)

    def _read(self, session: Session, schema: pa.Schema, rest: str) -> Iterator[pa.RecordBatch]:
        by_name = {column.name: column for column in self.columns}
        wanted = [by_name[name] for name in schema.names]
        selected = ", ".join(f"{column.sql} AS {quoted(column.name)}" for column in wanted)
        for batch in session.batches(f"SELECT {selected} {rest}"):
            arrays = [
                column_of(array, column.type, column.name, self.place)
                for array, column in zip(batch.columns, wanted, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    @property
    def place(self) -> str:
        """Return the server and the table, for messages."""
        return f"{self.address.postgres.place}: {self.asked.name}"

    def _session(self) -> Session:
        names = tuple(column.name for column in self.columns)
        return Session(self.address, self.snapshot, self.asked.parameters, names)


def open_postgres(
    address: DatabaseAddress, asked: Asked
) -> tuple[tuple[PostgresPartition, ...], Session, tuple[str, ...]]:
    """Return the partitions, the session that keeps their snapshot, and remarks about types.

    Raises:
        SourceError: the database refuses, the table is missing, empty, or has two columns of one
            name, or ``split_by`` is no column whose ranges split rows.
    """
    session = Session(address, None, asked.parameters)
    place = f"{session.address.place}: {asked.name}"
    relation = Relation.of(session, asked, place)
    described = session.schema(f"SELECT * FROM {relation.origin} AS q LIMIT 0")  # noqa: S608
    if not len(described):
        raise SourceError("has no columns", place=place)
    refuse_duplicates(described.names, place)
    projected(described, list(asked.types) or None, place)
    columns = columns_of(described, asked.types, may_be_long=relation.may_be_long)
    if not session.is_there(f"SELECT FROM {relation.origin} AS q"):
        raise SourceError("holds column names and no rows", place=place)
    schema = pa.schema([pa.field(column.name, column.type) for column in columns])
    snapshot = str(session.row("SELECT pg_export_snapshot()")[0])
    made = PostgresPartition(
        name="",
        schema=schema,
        address=address,
        asked=asked,
        columns=columns,
        origin=relation.origin,
        split=whole(),
        sample=Sample.of(session, relation),
        snapshot=snapshot,
        state="",
    )
    splits = relation.splits(session, asked, schema, place)
    partitions = tuple(
        replace(made, name=name, split=splits[number], state=_state(session, asked, relation, name))
        for number, name in asked.numbered()
    )
    return partitions, session, tuple(remarks(columns))


def _state(session: Session, asked: Asked, relation: Relation, name: str) -> str:
    """Return the digest of the server, its database and their state, and what is read of it."""
    row = session.row(
        "SELECT (SELECT system_identifier FROM pg_control_system())::text,"
        " current_database()::text, current_user::text, pg_current_snapshot()::text"
    )
    parameters = {setting(key): str(value) for key, value in asked.parameters.items()}
    told = [*map(str, row), relation.origin, parameters, name]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
