"""Compares released rows with the real ones: how far distributions lie apart, and how much closer
real people are to the release than others are.

All of it tells of the real rows without noise: it is for their owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from anonymize.privacy.attacks import AttackColumn, Rate, closer, closest
from anonymize.privacy.synthetic.fit import Codes, Floats
from anonymize.privacy.utility.association import cramers_v
from anonymize.privacy.utility.distribution import total_variation

MOST_ROWS = 200_000
"""Rows of which pairs are compared; of more, so many are drawn."""
MOST_PEOPLE = 2_000
"""People with whom a release is attacked; of more, so many are drawn."""
MOST_RECORDS = 50_000
"""Released rows that are looked through for the closest one."""
_MOST_CELLS = 4_000_000


@dataclass(frozen=True)
class Likeness:
    """How far two tables lie apart: 0 is alike, 1 is nothing in common."""

    columns: tuple[float, ...]
    """Total variation distance of each column."""
    pairs: float | None
    """Mean total variation distance of pairs of columns; None with one column."""
    worst_pair: float | None
    """The largest."""
    associations: float | None
    """Mean difference of Cramér's V of pairs."""


@dataclass(frozen=True)
class Closeness:
    """How much a release tells attackers of who was in the data."""

    auc: Rate
    """How often somebody of the source is closer to the release than somebody who is not, equal
    distances half: 0.5 if nothing is learnt.
    """
    source_hit: float
    """Of the source's rows that no other row equals, the share that a released row equals."""
    control_hit: float
    """The same of the control set."""
    people: int = field(repr=False)
    """With how many of each the closest rows were looked for."""


def likeness(one: Codes, other: Codes, sizes: Sequence[int]) -> Likeness:
    """Return how far two tables of codes, shape (rows, columns), lie apart.

    Codes are below ``sizes``. Of more than `MOST_ROWS` rows pairs are compared by a sample.
    """
    columns = tuple(
        total_variation(_counts(one, at, size), _counts(other, at, size))
        for at, size in enumerate(sizes)
    )
    some = [_some(table, MOST_ROWS) for table in (one, other)]
    apart, changed = list[float](), list[float]()
    for a, b in combinations(range(len(sizes)), 2):
        first, second = (table[:, a] * sizes[b] + table[:, b] for table in some)
        cells, places = np.unique(np.concatenate([first, second]), return_inverse=True)
        before = np.bincount(places[: len(first)], minlength=len(cells)).astype(float)
        after = np.bincount(places[len(first) :], minlength=len(cells)).astype(float)
        apart.append(total_variation(before, after))
        if sizes[a] * sizes[b] <= _MOST_CELLS:
            shape = sizes[a], sizes[b]
            changed.append(abs(_strength(first, shape) - _strength(second, shape)))
    return Likeness(
        columns,
        float(np.mean(apart)) if apart else None,
        max(apart, default=None),
        float(np.mean(changed)) if changed else None,
    )


def closeness(
    released: Codes, source: Codes, control: Codes, numbers: Sequence[Floats | None]
) -> Closeness:
    """Return what attackers who know whole records learn of who was in the data.

    Args:
        released: The released rows, codes of shape (rows, columns).
        source: The real rows.
        control: Rows of people who are not among them.
        numbers: For columns of numbers the number of each code.
    """
    columns = [
        AttackColumn.same(str(at), [str(code) for code in range(int(most) + 1)], known)
        for at, (most, known) in enumerate(
            zip(np.concatenate([released, source, control]).max(axis=0), numbers, strict=True)
        )
    ]
    records = _some(np.unique(released, axis=0), MOST_RECORDS)
    near = [
        closest(columns, records, _some(people, MOST_PEOPLE, seed))
        for seed, people in enumerate((source, control))
    ]
    known = {row.tobytes() for row in np.unique(released, axis=0)}
    mine = {row.tobytes() for row in np.unique(source, axis=0)}
    lone = [row for row in _alone(control) if row.tobytes() not in mine]
    return Closeness(
        closer(*near),
        _share(known, list(_alone(source))),
        _share(known, lone),
        min(MOST_PEOPLE, len(source), len(control)),
    )


def halves(table: Codes) -> tuple[Codes, Codes]:
    """Return two halves of a table, drawn at random: what chance alone puts between two tables."""
    order = np.random.default_rng(0).permutation(len(table))
    middle = len(table) // 2
    return table[order[:middle]], table[order[middle:]]


def _counts(table: Codes, at: int, size: int) -> Floats:
    counted: Floats = np.bincount(table[:, at], minlength=size).astype(np.float64)
    return counted


def _some(table: Codes, most: int, seed: int = 0) -> Codes:
    if len(table) <= most:
        return table
    drawn: Codes = table[np.random.default_rng(seed).choice(len(table), most, replace=False)]
    return drawn


def _strength(cells: Codes, shape: tuple[int, int]) -> float:
    table = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)
    return cramers_v(table.astype(float))


def _alone(table: Codes) -> Codes:
    """Return the rows that no other row equals."""
    rows, counts = np.unique(table, axis=0, return_counts=True)
    found: Codes = np.ascontiguousarray(rows[counts == 1])
    return found


def _share(known: set[bytes], rows: Sequence[Codes]) -> float:
    return sum(row.tobytes() in known for row in rows) / len(rows) if len(rows) else 0.0
