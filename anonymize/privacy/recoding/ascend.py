"""Ascends the lattice of cells: those with the lowest score become classes first.

The order is that of a sequential greedy: cell by cell by score, each takes the combinations that it
covers and that are still free, and becomes a class if they fulfil the promise. Cells that are first
in all their combinations do not depend on each other, so all of them are decided at once. Of a cell
that is too far from the whole table the part that is close enough becomes the class (``trim.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.cells import SAME, Band, Covering, Pairs, TooManyPairsError
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.numbering import numbered
from anonymize.privacy.recoding.trees import Ints, Mask
from anonymize.privacy.recoding.trim import trimmed

_WIDTH = 2.0
"""How much higher the scores of each band of cells are than those of the last. The order of cells
does not depend on it: fewer bands visit more pairs of combinations that an earlier band has taken.
"""
_FINEST = 1e-6
"""Width of a band, as a share of the highest score, below which it is not made narrower."""
_AT_MOST = 1 << 23
"""Pairs at a time, but as many as there are combinations."""
_SUMS = 1 << 20
"""Number of scores up to which all that cells can have are listed."""


def ascend(
    covering: Covering,
    judge: Judge,
    scores: Sequence[Floats],
    free: Mask,
    *,
    ends_at: int | None = None,
) -> Ints:
    """Return the cell of each combination, one node per column; rows of -1 if it is still free.

    Args:
        covering: The table's pairs of combination and cell.
        judge: Judges classes.
        scores: Per column the score of each node, 0 or more.
        free: Which combinations take part.
        ends_at: If one band of scores needs more pairs, the ascent ends. None: it goes on with
            some of the band's cells at a time.
    """
    trees = covering.trees
    nodes = np.full((trees.combinations, len(trees.columns)), -1, np.int64)
    free = free.copy()
    everything = tuple((0, len(tree.losses)) for tree in trees.columns)
    highest = sum(float(score.max(initial=0)) for score in scores)
    steps = _Steps.of(scores, covering.order)
    below, limit = -1.0, 0.0
    while below < highest and free.any():
        narrow = limit - max(below, 0.0) < highest * _FINEST or limit <= steps.after(below)
        band = Band(scores, below, limit, everything)
        try:
            for pairs in _found(covering, free, band, ends_at, narrow):
                for taken, levels in settle(pairs, judge, free):
                    nodes[taken] = covering.nodes_at(taken, levels)
        except TooManyPairsError:
            if narrow:
                break
            limit = (max(below, 0.0) + limit) / 2
            continue
        below = limit
        limit = steps.until(min(highest, max(limit * _WIDTH, steps.after(limit))))
        if limit <= below:
            break
    return nodes


def _found(
    covering: Covering, free: Mask, band: Band, ends_at: int | None, narrow: bool
) -> Iterator[Pairs]:
    """Yield the pairs of a band, some of its cells at a time if they are too many and the band is
    ``narrow``.
    """
    left = [band]
    while left:
        band = left.pop()
        some = covering.sorted[free[covering.sorted]]
        try:
            pairs = covering.pairs(some, band, at_most=ends_at or max(_AT_MOST, len(some)))
        except TooManyPairsError:
            halves = band.halves(covering.order)
            if ends_at or not narrow or halves is None:
                raise
            left.extend(reversed(halves))
            continue
        yield pairs


@dataclass(frozen=True)
class _Steps:
    """The scores that cells can have, so that bands between them are left out."""

    sums: Floats | None = field(repr=False)
    """In ascending order; None if they are too many."""
    least: float
    """The lowest score of a node above 0."""

    @classmethod
    def of(cls, scores: Sequence[Floats], order: Sequence[int]) -> _Steps:
        """Return the sums of one node of each column, added in ``order``."""
        least = min(
            (float(score[score > 0].min()) for score in scores if (score > 0).any()), default=0
        )
        sums: Floats = np.zeros(1)
        for column in order:
            own = np.unique(scores[column])
            if len(sums) * len(own) > _SUMS:
                return cls(None, least)
            sums = np.unique(np.add.outer(sums, own))
        return cls(sums, least)

    def after(self, score: float) -> float:
        """Return the next score that is higher, as far as it is known."""
        if self.sums is None:
            return max(score, self.least)
        at = int(np.searchsorted(self.sums, score + SAME, side="right"))
        return float(self.sums[at]) if at < len(self.sums) else score

    def until(self, score: float) -> float:
        """Return the highest score that is at most this, as far as it is known."""
        if self.sums is None:
            return score
        at = int(np.searchsorted(self.sums, score + SAME, side="right"))
        return float(self.sums[max(at - 1, 0)])


def settle(pairs: Pairs, judge: Judge, free: Mask) -> list[tuple[Ints, Ints]]:
    """Make classes of the cells of ``pairs`` by score, and mark their combinations as not free.

    Returns:
        Combinations that joined a class, with the packed levels of their cells.
    """
    made: list[tuple[Ints, Ints]] = []
    if not len(pairs.cell):
        return made
    where, first = numbered(pairs.cell)
    order = np.argsort(pairs.score[first], kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    member, cell, levels = pairs.combination, place[where], pairs.levels
    cells, least = len(order), judge.promise.k
    good = np.ones(cells, np.bool_)
    while True:
        size = np.bincount(cell, weights=judge.size[member], minlength=cells)
        keep = free[member] & good[cell] & (size[cell] >= least)
        member, cell, levels = member[keep], cell[keep], levels[keep]
        if not len(cell):
            return made
        if not keep.all():
            continue
        best = np.full(len(free), cells)
        np.minimum.at(best, member, cell)
        chosen = best[member] == cell
        first_in_all = np.bincount(cell[~chosen], minlength=cells) == 0
        at = np.flatnonzero(first_in_all[cell])
        ready, group = np.unique(cell[at], return_inverse=True)
        fine = judge.meets(member[at], group, len(ready))
        taken = at[fine[group]]
        if judge.promise.t is not None and not fine.all():
            rest = at[~fine[group]]
            number = np.cumsum(~fine) - 1
            some = trimmed(judge, member[rest], number[group[~fine[group]]], int((~fine).sum()))
            taken = np.concatenate([taken, rest[some]])
        good[ready[~fine]] = False
        made.append((member[taken], levels[taken]))
        free[member[taken]] = False
