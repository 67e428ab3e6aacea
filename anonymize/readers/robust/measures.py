"""Rows apart for training and for measuring, and an interval over repeats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import ArgumentError
from anonymize.readers.robust.interface import Ints

_STUDENT = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
)  # fmt: skip
"""The 97.5 % quantiles of Student's t with 1 to 20 degrees of freedom; more count as 20."""


def split_apart(groups: Any, share: float = 0.3, seed: int = 0) -> tuple[Ints, Ints]:
    """Return the numbers of the rows to learn from, and of those to measure on, in order.

    Rows of one group are on one side: a person's rows, by their pseudonym, or equal texts. Without
    that a model is measured on rows that it, or an attack on its training rows, has seen. Rows
    without a group (null) are one.

    Args:
        groups: The group of each row, an Arrow column or what ``pa.array`` takes.
        share: The share of the groups to measure on, above 0 and below 1; one group at least is on
            each side.
        seed: What draws them, as they come first in the rows: sort rows that have a secret order,
            so that a seed means the same ones with every version and key.

    Raises:
        ArgumentError: the share is out of bounds, or there are fewer than two groups.
    """
    if not 0 < share < 1:
        raise ArgumentError(f"is {share}; give a number between 0 and 1", place="share")
    if isinstance(groups, pa.ChunkedArray):
        groups = groups.combine_chunks()
    column = groups if isinstance(groups, pa.Array) else pa.array(groups)
    if pa.types.is_dictionary(column.type):
        column = pc.cast(column, column.type.value_type)
    coded = column.dictionary_encode(null_encoding="encode")
    count = len(coded.dictionary)
    if count < 2:
        raise ArgumentError(f"there are {count}; rows of one group are on one side", place="groups")
    drawn = np.random.default_rng(seed).permutation(count)
    held = np.zeros(count, np.bool_)
    held[drawn[: min(max(round(count * share), 1), count - 1)]] = True
    apart = held[coded.indices.to_numpy()]
    return np.flatnonzero(~apart), np.flatnonzero(apart)


@dataclass(frozen=True)
class Interval:
    """A mean over repeats, with bounds that hold the true one in 95 of 100 such experiments, if
    repeats are independent and about normal (Student 1908).
    """

    mean: float
    """The mean."""
    low: float
    """The lower bound; not below 0 or above 1 is not promised."""
    high: float
    """The upper bound."""

    @classmethod
    def of(cls, values: Sequence[float]) -> Interval:
        """Return the interval of two values or more.

        Raises:
            ArgumentError: there are fewer, or one is not finite.
        """
        if len(values) < 2 or not all(map(math.isfinite, values)):
            raise ArgumentError("give two finite numbers or more", place="values")
        times = _STUDENT[min(len(values) - 1, len(_STUDENT)) - 1]
        half = times * stdev(values) / math.sqrt(len(values))
        return cls(fmean(values), fmean(values) - half, fmean(values) + half)

    def __str__(self) -> str:
        """Return mean and bounds with three digits: ``0.912 (0.901-0.923)``."""
        return f"{self.mean:.3f} ({self.low:.3f}-{self.high:.3f})"
