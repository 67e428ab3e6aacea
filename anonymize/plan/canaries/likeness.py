"""The columns of invented people that are like those of real rows."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.keys.primitives.stream import KeyedStream
from anonymize.names import ColumnName
from anonymize.nested.path_index import PathIndex
from anonymize.plan.canaries.look_alike import (
    PAIRS_ROWS,
    are_common,
    coded,
    is_wide,
    mixed,
    most_similar,
    nearby,
)
from anonymize.plan.model import Plan
from anonymize.policy.privacy import PrivacySpec

Numbers = npt.NDArray[np.int64]
_TRIES = 8
"""Rows that a row without its like is mixed with, one after the other, until the result has none
either: else more canaries than rows would have their like.
"""
_OWN_FORM = frozenset({"pseudonymize", "tokenize", "encrypt_format", "fake"})
"""Actions between whose values there are none."""


class Likeness:
    """The columns of invented people that are taken from real rows."""

    def __init__(
        self,
        plan: Plan,
        batch: pa.RecordBatch,
        made: Collection[ColumnName],
        stream: KeyedStream,
        privacy: PrivacySpec | None,
    ) -> None:
        """Take the rows of a batch; columns with places in ``made`` are computed elsewhere, and
        those that ``privacy`` names stay as they are.
        """
        self._batch, self._stream = batch, stream
        fixed = {*privacy.quasi_identifiers, *privacy.sensitive} if privacy else set()
        tops = {top_of(name, batch.schema.names) for name in (*fixed, *made)}
        tops |= {str(step.column) for step in plan.steps if step.rule.action in _OWN_FORM}
        free = [name for name in batch.schema.names if name not in tops]
        self._wide = [name for name in free if is_wide(batch[name])]
        self._few = [
            name
            for name in free
            if name not in self._wide and not pa.types.is_nested(batch[name].type)
        ]

    def rows(self, at: Numbers, person: Numbers) -> dict[str, pa.Array]:
        """Return every column for rows that are made from those at ``at``."""
        sources = dict.fromkeys(self._batch.schema.names, at)
        if self._few and len(at):
            sources |= self._mixed(at, person)
        columns = {name: self._batch[name].take(pa.array(rows)) for name, rows in sources.items()}
        for name in self._wide if len(at) else ():
            columns[name] = nearby(self._batch[name], at, self._stream)
        return columns

    def _mixed(self, at: Numbers, person: Numbers) -> dict[str, Numbers]:
        """Return, per column of few values, the row that each value is taken from."""
        rows = self._batch.num_rows
        sample = np.argsort(self._stream.uniform(rows))[:PAIRS_ROWS]
        codes = coded([self._batch[name] for name in self._few], np.concatenate([at, sample]))
        donors, seen = codes[: len(at)], codes[len(at) :]
        first = np.flatnonzero(np.r_[True, person[1:] != person[:-1]])
        constant = np.minimum.reduceat(donors, first) == np.maximum.reduceat(donors, first)
        near = np.zeros(len(first), np.int64)
        taken = np.zeros(constant.shape, np.bool_)
        left = np.flatnonzero(~are_common(donors[first], seen))
        for _ in range(_TRIES):
            if not len(left):
                break
            ours = donors[first][left]
            near[left] = most_similar(ours, seen, self._stream, least=2)
            others = seen[near[left]]
            taken[left] = mixed(ours, others, seen, constant[left], self._stream)
            made = np.where(taken[left], others, ours)
            left = left[are_common(made, np.concatenate([seen, seen]))]  # such a row is there
        number = np.cumsum(np.r_[False, person[1:] != person[:-1]])
        return {
            name: np.where(taken[number, column], sample[near][number], at)
            for column, name in enumerate(self._few)
        }


def top_of(name: str, columns: Collection[str]) -> str:
    """Return the column that a place lies in."""
    if name in columns:
        return name
    inside = [one for one in columns if PathIndex([ColumnName(name)]).has_inside(one)]
    return max(inside, key=len, default=name)
