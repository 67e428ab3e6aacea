"""Distinct numbers by sorting. NumPy's own `unique` hashes integers since 2.3: 1.0 s for a million
distinct ones, where sorting takes 0.06 s.
"""

from __future__ import annotations

from typing import TypeVar, cast

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", np.uint64, np.int64)


def sorted_unique(numbers: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return the distinct values of a flat array, ascending."""
    ordered = np.sort(numbers)
    if len(ordered) < 2:
        return ordered
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    return cast("npt.NDArray[Number]", ordered[first])
