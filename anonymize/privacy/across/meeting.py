"""Which classes of the earlier release cover each combination of quasi-identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from anonymize.privacy.across.covering import Covering
from anonymize.privacy.across.release import places, spread
from anonymize.privacy.digests import Words

_AT_ONCE = 1 << 16
"""Combinations that are looked up at a time, which bounds the memory."""


@dataclass(frozen=True)
class Meeting:
    """Combinations of the new release, and the classes of the earlier one that cover each."""

    new: Words = field(repr=False)
    """The new class of each combination."""
    rows: Words = field(repr=False)
    """Rows of each combination."""
    combination: Words = field(repr=False)
    """Of each pair of a combination and an earlier class that covers it: the combination,
    ascending.
    """
    earlier: Words = field(repr=False)
    """The earlier class of each pair."""


def meeting(
    labels: Words, values: Words, coverings: Sequence[Covering], new: Words, rows: Words
) -> Meeting:
    """Return the earlier classes that cover each combination.

    Classes are a tree by the labels of their columns, one after the other, so that a combination is
    compared with those alone whose labels cover it so far.

    Args:
        labels: The label of each earlier class, shape (classes, columns); no two classes are alike.
        values: The value of each combination, shape (combinations, columns).
        coverings: Per column which labels cover each value.
        new: The new class of each combination.
        rows: Rows of each combination.
    """
    levels, node = [], np.zeros(len(labels), np.int64)
    for at, one in enumerate(coverings):
        keys, node = np.unique(node * max(one.labels, 1) + labels[:, at], return_inverse=True)
        levels.append(keys)
    leaf = np.full(len(levels[-1]) if levels else 1, -1, np.int64)
    leaf[node] = np.arange(len(labels))
    pairs = [
        _met(values[start : start + _AT_ONCE], coverings, levels, start)
        for start in range(0, len(values), _AT_ONCE)
    ]
    combination = np.concatenate([np.zeros(0, np.int64), *(one for one, _ in pairs)])
    ends = np.concatenate([np.zeros(0, np.int64), *(other for _, other in pairs)])
    return Meeting(new, rows, combination, leaf[ends])


def _met(
    values: Words, coverings: Sequence[Covering], levels: Sequence[Words], start: int
) -> tuple[Words, Words]:
    """Return pairs of a combination and the leaf of a class that covers it."""
    which, node = np.arange(len(values)), np.zeros(len(values), np.int64)
    for at, (one, keys) in enumerate(zip(coverings, levels, strict=True)):
        value = values[which, at]
        of, place = spread(one.starts[value], np.diff(one.starts)[value])
        found = places(keys, node[of] * max(one.labels, 1) + one.covers[place])
        inside = found >= 0
        which, node = which[of[inside]], found[inside]
    return which + start, node
