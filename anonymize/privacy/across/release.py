"""One release as integer codes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from anonymize.privacy.digests import Words

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Release:
    """The rows of a release, counted by class, person and sensitive values. Row-aligned arrays."""

    classes: int
    """Number of classes."""
    of: Words = field(repr=False)
    """Class of each, 0 to ``classes - 1``."""
    who: Words | None = field(repr=False)
    """Person of each, as small numbers from 0; None if rows are counted. Rows of nobody are left
    out.
    """
    rows: Words = field(repr=False)
    """Number of rows of each."""
    values: tuple[Words, ...] = field(repr=False)
    """Per sensitive column the code of the value of each; the same code in both releases."""

    @property
    def people(self) -> int:
        """Return a number that no person reaches."""
        return 1 if self.who is None else int(self.who.max(initial=0)) + 1

    def memberships(self) -> tuple[Words, Words]:
        """Return person and class, each pair once, by person."""
        assert self.who is not None
        keys = distinct(self.who * self.classes + self.of)
        return keys // max(self.classes, 1), keys % max(self.classes, 1)


@dataclass(frozen=True)
class ValueSets:
    """The different values of each class, as sorted keys."""

    keys: Words = field(repr=False)
    """class × ``width`` + value, ascending."""
    starts: Words = field(repr=False)
    """Where each class begins, shape (classes + 1,)."""
    width: int

    @classmethod
    def of(cls, classes: Words, values: Words, count: int, width: int) -> ValueSets:
        """Return the sets of ``count`` classes, of values below ``width``."""
        keys = distinct(classes * width + values)
        return cls(keys, np.searchsorted(keys, np.arange(count + 1) * width), width)

    @property
    def sizes(self) -> Words:
        """Return the number of different values of each class."""
        return np.diff(self.starts)

    def common(self, mine: Words, other: ValueSets, others: Words) -> Words:
        """Return, for each pair of a class of these and one of ``other``, how many values both
        have. Shape (pairs,).
        """
        found = np.empty(len(mine), np.int64)
        for at in range(0, len(mine), _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            pair, place = spread(self.starts[mine[some]], self.sizes[mine[some]])
            keys = others[some][pair] * self.width + self.keys[place] % self.width
            found[some] = np.bincount(
                pair, weights=holds(other.keys, keys), minlength=len(mine[some])
            )
        return found


_AT_ONCE = 1 << 18


def distinct(keys: Words) -> Words:
    """Return the different ``keys``, ascending. Sorting takes a third of the time of `np.unique`,
    which hashes integers first.
    """
    ordered = np.sort(keys)
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def spread(starts: Words, sizes: Words) -> tuple[Words, Words]:
    """Return, for pieces of an array, the number of the piece and the place of each element."""
    piece = np.repeat(np.arange(len(starts)), sizes)
    within = np.arange(len(piece)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return piece, starts[piece] + within


def holds(sorted_keys: Words, keys: Words) -> Mask:
    """Return which of ``keys`` are among ``sorted_keys``."""
    return places(sorted_keys, keys) >= 0


def places(sorted_keys: Words, keys: Words) -> Words:
    """Return where each of ``keys`` is in ``sorted_keys``; -1 for one that is not."""
    if not len(sorted_keys):
        return np.full(len(keys), -1, np.int64)
    at = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return np.where(sorted_keys[at] == keys, at, -1)
