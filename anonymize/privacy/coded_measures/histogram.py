"""How often each value occurs in each class, for classes and values that are integers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_DENSE = 1 << 22
"""Number of class-value cells up to which counting in a table is faster than sorting."""


@dataclass(frozen=True)
class Histogram:
    """Counts of (class, value), each pair once, ordered by class and value."""

    group: Ints = field(repr=False)
    """The class of each entry, 0 to ``groups - 1``."""
    value: Ints = field(repr=False)
    """The value of each entry, 0 to ``values - 1``."""
    count: Floats = field(repr=False)
    """How often, above 0: rows, persons, or parts of persons."""
    groups: int
    """Number of classes, those without an entry included."""
    values: int
    """Number of values, those without an entry included."""

    @classmethod
    def of(
        cls, group: Ints, value: Ints, count: Floats | None = None, *, groups: int, values: int
    ) -> Histogram:
        """Return the histogram of row-aligned classes and values, in any order.

        Args:
            group: The class of each row, below ``groups``.
            value: The value of each row, below ``values``.
            count: How much each row counts; 1 if None.
            groups: Number of classes.
            values: Number of values.
        """
        key = group.astype(np.int64) * values + value
        if groups * values <= max(_DENSE, 4 * len(key)):
            table = np.bincount(key, weights=count, minlength=groups * values)
            used = np.flatnonzero(table)
            sums = table[used].astype(np.float64)
        else:
            used, where = np.unique(key, return_inverse=True)
            sums = np.bincount(where, weights=count).astype(np.float64)
        return cls(used // max(values, 1), used % max(values, 1), sums, groups, values)

    def sums(self, amounts: Floats | None = None) -> Floats:
        """Return each class's sum of ``amounts`` over its entries; of the counts if None."""
        return np.bincount(
            self.group, weights=self.count if amounts is None else amounts, minlength=self.groups
        ).astype(np.float64)

    def entries(self) -> Ints:
        """Return the number of different values of each class."""
        return np.bincount(self.group, minlength=self.groups).astype(np.int64)

    def shares(self) -> Floats:
        """Return each entry's share of its class, 0 to 1."""
        return self.count / self.sums()[self.group]

    def largest(self) -> Floats:
        """Return the largest count of each class, 0 for a class without an entry."""
        found = np.zeros(self.groups)
        np.maximum.at(found, self.group, self.count)
        return found

    def together(self) -> Floats:
        """Return the share of each value in all classes together, shape (values,)."""
        totals = np.bincount(self.value, weights=self.count, minlength=self.values)
        return np.asarray(totals / max(float(totals.sum()), 1e-300), np.float64)
