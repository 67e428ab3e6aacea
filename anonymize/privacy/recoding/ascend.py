"""Ascends the lattice of cells: those with the lowest score become classes first.

The order is that of a sequential greedy: cell by cell by score, each takes the combinations that it
covers and that are still free, and becomes a class if they fulfil the promise. Cells that are first
in all their combinations do not depend on each other, so all of them are decided at once.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.cells import Covering, Pairs, TooManyPairsError
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.trees import Ints, Mask

_WIDTH = 2.0
"""How much higher the scores of each band of cells are than those of the last. The order of cells
does not depend on it: fewer bands visit more pairs of combinations that an earlier band has taken.
"""
_FINEST = 1e-6
"""Width of a band, as a share of the highest score, below which the ascent ends."""


def ascend(
    covering: Covering,
    judge: Judge,
    scores: Sequence[Floats],
    free: Mask,
    *,
    at_most: int = 1 << 23,
) -> Ints:
    """Return the cell of each combination, one node per column; rows of -1 if it is still free.

    Args:
        covering: The table's pairs of combination and cell.
        judge: Judges classes.
        scores: Per column the score of each node, 0 or more.
        free: Which combinations take part.
        at_most: Number of pairs at a time. If one band of scores needs more, the ascent ends.
    """
    trees = covering.trees
    nodes = np.full((trees.combinations, len(trees.columns)), -1, np.int64)
    free = free.copy()
    least = min((float(score[score > 0].min()) for score in scores if (score > 0).any()), default=0)
    highest = sum(float(score.max(initial=0)) for score in scores)
    below, limit = -1.0, 0.0
    while below < highest and free.any():
        some = np.flatnonzero(free)
        try:
            found = covering.pairs(some, scores, np.full(len(some), limit), at_most=at_most)
        except TooManyPairsError:
            if limit - max(below, 0.0) < highest * _FINEST:
                break
            limit = (max(below, 0.0) + limit) / 2
            continue
        for taken, levels in settle(found.where(found.score > below + 1e-12), judge, free):
            nodes[taken] = covering.nodes_at(taken, levels)
        below = limit
        limit = min(highest, max(limit * _WIDTH, least))
    return nodes


def settle(pairs: Pairs, judge: Judge, free: Mask) -> list[tuple[Ints, Ints]]:
    """Make classes of the cells of ``pairs`` by score, and mark their combinations as not free.

    Returns:
        Combinations that joined a class, with the packed levels of their cells.
    """
    made: list[tuple[Ints, Ints]] = []
    if not len(pairs.cell):
        return made
    _, first, where = np.unique(pairs.cell, return_index=True, return_inverse=True)
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
        good[ready[~fine]] = False
        taken = at[fine[group]]
        made.append((member[taken], levels[taken]))
        free[member[taken]] = False
