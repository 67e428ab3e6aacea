"""What a pass over the rows written keeps for a comparison with earlier releases: each class with
the quasi-identifiers that it covers, and each person with their keyed ids. Encrypted when it leaves
its process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pyarrow as pa

from anonymize.keys import Keyring, PurposeKey
from anonymize.names import ColumnName
from anonymize.plan.against import PUBLISHED, Link
from anonymize.privacy import ClassDigests, class_digests
from anonymize.privacy.digests import Words, number_digests
from anonymize.transform.columns import as_text, plain
from anonymize.transform.subject_ids import subject_digests, subject_key

COVERED = ColumnName("\0covered")
"""Place of `Covered` among facts; no column of a policy has this name."""
LINKED = ColumnName("\0linked")
"""Place of `Linked` among facts."""
_LEAST = 1 << 17


@dataclass(frozen=True)
class _Grouped:
    """A table of which equal rows are one. Merging groups again only if it has doubled."""

    table: pa.Table = field(repr=False)
    grouped: int = 0

    def merge(self, other: Self) -> Self:
        """Return the rows of both."""
        whole = pa.concat_tables([self.table, other.table])
        made = type(self)(whole, max(self.grouped, other.grouped))
        return made.together() if whole.num_rows > 2 * max(made.grouped, _LEAST) else made

    def together(self) -> Self:
        """Return the same with each row once."""
        if self.table.num_rows == self.grouped:
            return self
        keys = [name for name in self.table.column_names if name != "rows"]
        sums = [("rows", "sum")] if "rows" in self.table.column_names else []
        made = self.table.group_by(keys, use_threads=False).aggregate(sums)
        made = made.rename_columns([name.removesuffix("_sum") for name in made.column_names])
        return type(self)(made.select(self.table.column_names), made.num_rows)

    def as_batch(self) -> pa.RecordBatch:
        """Return the rows as one record batch."""
        table = self.together().table
        columns = [column.combine_chunks() for column in table.columns]
        return pa.record_batch(columns, schema=table.schema)

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> Self:
        """Return what ``as_batch`` wrote."""
        return cls(pa.Table.from_batches([batch]), batch.num_rows)


@dataclass(frozen=True)
class Covered(_Grouped):
    """Combinations of quasi-identifiers before they are recoded, by the class that they are
    published in: ``class`` and ``labels`` (the digests of the class, and of its labels as text),
    ``value_N``, and ``rows``.
    """

    @classmethod
    def of(
        cls,
        key: PurposeKey,
        classes: pa.Array,
        before: Sequence[pa.Array],
        labels: Sequence[pa.Array],
    ) -> Self:
        """Return the combinations of one batch.

        Args:
            key: Key of the run's digests.
            classes: The digest of each row's class, 16 bytes.
            before: The quasi-identifiers that are columns, as their rules make them.
            labels: The same as they are published.
        """
        parts = {"class": classes, "labels": label_digests(key, labels).keys()}
        for number, column in enumerate(before):
            parts[f"value_{number}"] = plain(column)
        parts["rows"] = pa.array(np.ones(len(classes), np.int64))
        return cls(pa.table(parts)).together()


@dataclass(frozen=True)
class Linked(_Grouped):
    """Persons by the ids that they have in other releases: ``person`` (the run's keyed number),
    ``link`` (its name), ``high`` and ``low`` (the id).
    """

    @classmethod
    def of(cls, people: pa.Array, ids: Mapping[str, Words]) -> Self:
        """Return the ids of one batch's people, per link with the shape (people, 2)."""
        known = np.asarray(people.is_valid())
        person = people.filter(pa.array(known))
        parts = [
            pa.table(
                {
                    "person": person,
                    "link": pa.repeat(name, len(person)),
                    "high": digests[known, 0],
                    "low": digests[known, 1],
                }
            )
            for name, digests in ids.items()
        ]
        return cls(pa.concat_tables(parts)).together()


def label_digests(key: PurposeKey, labels: Sequence[pa.Array]) -> ClassDigests:
    """Return the digest of each row's labels as text, of whatever type they are."""
    return class_digests(key, [as_text(plain(column)) for column in labels])


def published_ids(key: PurposeKey, subjects: pa.Array) -> Words:
    """Return the ids of subjects by their published values, shape (rows, 2)."""
    first = number_digests(key, "published subject", as_text(plain(subjects)))
    return np.stack([first, np.zeros(len(first), np.int64)], axis=1)


def ids_of(
    key: PurposeKey,
    keyring: Keyring | None,
    links: Sequence[Link],
    subjects: pa.Array,
    published: pa.Array | None,
) -> dict[str, Words]:
    """Return the ids of row-aligned subjects under each link.

    Raises:
        KeysError: the keyring lacks a version of the owner's key.
    """
    found = {} if published is None else {PUBLISHED: published_ids(key, published)}
    for link in links:
        if keyring is None:
            continue
        made = subject_key(keyring, link.key, link.dataset)
        found[link.name] = subject_digests(made, subjects, link.spelled)
    return found
