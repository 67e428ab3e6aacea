"""Bounds what one person contributes: so many groups, and so many rows in each."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Kept:
    """Rows that stay."""

    rows: Ints = field(repr=False)
    """Positions of the rows, in no order."""
    firsts: Ints = field(repr=False)
    """Positions of one row for each person and group that stay."""


def bounded(people: Ints, groups: Ints, most_groups: int, most_rows: int) -> Kept:
    """Return the rows that stay if each person has at most ``most_groups`` groups, and at most
    ``most_rows`` rows in each; which ones is drawn at random for each person by itself.

    ``people`` and ``groups`` are n numbers each. What is drawn for one person depends on no other,
    so that adding or removing all rows of a person changes that person's rows alone. 10 M rows need
    about 0.6 GB.
    """
    chance = np.random.default_rng(secrets.randbits(128))
    order = np.lexsort((chance.random(len(people)), groups, people))
    by_person, by_group = people[order], groups[order]
    new = np.ones(len(order), np.bool_)
    new[1:] = (by_person[1:] != by_person[:-1]) | (by_group[1:] != by_group[:-1])
    starts = np.flatnonzero(new)
    pair = np.cumsum(new) - 1
    # a pair's rank among its person's pairs, in an order drawn at random
    persons = by_person[starts]
    drawn = np.lexsort((chance.random(len(starts)), persons))
    rank = np.empty(len(starts), np.int64)
    rank[drawn] = _ranks(persons[drawn])
    stays = rank < most_groups
    in_pair = np.arange(len(order)) - starts[pair] if len(order) else pair
    rows = order[stays[pair] & (in_pair < most_rows)] if len(order) else order
    return Kept(rows, order[starts[stays]])


def _ranks(persons: Ints) -> Ints:
    """Return each position's rank in its run of equal numbers, from 0."""
    places = np.arange(len(persons))
    new = np.ones(len(persons), np.bool_)
    new[1:] = persons[1:] != persons[:-1]
    return places - np.maximum.accumulate(np.where(new, places, 0))
