"""The classes that may be published: all others are suppressed, those that nobody counted among
them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from anonymize.privacy.digests import ClassDigests, Words


@dataclass(frozen=True)
class AllowedClasses:
    """Keyed digests of the classes that hold enough people, and what the count of the whole table
    was.
    """

    high: Words = field(repr=False)
    """First halves of the digests, rising."""
    low: Words = field(repr=False)
    """Second halves, in the same order."""
    rows: int
    """Rows counted."""
    rows_in_small: int
    """Rows of classes that are not allowed."""

    @classmethod
    def of(cls, classes: ClassDigests, *, rows: int, rows_in_small: int) -> AllowedClasses:
        """Return the list of ``classes``, in whatever order they are."""
        order = np.lexsort((classes.low, classes.high))
        return cls(classes.high[order], classes.low[order], rows, rows_in_small)

    def holds(self, classes: ClassDigests) -> pa.BooleanArray:
        """Return which of ``classes`` are on the list: never one that was not counted."""
        known = np.zeros(len(classes.high), np.bool_)
        at = np.searchsorted(self.high, classes.high)
        left = np.arange(len(known))
        while len(left):
            inside = left[at[left] < len(self.high)]
            left = inside[
                self.high[at[inside]] == classes.high[inside]
            ]  # halves that repeat follow each other
            found = self.low[at[left]] == classes.low[left]
            known[left[found]] = True
            left = left[~found]
            at[left] += 1
        return pa.array(known)
