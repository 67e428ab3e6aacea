"""Makes several choices from one keyed number."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Draws = npt.NDArray[np.uint64]
"""A keyed uniform 64-bit number per value."""


class KeyedDraws:
    """Draws from one keyed number; independent while the product of their sizes is far below
    2^64.
    """

    def __init__(self, draws: Draws) -> None:
        """Start with the whole number."""
        self._left = draws.copy()

    def below(self, size: int) -> npt.NDArray[np.int64]:
        """Return a number from 0 to ``size`` - 1 for each value; later draws use the rest of the
        keyed number.
        """
        self._left, drawn = np.divmod(self._left, np.uint64(size))
        return drawn.astype(np.int64)

    def one_of(self, values: pa.Array) -> pa.Array:
        """Return one of ``values`` for each value."""
        return values.take(pa.array(self.below(len(values))))

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._left)
