"""The order of an epoch's rows: parts, then row groups, then rows within a buffer, from a seed.

Orders come from raw draws of PCG64, whose stream NumPy promises to keep, so that a stored place
means the same rows under a later NumPy. They decide nothing about privacy: who has the seed and the
data knows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_PARTS, _GROUPS, _BUFFER = 1, 2, 3


@dataclass(frozen=True)
class EpochOrder:
    """The order of one epoch; without ``shuffle`` it is the version's."""

    seed: int
    epoch: int
    shuffle: bool

    def of_parts(self, count: int) -> list[int]:
        """Return the order of a version's parts, the same in every process."""
        return [int(part) for part in self._order(count, _PARTS)]

    def of_groups(self, count: int, part: int, start: int) -> list[int]:
        """Return the order of the row groups of a piece of ``part`` that begins at ``start``."""
        return [int(group) for group in self._order(count, _GROUPS, part, start)]

    def of_buffer(self, count: int, first_row: int, number: int) -> npt.NDArray[np.int64]:
        """Return the order of the rows of buffer ``number`` of the share that begins at
        ``first_row``.
        """
        return self._order(count, _BUFFER, first_row, number)

    def _order(self, count: int, *purpose: int) -> npt.NDArray[np.int64]:
        if not self.shuffle:
            return np.arange(count)
        draws = np.random.PCG64(np.random.SeedSequence([self.seed, self.epoch, *purpose]))
        # the position takes a draw's low bits, because sorting is faster than argsort; of draws
        # with equal high bits, which are rare, the earlier comes first
        low = np.uint64((1 << max(count - 1, 0).bit_length()) - 1)
        keys = (draws.random_raw(count) & ~low) | np.arange(count, dtype=np.uint64)
        keys.sort()
        return (keys & low).astype(np.int64)
