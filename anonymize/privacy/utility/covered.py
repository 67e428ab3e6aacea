"""Which values a published cell stands for, and weight spread over them.

A cell that is a group says no more of its rows than that they have one of the group's values. Its
weight is spread evenly over the values of the table that it covers: the distribution of maximum
entropy among those that agree with what is published (Kifer and Gehrke, "Injecting utility into
anonymized datasets", SIGMOD 2006). Values that the table lacks get none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.privacy.coded import CodedColumn, Floats
from anonymize.privacy.hierarchies.texts import Texts

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Covered:
    """The values that each label of a column covers: a stretch of ``values``, in an order in which
    every group is one stretch.
    """

    values: Ints = field(repr=False)
    """Codes of values. A value may be there several times, in stretches of several labels."""
    start: Ints = field(repr=False)
    """First place of each label's stretch, shape (labels,)."""
    end: Ints = field(repr=False)
    """Place behind the last one, above ``start``."""
    count: int
    """Number of distinct values of the column."""

    @classmethod
    def alone(cls, count: int) -> Covered:
        """Return what ``count`` values cover, each as its own label."""
        each = np.arange(count)
        return cls(each, each, each + 1, count)

    @classmethod
    def of(cls, column: CodedColumn, codes: Ints, cells: Ints, labels: Sequence[Any]) -> Covered:
        """Return what the labels of a recoded column cover.

        A label is read as the coarsest group of the hierarchy that is written so: who reads it
        cannot tell it from a finer one. One that no group has is an interval from its least value
        to its greatest where values have an order, else the set of its values.

        Args:
            column: The values, with their hierarchy.
            codes: The value of each published combination.
            cells: The position in ``labels`` of each, same shape.
            labels: What is published; each once.
        """
        order = _nested_order(column)
        place = np.argsort(order)
        start, end = np.full(len(labels), -1), np.full(len(labels), -1)
        wanted = pa.array(labels, pa.string())
        for level in column.levels:  # coarser ones overwrite finer ones
            nodes = level.nodes[order]
            first = np.flatnonzero(np.diff(nodes, prepend=-1))
            behind = np.append(first[1:], len(nodes))
            texts = as_texts(level.labels).take(pa.array(nodes[first]))
            at = np.asarray(pc.index_in(texts, value_set=wanted).fill_null(-1))
            known = at >= 0
            start[at[known]], end[at[known]] = first[known], behind[known]
        if (start >= 0).all():
            return cls(order, start, end, column.values)
        free = start[cells] < 0
        if column.order is not None:
            np.minimum.at(_filled(start, column.values), cells[free], place[codes[free]])
            np.maximum.at(end, cells[free], place[codes[free]] + 1)
            return cls(order, start, end, column.values)
        pairs = np.unique(np.stack([cells[free], codes[free]], axis=1), axis=0)
        which, first, size = np.unique(pairs[:, 0], return_index=True, return_counts=True)
        start[which] = len(order) + first
        end[which] = start[which] + size
        return cls(np.concatenate([order, pairs[:, 1]]), start, end, column.values)

    def only(self, labels: Ints) -> Covered:
        """Return what these ``labels`` cover, in their order."""
        return Covered(self.values, self.start[labels], self.end[labels], self.count)

    @property
    def sizes(self) -> Ints:
        """Return the number of values that each label covers."""
        return self.end - self.start

    def spread(self, weights: Floats) -> Floats:
        """Return the weight of each value, shape (values,), where labels have ``weights``."""
        share = weights / self.sizes
        steps = np.bincount(self.start, share, minlength=len(self.values) + 1)
        steps -= np.bincount(self.end, share, minlength=len(self.values) + 1)
        # an exact cell adds and takes away the same number, so only rounding can go below 0
        at_place = np.maximum(np.cumsum(steps[:-1]), 0.0)
        return sums(self.values, at_place, self.count)

    def means(self, numbers: npt.NDArray[Any]) -> Floats:
        """Return the mean, over the values of each label, of ``numbers``: shape (values,) gives
        (labels,), (values, n) gives (labels, n).
        """
        found = numbers[self.values]
        total = np.zeros((len(found) + 1, *found.shape[1:]))
        np.cumsum(found, axis=0, out=total[1:])
        sizes = self.sizes.reshape(-1, *[1] * (found.ndim - 1))
        means = (total[self.end] - total[self.start]) / sizes
        alone = self.sizes == 1  # without the rounding of sums
        means[alone] = found[self.start[alone]]
        return np.asarray(means)


def sums(at: npt.NDArray[Any], weights: npt.NDArray[Any], count: int) -> Floats:
    """Return the sum of the ``weights`` at each number from 0 to below ``count``."""
    return np.bincount(at, weights, minlength=count).astype(np.float64, copy=False)


def as_texts(labels: Sequence[Any]) -> pa.StringArray:
    """Return labels as Arrow text."""
    return labels.array if isinstance(labels, Texts) else pa.array(labels, pa.string())


def _nested_order(column: CodedColumn) -> Ints:
    """Return the values in an order in which each group of each level is one stretch; by number
    where values have one.
    """
    keys: list[npt.NDArray[Any]] = [level.nodes for level in column.levels[1:]]
    if column.order is None:
        return np.lexsort(keys) if keys else np.arange(column.values)
    by_number = np.argsort(column.order, kind="stable")
    if not keys or _in_stretches(column, by_number):
        return by_number
    return np.lexsort([column.order, *keys])


def _in_stretches(column: CodedColumn, order: Ints) -> bool:
    """Return True if each group of each level is one stretch of ``order``."""
    for level in column.levels:
        nodes = level.nodes[order]
        stretches = int((np.diff(nodes, prepend=-1) != 0).sum())
        if stretches != len(np.unique(nodes)):
            return False
    return True


def _filled(start: Ints, most: int) -> Ints:
    """Set what is not known yet to ``most``, in place."""
    start[start < 0] = most
    return start
