"""What every published class must fulfil, and the sensitive values that it is judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from anonymize.errors import AnonymizeError
from anonymize.privacy.coded import Floats

Diverse = Literal["distinct", "entropy", "recursive"]


@dataclass(frozen=True)
class Promise:
    """What holds for each published class; l and t hold for each sensitive column."""

    k: int
    """Least number of rows of a class, or of distinct persons if persons are given; 1 or more."""
    l: float | None = None  # noqa: E741 - the field's name
    """Least diversity; None if it is not asked for."""
    kind: Diverse = "distinct"
    """How diversity is counted; see ``coded_measures/diversity.py``."""
    c: float = 3.0
    """For recursive diversity: the most frequent value has fewer than c times the rows of all but
    the l - 1 most frequent ones.
    """
    t: float | None = None
    """Highest distance from a class's values to those of the whole table, and of the released rows,
    0 to 1; None if it is not asked for.
    """

    def __post_init__(self) -> None:
        """Refuse a promise that means nothing."""
        if self.k < 1:
            raise RecodingError("k must be 1 or more")
        if self.l is not None and self.l < 1:
            raise RecodingError("l must be 1 or more")
        if self.t is not None and not 0 <= self.t <= 1:
            raise RecodingError("t must be from 0 to 1")


@dataclass(frozen=True)
class Sensitive:
    """One sensitive column as a sparse histogram over combinations; row-aligned arrays."""

    combination: npt.NDArray[np.int64] = field(repr=False)
    value: npt.NDArray[np.int64] = field(repr=False)
    """Codes from 0."""
    count: Floats | None = field(default=None, repr=False)
    """How much each entry counts: rows, or a person's weight. Counts add if combinations join. None
    counts 1 each. Not used with ``person``.
    """
    person: npt.NDArray[np.int64] | None = field(default=None, repr=False)
    """The person of each entry: then a class's values are counted over its distinct persons, each
    of whom counts once, with an equal part for each of their values; a value that all of them have
    makes l = 1.
    """
    rank: npt.NDArray[np.int64] | None = field(default=None, repr=False)
    """The place of each value in an order, for ordered t-closeness."""
    levels: Sequence[npt.NDArray[np.int64]] = field(default=(), repr=False)
    """The group of each value, level by level, for hierarchical t-closeness."""
    missing: int | None = None
    """The code of those who have no value: it counts for closeness, and not as a value for
    diversity.
    """
    name: str = ""
    """For messages."""

    def known(self) -> Sensitive:
        """Return the same without the entries that have no value."""
        if self.missing is None:
            return self
        there = self.value != self.missing
        return replace(
            self,
            combination=self.combination[there],
            value=self.value[there],
            count=None if self.count is None else self.count[there],
            person=None if self.person is None else self.person[there],
            missing=None,
        )

    def at(self, place: npt.NDArray[np.int64]) -> Sensitive:
        """Return the same with each combination at its ``place``."""
        return replace(self, combination=place[self.combination])


class RecodingError(AnonymizeError):
    """No recoding fulfils the promise; ``nearest`` is one that could be fulfilled, if there is
    one.
    """

    nearest: Promise | None = None
