"""Turns cells into what is published, and checks it again from that alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from anonymize.privacy.coded import Floats, Recoding
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.leftovers import classes_of
from anonymize.privacy.recoding.numbering import numbered
from anonymize.privacy.recoding.trees import Ints


class BrokenPromiseError(AssertionError):
    """The result does not fulfil the promise: a defect of the recoding, nothing is published."""


@dataclass(frozen=True)
class Published:
    """A label per combination and column; -1 throughout for suppressed combinations."""

    cells: Ints = field(repr=False)
    labels: tuple[Sequence[Any], ...] = field(repr=False)
    """Per column the label of each cell number."""
    losses: tuple[Floats, ...] = field(repr=False)
    """Per column the loss of each cell number."""


def by_label(made: Published) -> tuple[Ints, tuple[tuple[Any, ...], ...]]:
    """Return ``made`` with one number for each label in use, and the labels."""
    cells = made.cells.copy()
    kept = cells[:, 0] >= 0
    labels = []
    for column, names in enumerate(made.labels):
        where, first = numbered(made.cells[kept, column])
        used = made.cells[kept, column][first]
        numbers: dict[Any, int] = {}
        place = [numbers.setdefault(names[cell], len(numbers)) for cell in used.tolist()]
        cells[kept, column] = np.array(place, np.int64)[where]
        labels.append(tuple(numbers))
    return cells, tuple(labels)


def recoding_of(made: Published, judge: Judge, order: Ints, max_suppressed: float) -> Recoding:
    """Return the recoding, with combinations in the order in which they were given.

    Args:
        made: What is published for each combination, in canonical order.
        judge: Judges classes, in canonical order.
        order: The position in the caller's order of each combination.
        max_suppressed: The highest share of suppressed rows.

    Raises:
        BrokenPromiseError: a class, counted by its published labels, breaks the promise.
    """
    cells, labels = by_label(made)
    kept = cells[:, 0] >= 0
    check(judge, cells, max_suppressed)
    rows = judge.rows.astype(np.float64)
    loss = np.ones(len(cells))
    loss[kept] = 0.0
    for column, losses in enumerate(made.losses):
        loss[kept] += losses[made.cells[kept, column]] / len(made.losses)
    back = np.empty(cells.shape, np.int32)
    back[order] = np.where(kept[:, None], cells, 0)
    kept_back = np.empty(len(kept), np.bool_)
    kept_back[order] = kept
    total = max(float(rows.sum()), 1.0)
    return Recoding(
        back,
        labels,
        kept_back,
        float((loss * rows).sum() / total),
        int(rows[~kept].sum()),
    )


def check(judge: Judge, cells: Ints, max_suppressed: float) -> None:
    """Refuse what does not fulfil the promise, from the published labels alone.

    Closeness is checked against the whole table and against the released rows.
    """
    number, found = classes_of(cells)
    inside = np.flatnonzero(number >= 0)
    if not judge.meets(inside, number[inside], len(found)).all():
        raise BrokenPromiseError("internal error: a published class breaks the promise")
    lost = int(judge.rows[number < 0].sum())
    if lost > max_suppressed * int(judge.rows.sum()) + 1e-9:
        raise BrokenPromiseError("internal error: more rows are suppressed than allowed")
    if not close_to_released(judge, cells):
        raise BrokenPromiseError("internal error: a class is not close to the released rows")


def close_to_released(judge: Judge, cells: Ints) -> bool:
    """Return True if every class is close enough to the released rows, or that is not asked for."""
    limit = judge.promise.t
    inside = np.flatnonzero(cells[:, 0] >= 0)
    if limit is None or not len(inside) or len(inside) == len(cells):
        return True
    number, found = classes_of(cells)
    for column in judge.sensitive:
        released, _ = column.histogram(inside, np.zeros(len(inside), np.int64), 1)
        counts, _ = column.histogram(inside, number[inside], len(found))
        if (column.distances(counts, released.together()) > limit + 1e-9).any():
            return False
    return True
