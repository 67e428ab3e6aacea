"""Index arithmetic for values in lists of different lengths."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Positions = npt.NDArray[np.int64]
"""Positions of items; -1 means none."""


def positions(values: Any) -> Positions:
    """Return ``values`` (integers, or an Arrow array whose nulls become -1) as positions."""
    if isinstance(values, pa.Array):
        return np.asarray(values.fill_null(-1), dtype=np.int64)
    return np.asarray(values, dtype=np.int64)


def ranges(starts: Positions, lengths: Positions) -> Positions:
    """Return start, start + 1, … of each of the given ranges, in sequence."""
    before = np.cumsum(lengths) - lengths
    return np.repeat(starts - before, lengths) + np.arange(lengths.sum())


def scattered(at: Positions, length: int) -> Positions:
    """Return, for each of ``length`` places, the index of the entry of ``at`` that names it,
    or -1.
    """
    result = np.full(length, -1, dtype=np.int64)
    result[at] = np.arange(len(at))
    return result


def taken(values: pa.Array, at: Positions) -> pa.Array:
    """Return the values at the given positions, null at -1."""
    return values.take(pa.array(at, mask=at < 0))


def repeated(parents: Positions, outer: Positions) -> tuple[Positions, Positions]:
    """Return (parents, positions) of the items of an outer selection.

    ``parents`` gives each item's place around it, ascending. ``outer`` selects such places, in any
    order and with repetitions, -1 for an empty one. The result lists the items of the selected
    places in sequence: the index of the entry of ``outer`` that each belongs to, and its own
    position.
    """
    counts = np.bincount(parents, minlength=int(outer.max(initial=-1)) + 1)
    starts = np.cumsum(counts) - counts
    some = outer >= 0
    lengths = np.zeros(len(outer), dtype=np.int64)
    firsts = np.zeros(len(outer), dtype=np.int64)
    lengths[some], firsts[some] = counts[outer[some]], starts[outer[some]]
    return np.repeat(np.arange(len(outer)), lengths), ranges(firsts, lengths)
