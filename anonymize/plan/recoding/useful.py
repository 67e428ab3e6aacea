"""What a recoded table is still good for, from what a first pass counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pyarrow as pa

from anonymize.plan.recoding.value_order import has_order, numbers_of
from anonymize.privacy.coded import CodedColumn, Codes, Floats, Level, Recoding
from anonymize.privacy.digests import Words
from anonymize.privacy.utility import (
    Scores,
    ToldUtility,
    Utility,
    scores_of,
    told,
    utility_of,
)
from anonymize.transform.columns import as_text

FEW_NUMBERS = 20
"""Numbers that are classes, unless the policy says ``kind: regress``; more are predicted as
numbers.
"""
_TENTHS = 10


@dataclass(frozen=True)
class Target:
    """The column that a model is to predict, counted with the classes."""

    column: CodedColumn
    """Its values, in the order of their texts; with numbers as their order where it is predicted as
    a number.
    """
    classes: Words = field(repr=False)
    """The position of a class, per count."""
    codes: Words = field(repr=False)
    """The value, per count."""
    rows: Words = field(repr=False)
    """How many rows of the class have the value."""
    kind: Literal["classify", "regress"]
    """What a model is to do."""

    @property
    def groups(self) -> Words:
        """Return the target of each count as one of a few groups: its class, or the tenth of the
        rows in which its number is.
        """
        if self.column.order is None:
            return self.codes
        numbers = self.column.order[self.codes]
        order = np.argsort(numbers, kind="stable")
        before = np.cumsum(self.rows[order]) - self.rows[order]
        _, first, same = np.unique(numbers[order], return_index=True, return_inverse=True)
        groups = np.empty(len(order), np.int64)
        groups[order] = before[first][same] * _TENTHS // max(1, int(self.rows.sum()))
        return groups

    @classmethod
    def of(
        cls, name: str, values: pa.Array, codes: Codes, classes: Words, rows: Words, kind: str
    ) -> Target:
        """Return the target; ``kind`` is empty where the policy leaves it to its values."""
        can = has_order(values.type)
        if not kind:
            kind = "regress" if can and len(values.drop_null()) > FEW_NUMBERS else "classify"
        nodes, none = np.arange(len(values), dtype=np.int32), np.zeros(len(values))
        level = Level(nodes, as_text(values).to_pylist(), none)
        numbers = kind == "regress" and can
        order = np.asarray(numbers_of(values), np.float64) if numbers else None
        column = CodedColumn(name, (level,), order)
        return cls(
            column, classes, codes.astype(np.int64), rows, "regress" if numbers else "classify"
        )


@dataclass(frozen=True)
class RecodedTable:
    """A table as classes of the coded counts, and what is published instead."""

    columns: tuple[CodedColumn, ...] = field(repr=False)
    """The quasi-identifiers that are columns, as the first so many of the recoding."""
    codes: Codes = field(repr=False)
    """The values of each class, shape (classes, columns)."""
    rows: Words = field(repr=False)
    """The rows of each class."""
    recoding: Recoding = field(repr=False)
    target: Target | None = None
    """The target of the policy, if it names one."""

    def utility(self) -> Utility | None:
        """Return what the rows are still good for; None if none is published. The target is among
        the columns.
        """
        if self.target is None:
            return utility_of(self.columns, self.codes, self.rows, self.recoding)
        made, of = self.recoding, self.target
        labels = of.column.levels[0].labels
        whole = replace(
            made,
            cells=_beside(made.cells[of.classes, : len(self.columns)], of.codes),
            labels=(*made.labels[: len(self.columns)], labels),
            kept=made.kept[of.classes],
        )
        codes = _beside(self.codes[of.classes], of.codes)
        return utility_of((*self.columns, of.column), codes, of.rows, whole)

    def told(self, k: int, without: Sequence[str]) -> ToldUtility | None:
        """Return what everybody may know of it, without some columns."""
        found = self.utility()
        return None if found is None else told(found, int(self.rows.sum()), k, frozenset(without))

    def scores(self, raw: Scores | None) -> Scores | None:
        """Return how well a model predicts the target; None if the policy names none.

        Args:
            raw: Scores of the same table under another k, whose raw ones are taken over.

        Raises:
            MissingExtraError: scikit-learn is not installed.
        """
        of = self.target
        if of is None:
            return None
        return scores_of(
            self.columns, self.codes, self.rows, self.recoding, of.classes, self._wanted(of),
            of.rows, of.kind, raw,
        )  # fmt: skip

    def _wanted(self, of: Target) -> Floats:
        """Return the target of each count as a number; NaN where it is missing."""
        if of.column.order is not None:
            return np.asarray(of.column.order[of.codes])
        missing = np.array([label is None for label in of.column.levels[0].labels], np.bool_)
        return np.where(missing[of.codes], np.nan, of.codes.astype(np.float64))


def _beside(columns: Codes, last: Words) -> Codes:
    return np.concatenate([columns, last[:, None]], axis=1).astype(np.int32)
