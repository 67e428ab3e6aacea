"""Collects whose the rows of a part are, and writes it beside the part for the owner."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.dataset.subjects import FOLDER, SCHEMA
from anonymize.io import KeyWrapper, PartInfo, write_part
from anonymize.io.sink.row_groups import GroupOrder
from anonymize.keys import OWNER, Keyring, PurposeKey
from anonymize.names import ColumnName, KeyId
from anonymize.plan.whose import spelling_of
from anonymize.policy import Policy
from anonymize.transform.normalize import Normalization
from anonymize.transform.subject_ids import Words, subject_digests, subject_key

Numbers = npt.NDArray[np.int64]
_AT_ONCE = 131_072


class SubjectIndex:
    """The keyed ids of one part's rows, in the order in which the part has them, and of its rows
    that were set aside. Holds 16 bytes a row until it is written.
    """

    def __init__(self, column: ColumnName, spelled: Normalization, key: PurposeKey) -> None:
        """Start with no rows; ``column`` says whose a row is."""
        self._column, self._spelled, self._key = str(column), spelled, key
        self._kept: list[Words] = []
        self._aside: list[Words] = []
        self._numbers: list[Numbers] = []
        self._places: list[Numbers] = []
        self._real: list[npt.NDArray[np.bool_]] = []

    @classmethod
    def of(cls, policy: Policy, keyring: Keyring, owner: KeyId) -> SubjectIndex | None:
        """Return the index that a policy asks for; None if it asks for none."""
        if policy.indexed_by is None:
            return None
        key = subject_key(keyring, owner, policy.dataset)
        return cls(policy.indexed_by, spelling_of(policy.columns, policy.indexed_by), key)

    def add(
        self,
        batch: pa.RecordBatch,
        kept: pa.Array,
        aside: Numbers,
        before: int,
        real: npt.NDArray[np.bool_],
    ) -> None:
        """Take the subjects of a batch as it was read.

        Args:
            batch: The rows as read.
            kept: Positions in the batch of the rows that are written, in their order.
            aside: Numbers in the file, from 1, of the rows that are set aside, each once.
            before: Number of rows of the file before the batch.
            real: Of each row that is written, whether it is one of ``kept``; others are canaries,
                which are nobody's.
        """
        digests = subject_digests(self._key, batch[self._column], self._spelled)
        written = np.zeros((len(real), 2), np.int64)
        written[real] = digests[kept.to_numpy(zero_copy_only=False)]
        self._kept.append(written)
        self._real.append(real)
        self._aside.append(digests[aside - 1 - before])
        self._numbers.append(aside)

    def noting(self, order: GroupOrder | None) -> GroupOrder | None:
        """Return ``order``, with note taken of where it puts each row."""
        if order is None:
            return None

        def noted(group: int, rows: int) -> Numbers:
            places = order(group, rows)
            self._places.append(places + sum(map(len, self._places)))
            return places

        return noted

    def write(self, folder: Path, name: str, keyring: KeyWrapper) -> PartInfo:
        """Write the index of the part of that name below a staged version; return the file's info.
        Called when the part is complete.

        Raises:
            DatasetError: it could not be written.
        """
        path = folder / FOLDER / name
        return write_part(path, SCHEMA, self._batches(), keyring=keyring, key=OWNER)

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the lines, sorted by the id, so that their order says nothing of the rows."""
        kept, aside = _joined(self._kept, 2), _joined(self._aside, 2)
        real = np.concatenate([np.zeros(0, np.bool_), *self._real])
        if self._places:
            order = np.concatenate(self._places)
            kept, real = kept[order], real[order]
        places = np.flatnonzero(real)
        kept = kept[real]
        digests = np.concatenate([kept, aside])
        rows = np.concatenate([places, _joined(self._numbers, 0)])
        is_aside = np.arange(len(digests)) >= len(kept)
        order = np.lexsort((rows, digests[:, 1], digests[:, 0]))
        for start in range(0, len(order), _AT_ONCE):
            at = order[start : start + _AT_ONCE]
            columns = [digests[at, 0], digests[at, 1], rows[at], is_aside[at]]
            yield pa.record_batch([pa.array(one) for one in columns], schema=SCHEMA)


def _joined(parts: list[npt.NDArray[np.int64]], width: int) -> npt.NDArray[np.int64]:
    shape = (0, width) if width else (0,)
    return np.concatenate([np.zeros(shape, np.int64), *parts])
