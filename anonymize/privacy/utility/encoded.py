"""Cells of recoded columns as features of a model.

A number or date is one feature: the mean of the values that its cell covers, each once, which is
the value itself where the cell is exact; nothing for ``*``. Of other columns each level of the
hierarchy is one feature: the group in which the whole cell lies, and nothing where the cell is
coarser. So a raw row, whose cells are all exact, has features of the same meaning as a released
one, and a model that learned from one can be asked about the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from anonymize.privacy.coded import CodedColumn, Codes, Floats
from anonymize.privacy.utility.covered import Covered, Ints

MOST_GROUPS = 250
"""Groups of a level that are told apart, the most frequent ones: trees take 255 categories."""


@dataclass(frozen=True)
class Features:
    """Features of each combination, NaN where a cell says nothing."""

    values: Floats = field(repr=False)
    """Shape (combinations, features)."""
    categories: npt.NDArray[np.bool_] = field(repr=False)
    """Which features are categories, shape (features,)."""

    def of(self, rows: Ints) -> Features:
        """Return the features of these combinations."""
        return Features(self.values[rows], self.categories)


def features(
    columns: Sequence[CodedColumn],
    covered: Sequence[Covered],
    cells: Codes | Ints,
    weights: Sequence[Floats],
) -> Features:
    """Return the features of cells.

    Args:
        columns: The quasi-identifiers, shape (n,).
        covered: What each one's labels cover.
        cells: The label of each combination in each column, shape (combinations, n).
        weights: Per column the raw rows of each value: which groups are frequent, and so which are
            told apart, depends on the raw table alone.
    """
    made: list[tuple[Floats, bool]] = []
    for at, column in enumerate(columns):
        made += [
            (feature[cells[:, at]], is_category)
            for feature, is_category in _of_labels(column, covered[at], weights[at])
        ]
    return Features(
        np.stack([values for values, _ in made], axis=1), np.array([kind for _, kind in made])
    )


def _of_labels(
    column: CodedColumn, covered: Covered, weights: Floats
) -> Iterator[tuple[Floats, bool]]:
    """Yield each feature's value per label, and whether it is a category."""
    if column.order is not None and np.isfinite(column.order).any():
        known = np.isfinite(column.order)
        share = covered.means(known)
        total = covered.means(np.where(known, column.order, 0.0))
        mean = np.full(len(share), np.nan)
        np.divide(total, share, out=mean, where=share > 0)
        whole = (covered.sizes == column.values) & (column.values > 1)
        yield np.where(whole, np.nan, mean), False
        return
    levels = column.levels[:-1] if len(column.levels) > 1 else column.levels
    for level in levels:
        groups = level.nodes.astype(np.int64)
        rows = np.bincount(groups, weights)
        place = np.empty(len(rows), np.int64)
        place[np.argsort(-rows, kind="stable")] = np.minimum(np.arange(len(rows)), MOST_GROUPS)
        nodes = groups[covered.values]
        changes = np.concatenate([[0], np.cumsum(np.diff(nodes) != 0)])
        inside = changes[covered.end - 1] == changes[covered.start]
        yield np.where(inside, place[nodes[covered.start]].astype(float), np.nan), True
