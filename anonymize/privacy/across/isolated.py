"""Who is singled out by the difference of counts between two releases.

Sources: differencing of tables, Hundepool et al., "Statistical Disclosure Control", 2012, 5.2;
Byun, Sohn, Bertino, Li, "Secure anonymization for incremental datasets", SDM 2006.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from anonymize.privacy.across.meeting import Meeting
from anonymize.privacy.across.release import Mask, Release, distinct, holds, spread
from anonymize.privacy.digests import Words


@dataclass(frozen=True)
class Regions:
    """Unions of classes of both releases that hold the same people, if nobody came or went."""

    count: int
    old: tuple[Words, Words] = field(repr=False)
    """Region and earlier class, of each that is part of one."""
    new: tuple[Words, Words] = field(repr=False)
    """Region and new class."""


def isolated(old: Release, new: Release, met: Meeting, same: tuple[Words, Words], k: int) -> int:
    """Return how many people, or rows, are in a difference of fewer than ``k``.

    Compared are the smallest unions of classes that cover one another, and classes with the same
    labels in both. A union's difference is of its number of people, and of the number with each
    sensitive value: who is known to have come or gone is among those by which it grew or shrank.

    Args:
        old: The earlier release.
        new: The new one.
        met: Which classes cover one another.
        same: Earlier and new classes with the same labels.
        k: The least number of people.
    """
    unions, pairs = _unions(old, new, met), _alike(old, new, same)
    of_unions, of_pairs = _differences(old, new, unions, k), _differences(old, new, pairs, k)
    inside = np.zeros(unions.count, np.bool_)  # what a pair in it tells is not counted twice
    union_of = np.full(old.classes, -1, np.int64)
    union_of[unions.old[1]] = unions.old[0]
    told = union_of[pairs.old[1][of_pairs[pairs.old[0]] > 0]]
    inside[told[told >= 0]] = True
    return int(of_pairs.sum() + of_unions[~inside].sum())


def _unions(old: Release, new: Release, met: Meeting) -> Regions:
    """Return the connected unions of classes that have a combination in common."""
    edges = distinct(met.earlier * new.classes + met.new[met.combination])
    earlier, later = edges // max(new.classes, 1), edges % max(new.classes, 1) + old.classes
    root = _components(old.classes + new.classes, earlier, later)
    used = np.zeros(len(root), np.bool_)
    used[earlier] = used[later] = True
    found, region = np.unique(root[used], return_inverse=True)
    at = np.flatnonzero(used)
    is_old = at < old.classes
    return Regions(
        len(found), (region[is_old], at[is_old]), (region[~is_old], at[~is_old] - old.classes)
    )


def _components(count: int, one: Words, other: Words) -> Words:
    """Return the least node that each of ``count`` nodes is connected with."""
    root = np.arange(count)
    while True:
        least = np.minimum(root[one], root[other])
        before = root.copy()
        np.minimum.at(root, root[one], least)
        np.minimum.at(root, root[other], least)
        root = root[root]
        if (root == before).all():
            return root


def _alike(old: Release, new: Release, same: tuple[Words, Words]) -> Regions:
    """Return classes with the same labels. Where people are matched, only those that somebody left
    or joined who is not in the other release: others moved between classes that overlap.
    """
    earlier, later = same
    if old.who is None or new.who is None:
        at = np.arange(len(earlier))
        return Regions(len(at), (at, earlier), (at, later))
    gone, come = ~holds(distinct(new.who), old.who), ~holds(distinct(old.who), new.who)
    if not gone.all():
        moved = np.bincount(old.of[gone], minlength=old.classes)[earlier] > 0
        moved |= np.bincount(new.of[come], minlength=new.classes)[later] > 0
        moved |= _other_values(old, new)[later]
        earlier, later = earlier[moved], later[moved]
    at = np.arange(len(earlier))
    return Regions(len(at), (at, earlier), (at, later))


def _other_values(old: Release, new: Release) -> Mask:
    """Return which new classes hold somebody in both releases who has another value now."""
    assert old.who is not None
    assert new.who is not None
    found = np.zeros(new.classes, np.bool_)
    shared = holds(distinct(old.who), new.who)
    for before, after in zip(old.values, new.values, strict=True):
        width = int(max(before.max(initial=0), after.max(initial=0))) + 1
        was, is_ = distinct(old.who * width + before), new.who * width + after
        found[new.of[shared & ~holds(was, is_)]] = True
    return found


def _differences(old: Release, new: Release, regions: Regions, k: int) -> Words:
    """Return per region how many are in a difference of fewer than ``k``."""
    gone, come = np.zeros((2, regions.count), np.int64)
    columns: list[tuple[Words | None, Words | None]] = [(None, None)]
    columns += list(zip(old.values, new.values, strict=True))
    for before, after in columns:
        lost, won = _by_value(old, new, regions, before, after)
        gone = np.maximum(gone, np.where(lost < k, lost, 0))
        come = np.maximum(come, np.where(won < k, won, 0))
    return gone + come


def _by_value(
    old: Release, new: Release, regions: Regions, before: Words | None, after: Words | None
) -> tuple[Words, Words]:
    """Return per region by how many its values became fewer, and by how many more, in all."""
    width = 1
    if before is not None and after is not None:
        width = int(max(before.max(initial=0), after.max(initial=0))) + 1
    was = _counted(old, regions.old, before, width)
    is_ = _counted(new, regions.new, after, width)
    keys, at = np.unique(np.concatenate([was[0], is_[0]]), return_inverse=True)
    change = np.bincount(at[len(was[0]) :], weights=is_[1], minlength=len(keys))
    change -= np.bincount(at[: len(was[0])], weights=was[1], minlength=len(keys))
    region = keys // width
    lost = np.bincount(region, weights=np.maximum(-change, 0), minlength=regions.count)
    won = np.bincount(region, weights=np.maximum(change, 0), minlength=regions.count)
    return lost.astype(np.int64), won.astype(np.int64)


def _counted(
    release: Release, members: tuple[Words, Words], values: Words | None, width: int
) -> tuple[Words, Words]:
    """Return region × ``width`` + value, and the number of people, or rows, with it."""
    region, class_ = members
    order = np.argsort(release.of, kind="stable")
    starts = np.searchsorted(release.of[order], np.arange(release.classes + 1))
    at, place = spread(starts[class_], np.diff(starts)[class_])
    line = order[place]
    keys = region[at] * width + (0 if values is None else values[line])
    if release.who is None:
        found, where = np.unique(keys, return_inverse=True)
        return found, np.bincount(where, weights=release.rows[line], minlength=len(found))
    people = release.people
    each = distinct(keys * people + release.who[line]) // people
    found = distinct(each)
    ends = np.searchsorted(each, found, side="right")
    return found, np.diff(ends, prepend=0)
