"""Plants canaries among the rows of one part, and writes beside it which they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.dataset.canaries import CanaryRecord, write_canaries
from anonymize.io import KeyWrapper, PartInfo
from anonymize.io.sink.row_groups import GroupOrder
from anonymize.keys import CANARY, Keyring
from anonymize.keys.primitives.stream import KeyedStream
from anonymize.pipeline.passing import AppliedBatch, Planted, PlantedBatch
from anonymize.plan import PlanWithKeys
from anonymize.plan.canaries.invent import Inventor, People
from anonymize.plan.canaries.marks import bits_of_format
from anonymize.plan.model import Applied
from anonymize.policy.privacy import PrivacySpec

Numbers = npt.NDArray[np.int64]
ACTION = "plant canaries"
"""Action for which keys of canaries are derived."""
DECOYS = 63
"""Decoys for each canary: five canaries in a leak that holds no decoy are met by chance with a
probability below 64⁻⁵, one in a thousand million.
"""
MOST_DECOYS = 20_000
"""Decoys of a part; with many canaries fewer for each suffice."""


@dataclass(frozen=True)
class Wanted:
    """What a job asks of one part."""

    people: int
    """Number of canaries."""
    rows: int
    """Rows that the part's partition is expected to have; 0 if nobody knows."""


def stream_of(
    keyring: Keyring, *, dataset: str, recipient: str, run: str, version: int, place: str
) -> KeyedStream:
    """Return the numbers that determine the canaries of one part of a version.

    Raises:
        KeysError: the keyring lacks the key ``canary``.
    """
    key = keyring.purpose_key(CANARY, action=ACTION, domain=dataset, entity=recipient)
    return KeyedStream(key.derive("canaries", run, str(version), place, length=32))


class Planting:
    """The canaries of one part. Belongs to the process that writes it."""

    def __init__(
        self,
        bound: PlanWithKeys,
        stream: KeyedStream,
        wanted: Wanted,
        facts: dict[str, object],
        privacy: PrivacySpec | None = None,
    ) -> None:
        """Plant as many people as are wanted; ``facts`` are for the record, and the columns that
        ``privacy`` names are a real row's.
        """
        self._inventor = Inventor(bound, stream, privacy)
        self._stream, self._facts, self._wanted = stream, facts, wanted
        schema = bound.plan.output_schema
        self._schema, self._left = schema, wanted.people
        self._each = min(DECOYS, max(1, MOST_DECOYS // max(1, wanted.people)))
        self._starts = np.sort(stream.uniform(wanted.people) * wanted.rows)
        self._next = 0
        self._people: list[People] = []
        self._decoys: list[People] = []
        self._sources: list[Numbers] = []
        self._places: list[Numbers] = []
        self._rows = self._persons = self._decoy_persons = 0

    def among(self, applied: Iterable[AppliedBatch]) -> Iterator[PlantedBatch]:
        """Yield each batch as read, what was applied, the number of rows before it, which of its
        rows to write are of the source, and these rows with canaries among them.
        """
        held: AppliedBatch | None = None
        waiting: list[AppliedBatch] = []
        for one in applied:
            if one[1].batch.num_rows and held is not None:
                yield self._planted(*held, last=False)
                yield from map(self._bare, waiting)
                waiting, held = [], one
            elif one[1].batch.num_rows:
                yield from map(self._bare, waiting)
                waiting, held = [], one
            else:
                waiting.append(one)
        if held is not None:
            yield self._planted(*held, last=True)
        yield from map(self._bare, waiting)

    @staticmethod
    def _bare(one: AppliedBatch) -> PlantedBatch:
        return (*one, np.zeros(0, np.bool_), one[1].batch)

    def _planted(
        self, raw: pa.RecordBatch, done: Applied, before: int, *, last: bool
    ) -> PlantedBatch:
        """Return a batch with the canaries that begin in it; in the last one all that are left."""
        until = int(np.searchsorted(self._starts, before + raw.num_rows))
        count = (self._wanted.people if last else until) - self._next
        self._next += max(0, count)
        real = done.batch.num_rows
        if count <= 0:
            self._sources.append(np.full(real, -1))
            return raw, done, before, np.ones(real, np.bool_), done.batch
        people, decoys = self._inventor.people(raw, done, count, count * self._each)
        self._take(people, decoys)
        shift = self._stream.below(real, count)
        at = (people.at + shift[people.person]) % real
        source = np.concatenate([np.full(real, -1), self._rows + np.arange(len(at))])
        order = np.argsort(np.concatenate([np.arange(real), at - 0.5]), kind="stable")
        self._rows += len(at)
        self._sources.append(source[order])
        both = pa.Table.from_batches([done.batch, people.rows]).take(pa.array(order))
        written = both.combine_chunks().to_batches()[0]
        return raw, done, before, source[order] < 0, written

    def _take(self, people: People, decoys: People) -> None:
        numbered = People(people.rows, people.person + self._persons, people.at)
        self._people.append(numbered)
        self._persons = int(numbered.person.max(initial=self._persons - 1)) + 1
        others = People(decoys.rows, decoys.person + self._decoy_persons, decoys.at)
        self._decoys.append(others)
        self._decoy_persons = int(others.person.max(initial=self._decoy_persons - 1)) + 1

    def noting(self, order: GroupOrder | None) -> GroupOrder | None:
        """Return ``order``, with note taken of where it puts each row."""
        if order is None:
            return None

        def noted(group: int, rows: int) -> Numbers:
            places = order(group, rows)
            self._places.append(places + sum(map(len, self._places)))
            return places

        return noted

    def planted(self) -> Planted:
        """Return what was planted."""
        batches = [one.rows for one in self._people]
        nulls = {
            name: sum(batch[name].null_count for batch in batches) for name in self._schema.names
        }
        return Planted(self._persons, self._rows, nulls if batches else {})

    def write(self, folder: Path, name: str, keyring: KeyWrapper) -> PartInfo:
        """Write the record of the part of that name below a staged version. Called when the part
        is complete.

        Raises:
            DatasetError: it could not be written.
        """
        source = np.concatenate([*self._sources, np.zeros(0, np.int64)])
        if self._places:
            source = source[np.concatenate(self._places)]
        positions = np.flatnonzero(source >= 0)
        row = np.zeros(self._rows, np.int64)
        row[source[positions]] = positions
        rows = _table(self._people, self._schema).append_column("row", pa.array(row))
        marks = [
            [str(mark.column), mark.bits or bits_of_format(rows, mark)]
            for mark in self._inventor.marks.values()
        ]
        facts = {**self._facts, "marks": marks}
        record = CanaryRecord(facts, rows, _table(self._decoys, self._schema))
        return write_canaries(folder, name, record, keyring)


def _table(people: list[People], schema: pa.Schema) -> pa.Table:
    whole = pa.Table.from_batches([one.rows for one in people], schema)
    person = np.concatenate([*(one.person for one in people), np.zeros(0, np.int64)])
    return whole.append_column("person", pa.array(person.astype(np.int64)))
