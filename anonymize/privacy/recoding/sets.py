"""Recoding to sets of values, and to ranges where values have an order: a class's label for a
column is exactly the values that its rows have, so no hierarchy is needed and little is lost.

Classes are made where rows differ in few and cheap columns first: for each choice of columns that
may differ, rows that agree in the others are sorted by what differs and cut into classes as small
as the promise allows. Source of the idea: multidimensional recoding (LeFevre, DeWitt,
Ramakrishnan, "Mondrian", ICDE 2006); here classes may overlap, which its relaxed form allows.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.nearest import impossible
from anonymize.privacy.recoding.publish import Published, close_to_released
from anonymize.privacy.recoding.trees import Ints, Mask, Trees

_CHOICES = 1024
"""Number of choices of columns that are tried, cheapest first."""

_TARGETS = 16
"""Number of classes that are tried for a combination that is left."""


def sets(trees: Trees, judge: Judge, max_suppressed: float) -> Published:
    """Return the sets and ranges of each class.

    Raises:
        RecodingError: not even one class of all rows fulfils the promise.
    """
    number = np.full(trees.combinations, -1, np.int64)
    classes = 0
    for choice in _choices(trees, judge.promise.k):
        classes = _cut(trees, judge, number, choice, classes)
    number = _with_rest(trees, judge, number, max_suppressed)
    return _published(trees, number)


def widths(trees: Trees) -> Floats:
    """Return the loss of one more value in a set, per column, weighted."""
    values = np.array([max(tree.nodes.shape[1] - 1, 1) for tree in trees.columns])
    return np.asarray(trees.weights / values, np.float64)


def _choices(trees: Trees, k: int) -> list[tuple[int, ...]]:
    """Return sets of columns that may differ, by the loss of classes of ``k`` rows, dearest column
    first in each.
    """
    values = np.array([tree.nodes.shape[1] for tree in trees.columns])
    cost = (widths(trees) * np.minimum(values - 1, max(k - 1, 1))).tolist()
    columns = sorted(range(len(cost)), key=lambda at: (-cost[at], at))
    found: list[tuple[int, ...]] = []
    for size in range(len(columns) + 1):
        found.extend(itertools.islice(itertools.combinations(columns, size), _CHOICES))
    found.sort(key=lambda choice: (sum(cost[at] for at in choice), choice))
    every = tuple(columns)
    return [*[choice for choice in found if choice != every][: _CHOICES - 1], every]


def _cut(trees: Trees, judge: Judge, number: Ints, choice: tuple[int, ...], classes: int) -> int:
    """Make classes of free combinations that differ in ``choice`` alone; return the number of
    classes.
    """
    free = np.flatnonzero(number < 0)
    if not len(free):
        return classes
    codes = trees.codes[free].astype(np.int64)
    fixed = [at for at in range(len(trees.columns)) if at not in choice]
    key = np.zeros(len(free), np.int64)
    for at in fixed:
        key = key * (int(codes[:, at].max()) + 1) + codes[:, at]
        _, key = np.unique(key, return_inverse=True)
    size = judge.size[free]
    enough = np.bincount(key, weights=size)[key] >= judge.promise.k
    free, key, codes, size = free[enough], key[enough], codes[enough], size[enough]
    if not len(free):
        return classes
    order = np.lexsort([codes[:, at] for at in reversed(choice)] + [key])
    free, key, size = free[order], key[order], size[order]
    piece = _pieces(key, size, judge.promise.k)
    _, piece = np.unique(piece, return_inverse=True)
    count = int(piece.max()) + 1
    fine = judge.meets(free, piece, count)
    if judge.by_values and not fine.all():
        fine, piece = _wider(judge, free, piece, key, fine)
    keep = fine[piece]
    _, dense = np.unique(piece[keep], return_inverse=True)
    number[free[keep]] = classes + dense
    return classes + (int(dense.max()) + 1 if len(dense) else 0)


def _pieces(key: Ints, size: Ints, k: int) -> Ints:
    """Return a piece number for each row-aligned ``size``, ascending: within one ``key`` a piece
    ends as soon as it has ``k``.

    All keys advance together, one piece each per round.
    """
    total = np.cumsum(size)
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    ends = np.concatenate([starts[1:], [len(key)]])
    first = np.zeros(len(key), np.bool_)
    at = starts
    while len(at):
        first[at] = True
        before = total[at] - size[at]
        at = np.searchsorted(total, before + k) + 1
        inside = at < ends
        at, ends = at[inside], ends[inside]
    return np.cumsum(first) - 1


def _wider(judge: Judge, free: Ints, piece: Ints, key: Ints, fine: Mask) -> tuple[Mask, Ints]:
    """Return pieces that fail joined with their neighbours of the same key, twice as wide each
    time.
    """
    for _ in range(6):
        bad = ~fine[piece]
        if not bad.any():
            break
        # bad pieces pair up with the next bad piece of the same key
        found, place = np.unique(piece[bad], return_inverse=True)
        of = key[bad][np.unique(place, return_index=True)[1]]
        run = np.concatenate([[True], of[1:] != of[:-1]])
        begin = np.flatnonzero(run)[np.cumsum(run) - 1]
        pair = found - 0
        odd = (np.arange(len(found)) - begin) % 2 == 1
        pair[odd] = found[np.flatnonzero(odd) - 1]
        piece = piece.copy()
        piece[bad] = pair[place]
        _, piece = np.unique(piece, return_inverse=True)
        fine = judge.meets(free, piece, int(piece.max()) + 1)
    return fine, piece


def _with_rest(trees: Trees, judge: Judge, number: Ints, max_suppressed: float) -> Ints:
    """Return ``number`` with free combinations in the classes that they widen least."""
    left = np.flatnonzero(number < 0)
    if not len(left):
        return number
    number = number.copy()
    for combination in left.tolist():
        for target in _nearest(trees, judge, number, combination)[:_TARGETS].tolist():
            members = np.append(np.flatnonzero(number == target), combination)
            if judge.meets(members, np.zeros(len(members), np.int64), 1)[0]:
                number[combination] = target
                break
    lost = judge.rows[number < 0].sum()
    if lost <= max_suppressed * judge.rows.sum() and close_to_released(judge, number[:, None]):
        return number
    return _joined(trees, judge, number, max_suppressed)


def _joined(trees: Trees, judge: Judge, number: Ints, max_suppressed: float) -> Ints:
    """Return ``number`` with all free combinations as one class, with as many of the nearest
    classes as it needs to fulfil the promise.
    """
    free = number < 0
    nearest = _nearest(trees, judge, number, int(np.flatnonzero(free)[0])).tolist()
    member: Mask = free.copy()
    for class_ in [*nearest, -1]:
        members = np.flatnonzero(member)
        if judge.meets(members, np.zeros(len(members), np.int64), 1)[0]:
            number = number.copy()
            number[members] = int(number.max()) + 1
            return number
        member |= number == class_
    raise impossible(trees, judge, max_suppressed)


def _nearest(trees: Trees, judge: Judge, number: Ints, combination: int) -> Ints:
    """Return the classes by the loss that ``combination`` adds to them."""
    classes = int(number.max(initial=-1)) + 1
    inside = np.flatnonzero(number >= 0)
    rows = np.bincount(number[inside], weights=judge.rows[inside], minlength=classes)
    more = np.zeros(classes)
    for column, width in enumerate(widths(trees).tolist()):
        same = trees.codes[inside, column] == trees.codes[combination, column]
        has = np.bincount(number[inside], weights=same, minlength=classes) > 0
        more += np.where(has, 0, width)
    return np.argsort(np.where(rows > 0, more * rows, np.inf), kind="stable")


def _published(trees: Trees, number: Ints) -> Published:
    cells = np.full((len(number), len(trees.columns)), -1, np.int64)
    inside = np.flatnonzero(number >= 0)
    labels, losses = [], []
    for column, tree in enumerate(trees.columns):
        values = tree.nodes.shape[1]
        rank, names = _ordered(tree.order, tree.labels[:values])
        pairs = np.unique(number[inside] * values + rank[trees.codes[inside, column]])
        of, place = pairs // values, pairs % values
        starts = np.flatnonzero(np.concatenate([[True], of[1:] != of[:-1]]))
        pieces = np.split(place, starts[1:])
        known: dict[tuple[int, ...], int] = {}
        numbers = np.full(int(number.max(initial=-1)) + 1, -1, np.int64)
        for class_, piece in zip(of[starts].tolist(), pieces, strict=True):
            ends = piece if tree.order is None else piece[[0, -1]]
            numbers[class_] = known.setdefault(tuple(ends.tolist()), len(known))
        cells[inside, column] = numbers[number[inside]]
        labels.append([_label(key, names, tree.order is not None) for key in known])
        losses.append(
            np.array([_size(key, tree.order is not None) for key in known]) / max(values - 1, 1)
        )
    return Published(cells, tuple(labels), tuple(losses))


def _ordered(order: Floats | None, labels: tuple[str | None, ...]) -> tuple[Ints, list[Any]]:
    """Return each value's place in the order, and the labels by place."""
    place = np.arange(len(labels)) if order is None else np.argsort(order, kind="stable")
    rank = np.empty(len(place), np.int64)
    rank[place] = np.arange(len(place))
    return rank, [labels[at] for at in place.tolist()]


