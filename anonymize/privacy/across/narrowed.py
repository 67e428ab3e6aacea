"""How far two releases together narrow a person's sensitive value.

Sources: intersection, or composition, attack: Ganta, Kasiviswanathan, Smith, "Composition attacks
and auxiliary information in data privacy", KDD 2008. Signatures: m-invariance, Xiao and Tao,
"m-invariance: towards privacy preserving re-publication of dynamic datasets", SIGMOD 2007.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from anonymize.privacy.across.meeting import Meeting
from anonymize.privacy.across.release import Mask, Release, ValueSets, distinct, spread
from anonymize.privacy.digests import Words


@dataclass(frozen=True)
class Narrowed:
    """What is known of targets together; a target is a person in both, or rows of one combination.
    Arrays have the shape (targets,).
    """

    size: Words = field(repr=False)
    """Number of people, or rows, of each target."""
    narrowed: Mask = field(repr=False)
    """Fewer values are possible than ``l`` promises, and fewer than by either release alone."""
    known: Mask = field(repr=False)
    """One value is possible, and more by either release alone."""
    already: Mask = field(repr=False)
    """Fewer than promised are possible, and the earlier release says so by itself."""
    changed: Mask | None = field(repr=False)
    """The class has another set of values; None where nobody can be matched."""


def narrowed_people(old: Release, new: Release, needs: Sequence[int]) -> Narrowed:
    """Return what is known of the people who are in both releases, by the sets of values of their
    classes. Persons have the same numbers in both.

    The attacker knows the quasi-identifiers of somebody, that they are in both releases, and that
    their value is the same. Whoever is in several classes of a release is looked at in each pair.

    Args:
        old: The earlier release.
        new: The new one.
        needs: Per sensitive column the least number of values that must be possible.
    """
    person, mine, others = _both(old, new)
    pairs, where = np.unique(mine * new.classes + others, return_inverse=True)
    earlier, later = pairs // max(new.classes, 1), pairs % max(new.classes, 1)
    flags = np.zeros((4, len(pairs)), np.bool_)
    for before, after, need in zip(old.values, new.values, needs, strict=True):
        width = int(max(before.max(initial=0), after.max(initial=0))) + 1
        was = ValueSets.of(old.of, before, old.classes, width)
        is_ = ValueSets.of(new.of, after, new.classes, width)
        flags |= _flags(was, earlier, is_, later, need)
    people, at = np.unique(person, return_inverse=True)
    told = np.zeros((4, len(people)), np.bool_)
    for kind in range(4):
        np.logical_or.at(told[kind], at, flags[kind][where])
    return Narrowed(np.ones(len(people), np.int64), *told)


def narrowed_rows(old: Release, new: Release, met: Meeting, needs: Sequence[int]) -> Narrowed:
    """Return what is known of whoever has the quasi-identifiers of a row, where people are not
    matched: the values of the new class that a class of the earlier release has whose labels cover
    these quasi-identifiers.

    Combinations of one new class with the same earlier classes are one target.
    """
    drawn = np.random.default_rng(7).integers(1, 2**63, max(old.classes, 1), dtype=np.uint64)
    first = np.searchsorted(met.combination, np.arange(len(met.new) + 1))
    held = np.flatnonzero(np.diff(first))  # those that a class of the earlier release covers
    sums = np.concatenate([[np.uint64(0)], np.cumsum(drawn[met.earlier], dtype=np.uint64)])
    mark = (sums[first[held + 1]] - sums[first[held]]).view(np.int64)
    marks, code = np.unique(mark, return_inverse=True)
    _, chosen, at = np.unique(
        met.new[held] * max(len(marks), 1) + code, return_index=True, return_inverse=True
    )
    group = held[chosen]
    size = np.bincount(at, weights=met.rows[held], minlength=len(group)).astype(np.int64)
    target, place = spread(first[group], np.diff(first)[group])
    earlier, later = met.earlier[place], met.new[group]
    flags = np.zeros((4, len(group)), np.bool_)
    for before, after, need in zip(old.values, new.values, needs, strict=True):
        width = int(max(before.max(initial=0), after.max(initial=0))) + 1
        was = ValueSets.of(old.of, before, old.classes, width)
        of, at_value = spread(was.starts[earlier], was.sizes[earlier])
        union = ValueSets.of(target[of], was.keys[at_value] % width, len(group), width)
        is_ = ValueSets.of(new.of, after, new.classes, width)
        flags |= _flags(union, np.arange(len(group)), is_, later, need)
    return Narrowed(size, flags[0], flags[1], flags[2], None)


def _flags(was: ValueSets, earlier: Words, is_: ValueSets, later: Words, need: int) -> Mask:
    """Return narrowed, known, already and changed of each pair of classes."""
    common = was.common(earlier, is_, later)
    before, after = was.sizes[earlier], is_.sizes[later]
    possible = common > 0  # with none, the value changed or the person is somebody else
    less = possible & (common < after) & (common < before)
    already = possible & (common < need) & (common == before) & (common < after)
    changed = (common != before) | (common != after)
    return np.stack([less & (common < need), less & (common == 1), already, changed])


def _both(old: Release, new: Release) -> tuple[Words, Words, Words]:
    """Return each person in both with a class of each, every pair of them once."""
    person, class_ = old.memberships()
    mine, others = new.memberships()
    start = np.searchsorted(person, mine)
    count = np.searchsorted(person, mine, side="right") - start
    at, place = spread(start, count)
    return mine[at], class_[place], others[at]


def joined(old: Release, new: Release, k: int) -> Words:
    """Return the people whom ids that both releases publish put into a group of fewer than ``k``:
    those who are in the same class of each, fewer than either class has.

    Who joins rows by their ids knows of a person's row both classes.
    """
    person, mine, others = _both(old, new)
    _, at, count = np.unique(mine * new.classes + others, return_inverse=True, return_counts=True)
    size = np.minimum(_people(old)[mine], _people(new)[others])
    return distinct(person[(count[at] < k) & (count[at] < size)])


def _people(release: Release) -> Words:
    """Return the number of people of each class."""
    return np.bincount(release.memberships()[1], minlength=release.classes)
