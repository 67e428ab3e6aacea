"""What a recoded table is still good for: each column's distribution, and how columns go together,
before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from anonymize.privacy.coded import CodedColumn, Codes, Floats, Recoding
from anonymize.privacy.pooled import SMALLEST
from anonymize.privacy.utility.association import Measure, Side, associations, pooled
from anonymize.privacy.utility.covered import Covered, Ints, sums
from anonymize.privacy.utility.distribution import jensen_shannon, total_variation, wasserstein

_STEP = 0.01
"""The least step that changes are told in."""


@dataclass(frozen=True)
class ColumnChange:
    """How much the distribution of one column changed."""

    column: str
    """Its name."""
    is_number: bool
    """Whether its values have an order: numbers and dates that may be generalized."""
    distribution: float
    """0 (none) to 1: total variation of categories, Wasserstein-1 by the range of numbers."""
    jensen_shannon: float | None = None
    """Of categories also the Jensen-Shannon divergence in bits, 0 to 1."""
    association: float | None = None
    """Mean change of its associations with the other columns; None if it is the only one."""


@dataclass(frozen=True)
class PairChange:
    """How much the association of two columns changed."""

    one: str
    other: str
    measure: Measure
    """Which measure fits the two."""
    before: float
    after: float

    @property
    def change(self) -> float:
        """Return the absolute difference: 0 to 1, of Pearson's correlation to 2."""
        return abs(self.before - self.after)


@dataclass(frozen=True)
class Utility:
    """The changes of all columns and pairs that were compared."""

    columns: tuple[ColumnChange, ...]
    pairs: tuple[PairChange, ...] = ()

    @property
    def distribution(self) -> float:
        """Return the mean change of distributions."""
        return fmean(one.distribution for one in self.columns)

    @property
    def association(self) -> float | None:
        """Return the mean change of associations; None with one column."""
        return fmean(one.change for one in self.pairs) if self.pairs else None


@dataclass(frozen=True)
class ToldUtility:
    """Changes as everybody may know them: rounded, without associations before."""

    distribution: float
    association: float | None
    columns: tuple[ColumnChange, ...]
    """The columns that were compared."""
    step: float
    """What the changes are multiples of."""


def utility_of(
    columns: Sequence[CodedColumn], codes: Codes, rows: Ints, made: Recoding
) -> Utility | None:
    """Return what recoding changed; None if nothing was published.

    Time and memory are those of a few passes over the combinations, for each pair of columns.

    Args:
        columns: The quasi-identifiers.
        codes: Distinct combinations, shape (combinations, columns).
        rows: Rows of each.
        made: What is published instead.
    """
    kept = made.kept
    if not columns or not (rows * kept).any():
        return None
    all_rows, rows_left = rows.astype(float), rows[kept].astype(float)
    before, after, changes = [], [], []
    for at, column in enumerate(columns):
        raw, cells = codes[:, at].astype(np.int64), made.cells[:, at].astype(np.int64)
        left, cells = (raw, cells) if kept.all() else (raw[kept], cells[kept])
        covered = Covered.of(column, left, cells, made.labels[at])
        alone = Covered.alone(column.values)
        weights = sums(raw, all_rows, column.values)
        published = sums(cells, rows_left, len(made.labels[at]))
        spread = covered.spread(published)
        if column.order is not None and np.isfinite(column.order).any():
            before.append(Side.numbers(raw, alone, column.order))
            after.append(Side.numbers(cells, covered, column.order))
            there = np.isfinite(column.order)
            moved = _moved(weights[there], spread[there], column.order[there])
            changes.append(ColumnChange(column.name, True, moved))
            continue
        category = pooled(weights)
        before.append(Side.categories(raw, alone, category))
        after.append(Side.categories(cells, covered, category))
        differs = total_variation(weights, spread), jensen_shannon(weights, spread)
        changes.append(ColumnChange(column.name, False, *differs))
    pairs = tuple(_pairs(columns, before, after, all_rows, rows_left))
    return Utility(tuple(_with_means(changes, pairs)), pairs)


def told(found: Utility, rows: int, k: int, without: frozenset[str]) -> ToldUtility | None:
    """Return ``found`` in steps of the share that ``k`` rows are of all, `SMALLEST` at least: fewer
    rows move no distribution by more than a step. Without the columns in ``without``; None if that
    leaves none.

    Args:
        found: What was measured.
        rows: Rows of the table.
        k: The least size of a class.
        without: Names of columns of which nothing is told.
    """
    columns = [one for one in found.columns if one.column not in without]
    if not columns:
        return None
    pairs = tuple(one for one in found.pairs if not {one.one, one.other} & without)
    step = max(_STEP, max(k, SMALLEST) / max(1, rows))
    shown = Utility(tuple(_with_means(columns, pairs)), pairs)

    def stepped(number: float | None) -> float | None:
        return None if number is None else round(min(1.0, round(number / step) * step), 4)

    return ToldUtility(
        stepped(shown.distribution) or 0.0,
        stepped(shown.association),
        tuple(
            replace(
                one,
                distribution=stepped(one.distribution) or 0.0,
                jensen_shannon=stepped(one.jensen_shannon),
                association=stepped(one.association),
            )
            for one in shown.columns
        ),
        round(step, 4),
    )


def _moved(before: Floats, after: Floats, numbers: Floats) -> float:
    """Return the distance of two distributions of numbers; 1 if no number is left of them."""
    if not before.any():
        return 0.0
    return wasserstein(before, after, numbers) if after.any() else 1.0


def _pairs(
    columns: Sequence[CodedColumn],
    before: Sequence[Side],
    after: Sequence[Side],
    all_rows: Floats,
    rows_left: Floats,
) -> Iterator[PairChange]:
    was, now = associations(before, all_rows), associations(after, rows_left)
    for (one, other, measure, first), (*_, second) in zip(was, now, strict=True):
        yield PairChange(columns[one].name, columns[other].name, measure, first, second)


def _with_means(
    changes: Sequence[ColumnChange], pairs: Sequence[PairChange]
) -> Iterator[ColumnChange]:
    """Yield each column with the mean change of its associations."""
    for one in changes:
        mine = [pair.change for pair in pairs if one.column in (pair.one, pair.other)]
        yield replace(one, association=fmean(mine) if mine else None)
