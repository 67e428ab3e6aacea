"""Writes people's rows in a release's own labels, as an attacker would who looks for them there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from anonymize.privacy.attacks.columns import AttackColumn, Ints

_AT_ONCE = 1 << 25
"""Pairs of a class and a person that are compared at a time: 32 MiB."""


def narrowest(columns: Sequence[AttackColumn], published: Ints, people: Ints) -> Ints:
    """Return, for each person, the row of ``published`` that the attacker looks at: one whose cells
    all cover the person's values, with the least width; -1 if no row covers them.

    Equal people get the same row. ``published`` and ``people`` are codes of ``columns``, shape
    (rows, columns).
    """
    classes, first = np.unique(published, axis=0, return_index=True)
    width = sum(column.width[classes[:, at]] for at, column in enumerate(columns))
    order = np.argsort(width, kind="stable")
    classes, first = classes[order], first[order]
    distinct, back = np.unique(people, axis=0, return_inverse=True)
    found = np.full(len(distinct), -1, np.int64)
    step = max(1, _AT_ONCE // max(1, len(classes)))
    for start in range(0, len(distinct), step):
        some = distinct[start : start + step]
        covered = np.ones((len(classes), len(some)), np.bool_)
        for at, column in enumerate(columns):
            covered &= column.covering(classes[:, at], some[:, at])
        at_first = covered.argmax(axis=0)
        there = covered[at_first, np.arange(len(some))]
        found[start : start + step] = np.where(there, first[at_first], -1)
    return found[back.reshape(-1)]


def written_as_published(
    columns: Sequence[AttackColumn], published: Ints, people: Ints
) -> list[npt.NDArray[np.object_]]:
    """Return each column's text for each of ``people``: the labels of the narrowest row that covers
    them. Where no row does, the narrowest label of each column by itself that covers the value, or
    the value's own text.
    """
    row = narrowest(columns, published, people)
    made = []
    for at, column in enumerate(columns):
        alone = _alone(column, np.unique(published[:, at]))[people[:, at]]
        labels = np.array([*column.labels, None], object)
        made.append(np.where(row >= 0, labels[published[row, at]], alone))
    return made


def _alone(column: AttackColumn, used: Ints) -> npt.NDArray[np.object_]:
    """Return the text of each value if its column is looked at alone."""
    texts = np.array([*column.values, None], object)[:-1]
    if column.covers is None:
        return texts
    order = used[np.argsort(column.width[used], kind="stable")]
    covers = column.covers[order]
    labels = np.array([*column.labels, None], object)
    return np.where(covers.any(axis=0), labels[order[covers.argmax(axis=0)]], texts)
