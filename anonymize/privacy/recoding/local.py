"""Local recoding: each class has its own levels, so that dense parts of a table stay specific."""

from __future__ import annotations

import numpy as np

from anonymize.privacy.recoding.ascend import ascend
from anonymize.privacy.recoding.cells import Covering
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.leftovers import (
    absorb,
    classes_of,
    joined,
    suppressible,
)
from anonymize.privacy.recoding.nearest import impossible
from anonymize.privacy.recoding.publish import Published, close_to_released
from anonymize.privacy.recoding.trees import Ints, Trees

_POWER = 2.0
"""Cells are ordered by the sum of their columns' losses to this power: a loss that is spread over
columns is better than all of it in one, since more cells remain for what is left.
"""


def local(trees: Trees, judge: Judge, max_suppressed: float, effort: str) -> Published:
    """Return local recoding's cells, each at its lowest levels.

    Raises:
        RecodingError: no recoding fulfils the promise.
    """
    covering = Covering(trees, judge.size, judge.promise.k)
    scores = trees.losses(_POWER)
    nodes = ascend(covering, judge, scores, np.ones(trees.combinations, np.bool_))
    nodes = finished(trees, judge, nodes, max_suppressed)
    return published(trees, nodes)


def finished(trees: Trees, judge: Judge, nodes: Ints, max_suppressed: float) -> Ints:
    """Return ``nodes`` with no more free combinations than may be suppressed, each class at its
    lowest levels.

    Raises:
        RecodingError: they cannot be kept within any class.
    """
    nodes = absorb(trees, judge, nodes)
    if not suppressible(judge, nodes, max_suppressed) or not close_to_released(judge, nodes):
        found = joined(trees, judge, nodes)
        if found is None:
            raise impossible(trees, judge, max_suppressed)
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
