"""What becomes of combinations that no class of enough rows has taken."""

from __future__ import annotations

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.cells import Covering
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.numbering import keys_of, numbered
from anonymize.privacy.recoding.trees import Ints, Mask, Trees

_TRIES = 64
"""Number of classes that are tried for what is left, cheapest first."""


def classes_of(nodes: Ints) -> tuple[Ints, Ints]:
    """Return the number of each combination's class, -1 for none, and the cell of each class."""
    inside = np.flatnonzero(nodes[:, 0] >= 0)
    number = np.full(len(nodes), -1, np.int64)
    if not len(inside):
        return number, np.zeros((0, nodes.shape[1]), np.int64)
    mine = nodes if len(inside) == len(nodes) else nodes[inside]
    number[inside], first = numbered(keys_of(mine))
    return number, np.asarray(mine[first], np.int64)


def absorb(covering: Covering, judge: Judge, nodes: Ints) -> Ints:
    """Return ``nodes`` with free combinations in the cheapest class that covers them, as far as
    the class still fulfils the promise.
    """
    trees = covering.trees
    number, cells = classes_of(nodes)
    left = np.flatnonzero(number < 0)
    if not len(cells) or not len(left):
        return nodes
    nodes = nodes.copy()
    at, cell = covering.within(left, cells)
    order = np.lexsort((cell, trees.loss_of(cells)[cell], at))
    at, cell = at[order], cell[order]
    while len(at):
        first = np.ones(len(at), np.bool_)
        first[1:] = at[1:] != at[:-1]
        trial = number.copy()
        trial[left[at[first]]] = cell[first]
        changed = np.unique(cell[first])
        place = np.full(len(cells), -1, np.int64)
        place[changed] = np.arange(len(changed))
        members = np.flatnonzero((trial >= 0) & (place[trial] >= 0))
        fine = judge.meets(members, place[trial[members]], len(changed))
        # a class that does not stand all of them gets none of them
        accepted = first & fine[np.maximum(place[cell], 0)]
        number[left[at[accepted]]] = cell[accepted]
        keep = ~first & (number[left[at]] < 0)
        at, cell = at[keep], cell[keep]
    inside = number >= 0
    nodes[inside] = cells[number[inside]]
    return nodes


def joined(trees: Trees, judge: Judge, nodes: Ints) -> Ints | None:
    """Return ``nodes`` with all free combinations joined with one class, that which makes the
    least loss; None if no class can take them.
    """
    number, cells = classes_of(nodes)
    left: Mask = number < 0
    if not left.any():
        return nodes
    nodes = nodes.copy()
    if not len(cells):
        return _as_one(trees, judge, nodes, np.arange(len(nodes)))
    wide = _joined_cells(trees, cells, np.flatnonzero(left))
    possible = np.asarray(np.min(wide, axis=1) >= 0)
    rows = np.bincount(number[~left], weights=judge.rows[~left], minlength=len(cells))
    loss = np.full(len(cells), np.inf)
    loss[possible] = trees.loss_of(wide[possible])
    more = rows * (loss - trees.loss_of(cells)) + judge.rows[left].sum() * loss
    for at in np.argsort(more, kind="stable")[:_TRIES].tolist():
        if not possible[at]:
            break
        members = np.flatnonzero((number == at) | left)
        made = _as_one(trees, judge, nodes, members)
        if made is not None:
            return made
    return _as_one(trees, judge, nodes, np.arange(len(nodes)))


def _as_one(trees: Trees, judge: Judge, nodes: Ints, members: Ints) -> Ints | None:
    one = np.full(len(nodes), -1, np.int64)
    one[members] = 0
    cell = trees.narrowest(one, 1)[0]
    if (cell < 0).any() or not judge.meets(members, np.zeros(len(members), np.int64), 1)[0]:
        return None
    nodes[members] = cell
    return nodes


def _joined_cells(trees: Trees, cells: Ints, left: Ints) -> Ints:
    """Return the lowest cell that covers both a class's cell and all of ``left``, per class; -1 in
    a column without one.
    """
    wide = np.full(cells.shape, -1, np.int64)
    for column, tree in enumerate(trees.columns):
        up = np.full((len(tree.nodes), len(tree.losses)), -1, np.int64)
        for level, nodes in enumerate(tree.nodes):
            for below in tree.nodes[: level + 1]:
                up[level, below] = nodes
        values = trees.codes[left, column]
        for level in range(len(tree.nodes) - 1, -1, -1):
            nodes = tree.nodes[level][values]
            if len(np.unique(nodes)) > 1:
                break
            lifted = up[level, cells[:, column]]
            own = cells[:, column] == nodes[0]
            wide[(lifted == nodes[0]) | own, column] = nodes[0]
    return wide


def suppressible(judge: Judge, nodes: Ints, max_suppressed: float) -> bool:
    """Return True if the free combinations' rows are at most a share of ``max_suppressed``."""
    total = int(judge.rows.sum())
    return int(judge.rows[nodes[:, 0] < 0].sum()) <= max_suppressed * total + 1e-9


def loss_of_rows(trees: Trees, nodes: Ints) -> Floats:
    """Return the loss of each combination's cell, 1 for one that is free."""
    loss = np.ones(len(nodes))
    inside = nodes[:, 0] >= 0
    loss[inside] = trees.loss_of(nodes[inside])
    return loss
