"""Descends from one class of all rows: classes are split one level of one column at a time.

Top-down specialization (Fung, Wang, Yu, ICDE 2005), with classes of their own levels: the groups of
a split that fulfil the promise become classes, and the rest keeps the level if it fulfils the
promise too. All classes are split at once. It loses more than the ascent if only k is asked for,
and far less if values must be mixed: each step keeps what it needs for the rest. Of a group that is
too far from the whole table the part that is close enough moves (``trim.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.trees import Ints, Mask, Trees
from anonymize.privacy.recoding.trim import trimmed

_BACK = 4
"""Number of groups that may go back to the rest of a split, smallest first, until it fulfils the
promise.
"""


@dataclass(frozen=True)
class Split:
    """A possible split of each class by one column."""

    saved: Floats = field(repr=False)
    """What each class saves, by taste; 0 if it cannot be split."""
    group: Ints = field(repr=False)
    """The new group of each combination; -1 if it stays."""


@dataclass(frozen=True)
class Taste:
    """Which split of a class is taken: that which saves most, times and over these."""

    columns: Floats = field(repr=False)
    """A factor per column."""
    parts: float = 0.0
    """The power of the number of classes that a split makes, by which its saving is divided."""
    moved: float = 0.0
    """The power of the share of rows that move, with which its saving is multiplied."""


def descend(trees: Trees, judge: Judge, nodes: Ints, number: Ints, taste: Taste) -> Ints:
    """Return the cell of each combination after all splits.

    Args:
        trees: The hierarchies.
        judge: Judges classes.
        nodes: The cell of each combination at the start, shape (combinations, columns).
        number: The number of each combination's class at the start, each of which fulfils the
            promise; -1 for combinations that keep their cells.
        taste: Which split is taken.
    """
    count = trees.combinations
    nodes, number = nodes.copy(), number.copy()
    active: Mask = number >= 0
    while active.any():
        some = np.flatnonzero(active)
        _, own = np.unique(number[some], return_inverse=True)
        splits = [_split(trees, judge, column, some, own, nodes, taste) for column in _all(trees)]
        saved = np.stack([split.saved for split in splits])
        best = np.argmax(saved, axis=0)
        stays = saved.max(axis=0) <= 0
        classes = len(stays)
        number = np.full(count, -1, np.int64)
        number[some] = own
        for column, split in enumerate(splits):
            moved = (best[own] == column) & ~stays[own] & (split.group >= 0)
            at = some[moved]
            nodes[at, column] = _below(trees, column, at, nodes)
            number[at] = classes + split.group[moved] * len(splits) + column
        active[some] = ~stays[own]
    return nodes


def _all(trees: Trees) -> range:
    return range(len(trees.columns))


def _below(trees: Trees, column: int, at: Ints, nodes: Ints) -> Ints:
    """Return the node below the present one for each of the combinations ``at``, -1 for none."""
    tree = trees.columns[column]
    values = trees.codes[at, column]
    found = np.full(len(at), -1, np.int64)
    under = np.zeros(len(at), np.bool_)
    for level in range(len(tree.nodes) - 1, -1, -1):
        node = tree.nodes[level][values]
        here = under & (found < 0) & (node != nodes[at, column])
        found[here] = node[here]
        under |= node == nodes[at, column]
    return found


def _split(
    trees: Trees,
    judge: Judge,
    column: int,
    some: Ints,
    number: Ints,
    nodes: Ints,
    taste: Taste,
) -> Split:
    """Return the split by ``column`` of the classes ``number`` of combinations ``some``."""
    classes = int(number.max()) + 1
    below = _below(trees, column, some, nodes)
    loss = trees.losses()[column]
    stay = below < 0
    key = number * (len(loss) + 1) + below + 1
    found, group = np.unique(key, return_inverse=True)
    good: Mask = judge.meets(some, group, len(found))
    if judge.promise.t is not None and not good.all():
        failed = np.flatnonzero(~good[group] & ~stay)
        which = (np.cumsum(~good) - 1)[group[failed]]
        part = trimmed(judge, some[failed], which, int((~good).sum()))
        stay[failed[~part]] = True
        good[group[failed[part]]] = True
    saved = np.bincount(
        group,
        weights=judge.rows[some] * np.where(stay, 0, loss[nodes[some, column]] - loss[below]),
        minlength=len(found),
    )
    of = found // (len(loss) + 1)
    good &= saved > 0
    smallest = np.lexsort((saved, of))
    for attempt in range(_BACK + 1):
        rest = ~good[group] | stay
        left = np.bincount(number[rest], minlength=classes)
        fine = judge.meets(some[rest], number[rest], classes) | (left == 0)
        if attempt == _BACK:
            good &= fine[of]
        if fine.all():
            break
        back = smallest[good[smallest] & ~fine[of[smallest]]]
        good[back[np.concatenate([[True], of[back][1:] != of[back][:-1]])[: len(back)]]] = False
    moved = good[group] & ~stay
    rows = judge.rows[some]
    total = np.bincount(of, weights=np.where(good, saved, 0), minlength=classes)
    share = np.bincount(number, weights=rows * moved, minlength=classes) / np.bincount(
        number, weights=rows, minlength=classes
    )
    parts = np.bincount(of, weights=good, minlength=classes) + (left > 0)
    worth = total * taste.columns[column] * share**taste.moved / np.maximum(parts, 1) ** taste.parts
    return Split(worth, np.where(moved, group, -1))
