"""The classes that may be published. All others are suppressed, including those that were never
counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from anonymize.privacy.digests import ClassDigests, Words


@dataclass(frozen=True)
class AllowedClasses:
    """Keyed digests of the classes with enough people, and the totals of the table's count."""

    high: Words = field(repr=False)
    """First halves of the digests, ascending."""
    low: Words = field(repr=False)
    """Second halves, in the same order."""
    rows: int
    """Rows counted."""
    rows_in_small: int
    """Rows of classes that are not allowed."""

    @classmethod
    def of(cls, classes: ClassDigests, *, rows: int, rows_in_small: int) -> AllowedClasses:
        """Return the list of ``classes``, in any order."""
        order = classes.order()
        return cls(classes.high[order], classes.low[order], rows, rows_in_small)

    def holds(self, classes: ClassDigests) -> pa.BooleanArray:
        """Return a mask of the ``classes`` that are on the list; always false for a class that was
        not counted.
        """
        return pa.array(self.positions(classes) >= 0)

    def positions(self, classes: ClassDigests) -> Words:
        """Return where each of the ``classes`` is in the list; -1 for one that is not."""
        found = np.full(len(classes.high), -1, np.int64)
        at = np.searchsorted(self.high, classes.high)
        left = np.arange(len(found))
        while len(left):
            inside = left[at[left] < len(self.high)]
            left = inside[
                self.high[at[inside]] == classes.high[inside]
            ]  # equal first halves are adjacent
            same = self.low[at[left]] == classes.low[left]
            found[left[same]] = at[left[same]]
            left = left[~same]
            at[left] += 1
        return found
