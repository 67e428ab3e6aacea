"""Local recoding: each class has its own levels, so that dense parts of a table stay specific."""

from __future__ import annotations

import numpy as np

from anonymize.privacy.recoding.ascend import ascend
from anonymize.privacy.recoding.cells import Covering
from anonymize.privacy.recoding.descend import Taste, descend
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.leftovers import (
    absorb,
    classes_of,
    joined,
    loss_of_rows,
    suppressible,
)
from anonymize.privacy.recoding.moves import insert
from anonymize.privacy.recoding.nearest import impossible
from anonymize.privacy.recoding.publish import Published, close_to_released
from anonymize.privacy.recoding.rework import rework
from anonymize.privacy.recoding.trees import Ints, Mask, Trees
from anonymize.privacy.recoding.widen import dissolve

_POWERS = (2.0, 1.0, 1.2, 1.4, 1.6)
"""Cells are ordered by the sum of their columns' losses to one of these powers: a loss that is
spread over columns is better than all of it in one, since more cells remain for what is left. The
first is the quickest; the effort ``best`` tries all of them.
"""
_ROUNDS = 3
"""Most rounds of dissolving and moving."""
_TASTES = ((0.0, 0.0), (0.3, 0.0), (0.5, 0.5), (0.0, 1.0))
"""Tastes of the descents that are tried: powers of parts and of moved rows."""
_STEPS = 60
"""Tries of rework with the effort ``best``."""
_PAIRS_BY_VALUES = 1 << 15
"""Number of pairs at which the ascent ends if values count: beyond, the descent loses less."""


def local(trees: Trees, judge: Judge, max_suppressed: float, effort: str) -> Published:
    """Return local recoding's cells, each at its lowest levels.

    Raises:
        RecodingError: no recoding fulfils the promise.
    """
    covering = Covering(trees, judge.size, judge.promise.k, judge.mixed())
    starts = _starts(covering, judge, _POWERS if effort == "best" else _POWERS[:1])
    found = [finished(covering, judge, nodes, max_suppressed) for nodes in starts]
    made = [nodes for nodes in found if nodes is not None]
    if effort == "best" and not judge.by_values:
        made = [_polished(covering, judge, nodes) for nodes in made]
    if not made:
        raise impossible(trees, judge, max_suppressed)
    nodes = min(made, key=lambda nodes: total_loss(trees, judge, nodes))
    if judge.by_values:
        nodes = tight(trees, insert(covering, judge, nodes))
    if judge.by_values and effort == "best":
        nodes = _polished(covering, judge, _reworked(covering, judge, nodes))
    return published(trees, nodes)


def _polished(covering: Covering, judge: Judge, nodes: Ints) -> Ints:
    """Return ``nodes`` with classes of high loss dissolved and combinations in cheaper classes."""
    trees = covering.trees
    for _ in range(_ROUNDS):
        before = total_loss(trees, judge, nodes)
        if judge.grows:
            nodes = tight(trees, dissolve(trees, judge.rows, nodes))
        nodes = tight(trees, insert(covering, judge, nodes))
        if total_loss(trees, judge, nodes) >= before:
            break
    return nodes


def total_loss(trees: Trees, judge: Judge, nodes: Ints) -> float:
    """Return the loss of all rows, suppressed ones as 1 each."""
    return round(float((loss_of_rows(trees, nodes) * judge.rows).sum()), 9)


def _starts(covering: Covering, judge: Judge, powers: tuple[float, ...]) -> list[Ints]:
    """Return first solutions, in which some combinations may be free."""
    trees = covering.trees
    everyone: Mask = np.ones(trees.combinations, np.bool_)
    if not judge.by_values:
        return [ascend(covering, judge, trees.losses(power), everyone) for power in powers]
    scores = trees.losses(powers[0])
    nodes = ascend(covering, judge, scores, everyone, ends_at=_PAIRS_BY_VALUES)
    starts = [_descended(trees, judge, nodes, nodes[:, 0] < 0, *_TASTES[0])]
    if (starts[0] >= 0).all() and total_loss(trees, judge, starts[0]) == 0:
        return starts
    free = np.full(nodes.shape, -1, np.int64)
    return starts + [_descended(trees, judge, free, everyone, *taste) for taste in _TASTES]


def _descended(
    trees: Trees, judge: Judge, nodes: Ints, free: Mask, parts: float, moved: float
) -> Ints:
    """Return ``nodes`` with the combinations ``free`` as one class and its splits, if that class
    fulfils the promise.
    """
    members = np.flatnonzero(free)
    if not len(members):
        return nodes
    number = np.where(free, 0, -1)
    top = trees.narrowest(number, 1)[0]
    group = np.zeros(len(members), np.int64)
    if (top < 0).any() or not judge.meets(members, group, 1)[0]:
        return nodes
    start = nodes.copy()
    start[members] = top
    taste = Taste(np.ones(len(trees.columns)), parts, moved)
    return descend(trees, judge, start, number, taste)


def _reworked(covering: Covering, judge: Judge, nodes: Ints) -> Ints:
    trees = covering.trees

    def solve(start: Ints, region: Ints, levels: list[int], random: np.random.Generator) -> Ints:
        wide = trees.narrowest(region, int(region.max()) + 1)
        start = start.copy()
        inside = region >= 0
        start[inside] = wide[region[inside]]
        taste = Taste(
            np.exp(random.normal(0, 0.5, len(trees.columns))),
            random.uniform(0, 0.5),
            random.uniform(0, 1),
        )
        return tight(trees, descend(trees, judge, start, region, taste))

    for seed in range(_STEPS // 10):
        nodes = rework(trees, judge, nodes, solve, steps=10, seed=seed)
        nodes = tight(trees, insert(covering, judge, nodes))
    return nodes


def finished(covering: Covering, judge: Judge, nodes: Ints, max_suppressed: float) -> Ints | None:
    """Return ``nodes`` with no more free combinations than may be suppressed, each class at its
    lowest levels; None if they cannot be kept within any class.
    """
    trees = covering.trees
    nodes = absorb(covering, judge, nodes)
    if not suppressible(judge, nodes, max_suppressed) or not close_to_released(judge, nodes):
        found = joined(trees, judge, nodes)
        if found is None:
            return None
        nodes = found
    return tight(trees, nodes)


def tight(trees: Trees, nodes: Ints) -> Ints:
    """Return each class at the lowest levels that cover its combinations."""
    number, cells = classes_of(nodes)
    narrow = trees.narrowest(number, len(cells))
    made = np.full(nodes.shape, -1, np.int64)
    inside = number >= 0
    made[inside] = narrow[number[inside]]
    return made


def published(trees: Trees, nodes: Ints) -> Published:
    """Return the labels and losses of ``nodes``."""
    return Published(
        nodes,
        tuple(tree.labels for tree in trees.columns),
        tuple(tree.losses for tree in trees.columns),
    )
