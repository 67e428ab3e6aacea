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
"""Cells of a table of labels by labels at most; a larger one is never made."""
_ROWS = 65_536
"""Combinations at a time."""
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
        share, first, second = covered.means(np.stack([known, filled, filled**2], axis=1)).T
        return cls(cells, np.zeros((0, 0)), share, first, second, True)

    @classmethod
    def categories(cls, cells: Labels, covered: Covered, category: Labels) -> Side:
        """Return a column of categories, of which ``category`` has that of each value
        (`pooled`).
        """
        alone = covered.sizes == 1
        count, groups = int(category.max(initial=0)) + 1, np.flatnonzero(~alone)
        number = category[covered.values[covered.start]]
        number[groups] = count + np.arange(len(groups))
        some = covered.only(groups)  # category by category: a million values take no more room
        share = [some.means(category == one) for one in range(count)]
        fractions = np.concatenate([np.eye(count), np.stack(share, axis=1)])
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
    first, second = one.fractions, other.fractions
    if len(first) * len(second) <= _CELLS:
        cells = one.cells * len(second) + other.cells
        table = np.bincount(cells, weights, minlength=len(first) * len(second))
        return np.asarray(first.T @ (table.reshape(len(first), -1) @ second))
    joint = np.zeros((first.shape[1], second.shape[1]))
    for start in range(0, len(weights), _ROWS):
        part = slice(start, start + _ROWS)
        joint += (first[one.cells[part]] * weights[part, None]).T @ second[other.cells[part]]
    return joint
