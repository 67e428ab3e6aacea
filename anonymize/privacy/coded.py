"""A quasi-identifier as integer codes, with the ways in which it can be generalized."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Level:
    """One level of a hierarchy: which values belong together, and how each group is written."""

    nodes: Codes = field(repr=False)
    """The group of each value, shape (values,); at level 0 ``0 … values - 1``."""
    labels: Sequence[str | None] = field(repr=False)
    """What is published for each group; None for the null of a value that is missing."""
    losses: Floats = field(repr=False)
    """The loss of each group, 0 to 1: (leaves - 1) / (all leaves - 1), over all leaves of the
    hierarchy, those that the table lacks included.
    """


@dataclass(frozen=True)
class CodedColumn:
    """The distinct values of one quasi-identifier, and the hierarchy above them.

    Level 0 is the values themselves. Each further level's groups are unions of the level below
    (nested); the last level is one group if the hierarchy has a root. A column without a hierarchy
    has level 0 alone and is never generalized.
    """

    name: str
    levels: tuple[Level, ...]
    order: Floats | None = field(default=None, repr=False)
    """A number for each value if values have an order, for cuts into intervals."""

    @property
    def values(self) -> int:
        """Return the number of distinct values."""
        return len(self.levels[0].nodes)


@dataclass(frozen=True)
class Recoding:
    """What is published instead of each distinct combination of quasi-identifiers.

    Equal combinations get equal results, so that nothing depends on the order of rows.
    """

    cells: Codes = field(repr=False)
    """Per combination and column the position in that column's ``labels``, shape (combinations,
    columns).
    """
    labels: tuple[Sequence[Any], ...] = field(repr=False)
    """Per column what is published: each used label once, in a fixed order."""
    kept: npt.NDArray[np.bool_] = field(repr=False)
    """False for combinations that are suppressed."""
    loss: float = 0.0
    """Mean loss per row and column (NCP), 0 to 1; a suppressed row counts 1."""
    suppressed: int = 0
    """Number of rows that are suppressed."""
    coarsened: tuple[int, ...] = ()
    """The level of each column below which it was not published, because the table has too many
    combinations to search; empty if all of them were searched.
    """
