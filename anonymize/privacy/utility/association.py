"""How strongly two columns go together, where cells may be groups.

Cells that are groups spread their weight evenly over what they cover, in each column by itself
(`anonymize.privacy.utility.covered`): within a cell nothing says that the columns go together, so
coarse cells make associations weaker, as they do for whoever uses the rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from anonymize.privacy.coded import Floats
from anonymize.privacy.utility.covered import Covered

CATEGORIES = 50
"""Categories that are told apart, the most frequent ones; the others count as one more."""
_CELLS = 4_000_000
"""Cells of a table of labels by labels at a time."""
_ROWS = 65_536
"""Combinations at a time."""
_GROUPS = 2_000
"""Labels of a column that are told apart, beside those that are one category: beyond, the rarest
share their mean.
"""
Measure = Literal["cramers_v", "correlation_ratio", "pearson"]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Side:
    """A column before, or after, as associations need it. Moments are means over what a label
    covers, shape (labels,).
    """

    cells: Labels = field(repr=False)
    """The label of each combination."""
    fractions: Floats = field(repr=False)
    """For categories: how much of each label is each category, shape (labels, categories)."""
    known: Floats = field(repr=False)
    """For numbers: the share of each label that has a number."""
    first: Floats = field(repr=False)
    """Mean of the numbers, 0 where there is none."""
    second: Floats = field(repr=False)
    """Mean of their squares."""
    is_number: bool

    @classmethod
    def numbers(cls, cells: Labels, covered: Covered, numbers: Floats) -> Side:
        """Return a column of ``numbers``, shape (values,), NaN where there is none."""
        known = np.isfinite(numbers)
        least, most = numbers[known].min(initial=np.inf), numbers[known].max(initial=-np.inf)
        filled = np.where(known, numbers - least, 0.0) / (most - least if most > least else 1.0)
        means = covered.means(np.stack([known, filled, filled**2], axis=1))
        return cls(cells, np.zeros((0, 0)), *means.T, True)

    @classmethod
    def categories(cls, cells: Labels, covered: Covered, category: Labels, rows: Floats) -> Side:
        """Return a column of categories: ``category`` has the one of each value (`pooled`), and
        ``rows`` the weight of each combination.
        """
        alone = covered.sizes == 1
        own = category[covered.values[covered.start]]
        count = int(category.max(initial=0)) + 1
        groups = np.flatnonzero(~alone)
        weight = np.bincount(cells, rows, minlength=len(alone))[groups]
        ranked = groups[np.argsort(-weight, kind="stable")]
        number = np.where(alone, own, 0)
        number[ranked] = count + np.minimum(np.arange(len(ranked)), _GROUPS)
        fractions = np.zeros((count + min(len(ranked), _GROUPS + 1), count))
        fractions[:count] = np.eye(count)
        if len(ranked):
            some = covered.only(ranked)  # category by category: a million values take no more room
            share = np.stack([some.means(category == one) for one in range(count)], axis=1)
            held = np.maximum(np.sort(-weight, kind="stable") * -1, 1e-9)
            total = np.zeros((len(fractions) - count, count))
            np.add.at(total, number[ranked] - count, share * held[:, None])
            fractions[count:] = total / total.sum(axis=1, keepdims=True)
        none = np.zeros(0)
        return cls(number[cells], fractions, none, none, none, False)


def pooled(rows: Floats) -> Labels:
    """Return the category of each value, where ``rows`` has its rows: the most frequent by
    themselves, and the others together.
    """
    order = np.argsort(-rows, kind="stable")
    found = np.empty(len(rows), np.int64)
    found[order] = np.minimum(np.arange(len(rows)), CATEGORIES)
    return found


def associations(
    sides: Sequence[Side], weights: Floats
) -> Iterator[tuple[int, int, Measure, float]]:
    """Yield each pair of columns with the measure that fits them, and its value: Pearson's
    correlation of numbers, the correlation ratio of a number by categories, Cramér's V of
    categories.

    Args:
        sides: The columns.
        weights: Rows of each combination; they add up to more than 0.
    """
    numbers = [at for at, side in enumerate(sides) if side.is_number]
    together = _moments([sides[at] for at in numbers], weights)
    for one, other in combinations(range(len(sides)), 2):
        if sides[one].is_number and sides[other].is_number:
            both = together[numbers.index(one), :, numbers.index(other)]
            yield one, other, "pearson", _pearson(both)
        elif sides[one].is_number or sides[other].is_number:
            first, second = (other, one) if sides[one].is_number else (one, other)
            ratio = _correlation_ratio(sides[first], sides[second], weights)
            yield one, other, "correlation_ratio", ratio
        else:
            yield one, other, "cramers_v", cramers_v(_joint(sides[one], sides[other], weights))


def cramers_v(table: Floats) -> float:
    """Return Cramér's V of a table of weights, corrected for bias (Bergsma, "A bias-correction for
    Cramér's V and Tschuprow's T", 2013), 0 to 1.
    """
    total = table.sum()
    table = table[table.sum(axis=1) > total * 1e-12][:, table.sum(axis=0) > total * 1e-12]
    rows, columns = table.shape
    if min(rows, columns) < 2 or total <= 1:
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / total
    square = float(((table - expected) ** 2 / expected).sum() / total)
    corrected = max(0.0, square - (rows - 1) * (columns - 1) / (total - 1))
    least = min(rows - (rows - 1) ** 2 / (total - 1), columns - (columns - 1) ** 2 / (total - 1))
    return float(min(1.0, np.sqrt(corrected / (least - 1)))) if least > 1 else 0.0


def _moments(numbers: Sequence[Side], weights: Floats) -> Floats:
    """Return the sums of products of moments 0, 1 and 2 of each pair of columns, shape (columns, 3,
    columns, 3). Those of two second moments are not made.
    """
    count = len(numbers)
    total = np.zeros((count, 3, count, 3))
    if count < 2:
        return total
    if all((one.known == 1).all() for one in numbers):  # then one column's moments say the rest
        total[:, 1, :, 1] = _products([one.first[:, None] for one in numbers], numbers, weights)
        for at, one in enumerate(numbers):
            rows = np.bincount(one.cells, weights, minlength=len(one.first))
            found = np.array([rows.sum(), rows @ one.first, rows @ one.second])
            total[at, :, :, 0] = found[:, None]
            total[:, 0, at, :] = found
        return total
    each = [np.stack([one.known, one.first, one.second], axis=1) for one in numbers]
    return _products(each, numbers, weights).reshape(count, 3, count, 3)


def _products(moments: Sequence[Floats], numbers: Sequence[Side], weights: Floats) -> Floats:
    """Return the weighted sums of products of all columns of ``moments``, each (labels, n)."""
    width = sum(one.shape[1] for one in moments)
    total = np.zeros((width, width))
    for start in range(0, len(weights), _ROWS):
        part = slice(start, start + _ROWS)
        found = np.concatenate(
            [one[side.cells[part]] for one, side in zip(moments, numbers, strict=True)], axis=1
        )
        total += found.T @ (found * weights[part, None])
    return total


def _pearson(sums: Floats) -> float:
    """Return the correlation of two columns from their sums of products, shape (3, 3)."""
    total = sums[0, 0]
    if total <= 0:
        return 0.0
    means = sums / total
    x, y = means[1, 0], means[0, 1]
    xx, yy = means[2, 0] - x * x, means[0, 2] - y * y
    if min(xx, yy) <= 1e-12:  # numbers are within 0 and 1
        return 0.0
    return float(np.clip((means[1, 1] - x * y) / np.sqrt(xx * yy), -1.0, 1.0))


def _correlation_ratio(categories: Side, numbers: Side, weights: Floats) -> float:
    """Return the correlation ratio: the square root of the share of the variance that lies between
    categories (Pearson 1905).
    """
    by, of = categories.cells, numbers.cells
    labels = len(categories.fractions)

    def held(moment: Floats) -> Floats:
        summed = np.bincount(by, weights * moment[of], minlength=labels)
        return np.asarray(summed @ categories.fractions)

    count, first = held(numbers.known), held(numbers.first)
    total, second = count.sum(), float((weights * numbers.second[of]).sum())
    if total <= 0:
        return 0.0
    mean = first.sum() / total
    there = count > 0
    between = float((first[there] ** 2 / count[there]).sum() - total * mean * mean)
    whole = second - total * mean * mean
    if whole <= 1e-12 * max(second, 1e-300):
        return 0.0
    return float(np.sqrt(np.clip(between / whole, 0.0, 1.0)))


def _joint(one: Side, other: Side, weights: Floats) -> Floats:
    """Return the weight of each pair of categories."""
    height, width = len(one.fractions), len(other.fractions)
    step = max(1, _CELLS // width)
    joint = np.zeros((one.fractions.shape[1], other.fractions.shape[1]))
    for first in range(0, height, step):
        last = min(height, first + step)
        a, b, held = one.cells, other.cells, weights
        if height > step:
            here = (a >= first) & (a < last)
            a, b, held = a[here], b[here], weights[here]
        cells = np.bincount((a - first) * width + b, held, minlength=(last - first) * width)
        joint += one.fractions[first:last].T @ (cells.reshape(-1, width) @ other.fractions)
    return joint
