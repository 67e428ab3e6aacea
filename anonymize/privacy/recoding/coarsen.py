"""Makes columns coarser before the search, if a table has more combinations than fit in memory.

Columns go up a whole level, for all rows alike: each time the one that then loses least. So what
is done depends on the table as a whole, and not on how or in which order it was counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from anonymize.privacy.coded import CodedColumn, Codes, Level, Recoding
from anonymize.privacy.recoding.numbering import Ints, keys_of, numbered
from anonymize.privacy.recoding.promise import Sensitive

MOST_COMBINATIONS = 1 << 22
"""Combinations that the search takes. It needs some 150 bytes for each."""

People = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


@dataclass(frozen=True)
class Coarse:
    """A table with some columns at a level above their values."""

    columns: Sequence[CodedColumn]
    codes: Codes = field(repr=False)
    """The value of each distinct combination and column."""
    number: Ints = field(repr=False)
    """The combination here of each of the table's own."""
    levels: tuple[int, ...]
    """The level of each column; 0 for its values."""

    def summed(self, amounts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the sum over each combination of what the table's own have."""
        sums = np.bincount(self.number, weights=amounts, minlength=len(self.codes))
        return sums.astype(np.int64)

    def people(self, people: People | None) -> People | None:
        """Return each combination's persons, each pair once."""
        if people is None:
            return None
        _, person = np.unique(people[1], return_inverse=True)
        number = self.number[people[0]]
        _, first = numbered(number * (int(person.max(initial=0)) + 1) + person)
        return number[first], np.asarray(people[1])[first]

    def sensitive(self, sensitive: Sequence[Sensitive]) -> tuple[Sensitive, ...]:
        """Return the sensitive columns over these combinations."""
        return tuple(one.at(self.number) for one in sensitive)

    def back(self, made: Recoding) -> Recoding:
        """Return what is published for each of the table's own combinations."""
        return replace(
            made,
            cells=made.cells[self.number],
            kept=made.kept[self.number],
            coarsened=self.levels,
        )


def coarsened(
    columns: Sequence[CodedColumn],
    codes: Codes,
    rows: npt.NDArray[np.int64],
    weights: Sequence[float] | None,
    most: int,
) -> Coarse | None:
    """Return the table with at most ``most`` combinations, as far as its columns have levels; None
    if it has no more than that already, or if no column can go up.
    """
    if len(codes) <= most:
        return None
    weighed = np.ones(len(columns)) if weights is None else np.asarray(weights, np.float64)
    counts = [
        np.bincount(codes[:, at], weights=rows, minlength=column.values)
        for at, column in enumerate(columns)
    ]
    loss = [
        [float((level.losses[level.nodes] * count).sum()) for level in column.levels]
        for column, count in zip(columns, counts, strict=True)
    ]
    levels = [0] * len(columns)
    number = first = np.arange(len(codes))
    while True:
        higher = [at for at, column in enumerate(columns) if levels[at] + 1 < len(column.levels)]
        if not higher:
            break
        at = min(
            higher,
            key=lambda at: (weighed[at] * (loss[at][levels[at] + 1] - loss[at][levels[at]]), at),
        )
        levels[at] += 1
        number, first = numbered(keys_of(_at(columns, codes, levels)))
        if len(first) <= most:
            break
    if not any(levels):
        return None
    made = [_above(column, level) for column, level in zip(columns, levels, strict=True)]
    return Coarse(made, _at(columns, codes[first], levels), number, tuple(levels))


def _at(columns: Sequence[CodedColumn], codes: Codes, levels: Sequence[int]) -> Codes:
    """Return the group of each combination and column at ``levels``."""
    made = np.empty(codes.shape, np.int32, order="F")
    for at, (column, level) in enumerate(zip(columns, levels, strict=True)):
        made[:, at] = np.asarray(column.levels[level].nodes, np.int32)[codes[:, at]]
    return made


def _above(column: CodedColumn, level: int) -> CodedColumn:
    """Return ``column`` with the groups at ``level`` as its values."""
    if level == 0:
        return column
    groups, count = column.levels[level].nodes, len(column.levels[level].labels)
    levels = []
    for one in column.levels[level:]:
        nodes = np.zeros(count, np.int32)
        nodes[groups] = one.nodes
        levels.append(Level(nodes, one.labels, one.losses))
    return CodedColumn(column.name, tuple(levels))
