"""The distinct values of one column of a source, as hashes, to compare with those of another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arrow.sorted_unique import sorted_unique
from anonymize.keys import Secret
from anonymize.keys.primitives.cmac import Mac, tags_of
from anonymize.policy.actions import Normalization
from anonymize.transform.normalize import normalized

LONGEST = 64
"""Maximum code points of an id."""
KEPT = 1 << 18
"""Number of distinct values kept per column: those with the smallest hashes, so that all columns
keep the same values.
"""
DENSE = 0.2
"""Share of the integers of a range from which a column holds others' numbers by chance."""
WIDEST = 1 << 16
"""Number of integers in a range up to which each is looked up."""
_NUMBER = r"^-?[0-9]{1,18}$"
_ALL = 2**64 - 1
Hashes = npt.NDArray[np.uint64]


class _Distinct:
    """Hashes of distinct texts: all, or the smallest `KEPT`."""

    def __init__(self) -> None:
        self.hashes: Hashes = np.zeros(0, np.uint64)
        self.whole = True

    def add(self, texts: pa.Array) -> None:
        """Add texts."""
        hashes = _hashes(texts)
        if not self.whole:  # only smaller hashes than those kept can still be kept
            hashes = hashes[hashes < self.hashes[-1]]
        merged = sorted_unique(np.concatenate([self.hashes, hashes]))
        self.whole &= len(merged) <= KEPT
        self.hashes = merged[:KEPT]

    @property
    def reach(self) -> int:
        """Return the hash up to which every value was kept."""
        return _ALL if self.whole else int(self.hashes[-1])

    @property
    def count(self) -> int:
        """Return the number of distinct texts; an estimate if not all hashes were kept."""
        return len(self.hashes) if self.whole else round(len(self.hashes) * _ALL / self.reach)

    def share_in(self, other: _Distinct) -> tuple[int, float]:
        """Return how many texts ``other`` holds too, and their share; of those that both kept."""
        mine = self.hashes[self.hashes <= np.uint64(min(self.reach, other.reach))]
        common = int(np.isin(mine, other.hashes, assume_unique=True).sum())
        return common, common / max(1, len(mine))


class IdValues:
    """The distinct values of one column, as they are and without what spellings differ in."""

    def __init__(self, *, folded: bool = False) -> None:
        """Start without values; ``folded`` if case never counts, as in e-mail addresses."""
        self._exact = _Distinct()
        self._loose: _Distinct | None = None  # None while it would hold what ``_exact`` holds
        self._folded = folded
        self._lowest, self._highest, self._numbers = 0, 0, True
        self._padded = False
        self._usable = True
        self.shortest = LONGEST
        """Code points of the shortest value."""

    @property
    def count(self) -> int:
        """Return the number of distinct values; an estimate above `KEPT`."""
        return self._exact.count

    @property
    def usable(self) -> bool:
        """Return False if a value was too long for an id: they are not counted then."""
        return self._usable

    def add(self, distinct: pa.Array) -> None:
        """Add distinct texts, without null."""
        if not self._usable or not len(distinct):
            return
        lengths = pc.min_max(pc.utf8_length(distinct)).as_py()
        self.shortest = min(self.shortest, lengths["min"])
        if lengths["max"] > LONGEST:
            self._usable = False
            return
        if self._folded:
            distinct = pc.unique(normalized(distinct, "fold"))
        self._add_loose(distinct)
        self._exact.add(distinct)
        self._bound(distinct)

    def _add_loose(self, distinct: pa.Array) -> None:
        loose = normalized(distinct, "number")
        if self._loose is None:
            if loose.equals(distinct):
                return
            self._loose = _Distinct()
            self._loose.hashes, self._loose.whole = self._exact.hashes, self._exact.whole
        self._padded |= not loose.equals(normalized(distinct, "fold"))
        self._loose.add(loose)

    def _bound(self, distinct: pa.Array) -> None:
        if self._numbers and pc.all(pc.match_substring_regex(distinct, _NUMBER)).as_py():
            bounds = pc.min_max(distinct.cast(pa.int64())).as_py()
            self._lowest = min(self._lowest or bounds["min"], bounds["min"])
            self._highest = max(self._highest, bounds["max"])
        else:
            self._numbers = False

    def held_by(self, other: IdValues, least: float, fewest: int) -> Normalization | None:
        """Return the normalization by which ``other`` holds at least a share ``least`` and a number
        ``fewest`` of the values; None if none does.

        A spelling that two different ids of one column share is not ignored.
        """
        if not (self._usable and other._usable):
            return None
        common, share = self._exact.share_in(other._exact)
        if common >= fewest and share >= least:
            return "exact"
        if (self._loose is None and other._loose is None) or self._merges or other._merges:
            return None
        common, share = self._loosely.share_in(other._loosely)
        if common < fewest or share < least:
            return None
        return "number" if self._padded or other._padded else "fold"

    def lies_in_a_range_of(self, other: IdValues) -> bool:
        """Return True if both hold whole numbers, and ``other`` holds a large share of those
        between the smallest and the largest here: then most of these are among them by chance.
        """
        if not (self._numbers and other._numbers):
            return False
        span = self._highest - self._lowest + 1
        if span > WIDEST:
            return other.count > DENSE * (other._highest - other._lowest + 1)
        every = pa.array(range(self._lowest, self._highest + 1)).cast(pa.string())
        between = _Distinct()
        between.add(every)
        return between.share_in(other._loosely)[1] > DENSE

    @property
    def _loosely(self) -> _Distinct:
        return self._exact if self._loose is None else self._loose

    @property
    def _merges(self) -> bool:
        loose = self._loosely
        return loose.whole and self._exact.whole and loose.count < self._exact.count


def _hashes(texts: pa.Array) -> Hashes:
    """Return 64 bits for each text. The key is no secret: the hashes stay in this process, and the
    same source gives the same draft.
    """
    tags = tags_of(Mac(Secret(bytes(16))), texts)
    return np.ascontiguousarray(tags[:, :8]).view(np.uint64).ravel()