def _size(key: tuple[int, ...], ordered: bool) -> int:
    return key[-1] - key[0] if ordered else len(key) - 1


def _label(key: tuple[int, ...], names: list[Any], ordered: bool) -> str | None:
    """Return the value itself, a range ``30–39``, or a set ``{A, B}``. A missing value, which comes
    last in an order, is named: ``30–39 or missing``.
    """
    if key[0] == key[-1]:
        return names[key[0]]  # type: ignore[no-any-return]
    if not ordered:
        members = sorted((names[at] for at in key), key=_place_in_a_set)
        return "{" + ", ".join(map(_member, members)) + "}"
    first, last = key[0], key[-1]
    if names[last] is not None:
        return f"{names[first]}–{names[last]}"
    last -= 1
    known = names[first] if first == last else f"{names[first]}–{names[last]}"
    return f"{known} or missing"


def _place_in_a_set(value: str | None) -> tuple[bool, str, str]:
    """Return by what members of a set are sorted: as people sort them, a missing one last."""
    return value is None, (value or "").casefold(), value or ""


def _member(value: str | None) -> str:
    """Return a value as it stands in a set: in quotes if it could be taken for two, or for one that
    is missing.
    """
    if value is None:
        return "missing"
    plain = value != "missing" and not any(sign in value for sign in ',{}"')
    return value if plain else '"' + value.replace('"', '""') + '"'
