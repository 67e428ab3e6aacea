"""Solves regions of a table again, and keeps what is better: ruin and recreate (Schrimpf and
others, Journal of Computational Physics 159, 2000), for many regions at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.leftovers import classes_of, loss_of_rows
from anonymize.privacy.recoding.trees import Ints, Trees

Solve = Callable[[Ints, Ints, list[int], np.random.Generator], Ints]
"""Given the present cells, the region of each combination (-1: none), the highest level of each
column within regions, and random numbers, returns new cells; rows of -1 where it found none.
"""


def rework(
    trees: Trees, judge: Judge, nodes: Ints, solve: Solve, *, steps: int, seed: int = 0
) -> Ints:
    """Return ``nodes`` with regions replaced by better solutions, after ``steps`` tries.

    A region is the classes below one cell of random levels. The loss never grows. The same input
    gives the same output: the random numbers are those of ``seed``.
    """
    random = np.random.default_rng(seed)
    nodes = nodes.copy()
    loss = loss_of_rows(trees, nodes) * judge.rows
    for _ in range(steps):
        levels = [
            int(random.integers(0, len(tree.nodes)))
            if random.random() < 0.6
            else len(tree.nodes) - 1
            for tree in trees.columns
        ]
        region, regions = regions_of(trees, nodes, levels)
        if not regions:
            continue
        made = solve(nodes, region, levels, random)
        new = loss_of_rows(trees, made) * judge.rows
        inside = region >= 0
        new[inside & (made[:, 0] < 0)] = np.inf
        gain = np.bincount(region[inside], weights=(loss - new)[inside], minlength=regions)
        better = inside & (gain > 1e-9)[np.maximum(region, 0)]
        nodes[better] = made[better]
        loss[better] = new[better]
    return nodes


def regions_of(trees: Trees, nodes: Ints, levels: list[int]) -> tuple[Ints, int]:
    """Return the region of each combination, -1 for those whose class reaches above ``levels``, is
    alone in its region or loses nothing with the others there; and the number of regions.
    """
    number, cells = classes_of(nodes)
    inside = np.ones(len(cells), np.bool_)
    key = np.zeros(len(nodes), np.int64)
    for column, (tree, level) in enumerate(zip(trees.columns, levels, strict=True)):
        below = np.zeros(len(tree.losses), np.bool_)
        below[tree.nodes[: level + 1]] = True
        inside &= below[cells[:, column]]
        used, node = np.unique(tree.nodes[level], return_inverse=True)
        key = key * len(used) + node[trees.codes[:, column]]
        _, key = np.unique(key, return_inverse=True)
    region = np.full(len(nodes), -1, np.int64)
    mine = np.flatnonzero((number >= 0) & inside[np.maximum(number, 0)])
    region[mine] = key[mine]
    if not len(mine):
        return region, 0
    first = np.unique(number[mine], return_index=True)[1]
    several = np.bincount(region[mine][first]) > 1
    lossy = np.bincount(region[mine], weights=loss_of_rows(trees, nodes)[mine]) > 0
    keep = several & lossy
    region[mine] = np.where(keep[region[mine]], region[mine], -1)
    used, dense = np.unique(region[region >= 0], return_inverse=True)
    region[region >= 0] = dense
    return region, len(used)
