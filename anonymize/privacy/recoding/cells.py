"""Which cells cover which combinations: pairs of both, for those cells that enough rows can reach.

A cell is one node per column; it covers the combinations below it. The lattice of all cells is too
large to visit, but few cells of low score cover enough rows, and a cell's rows are bounded by those
of every partial cell (some columns' nodes, the others open). So columns are added one at a time,
and pairs whose partial cell has too few rows are dropped each time: the pruning of Apriori (Agrawal
and Srikant, VLDB 1994), over all nodes of the lattice at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.trees import Ints, Mask, Trees

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Multiplier of a Fibonacci hash: 2^64 over the golden ratio (Knuth, TAOCP 3, 6.4)."""
_KEY_BITS = 62


class TooManyPairsError(Exception):
    """The pairs asked for would need too much memory."""


@dataclass(frozen=True)
class Pairs:
    """Pairs of a combination and a cell that covers it; row-aligned arrays."""

    combination: Ints = field(repr=False)
    cell: Ints = field(repr=False)
    """A key of the cell: equal within one result for equal cells."""
    score: Floats = field(repr=False)
    """The cell's score."""
    levels: Ints = field(repr=False)
    """The cell's level in each column, packed; see `nodes_at`."""

    def where(self, keep: Mask) -> Pairs:
        """Return the pairs that ``keep`` selects."""
        return Pairs(self.combination[keep], self.cell[keep], self.score[keep], self.levels[keep])


@dataclass(frozen=True)
class Covering:
    """Finds the pairs, for one table and one least size."""

    trees: Trees
    size: Ints = field(repr=False)
    """Rows or people of each combination, at most which it adds to a cell."""
    least: int
    """Cells with fewer are left out."""
    mixed: tuple[tuple[Floats, Floats, Floats], ...] = field(default=(), repr=False)
    """Cells of which all values are the same are left out, for each of these columns: per
    combination the number of its values, their sum and the sum of their squares.
    """

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The order in which columns are added: first those whose values split the rows most, so
        that later columns meet fewer pairs.
        """
        total = max(float(self.size.sum()), 1.0)
        same = []
        for at in range(len(self.trees.columns)):
            share = np.bincount(self.trees.codes[:, at], weights=self.size) / total
            same.append((float((share**2).sum()), at))
        return tuple(at for _, at in sorted(same))

    def pairs(
        self,
        combinations: Ints,
        scores: Sequence[Floats],
        bound: Floats,
        *,
        at_most: int = 1 << 23,
    ) -> Pairs:
        """Return all pairs whose cell scores at most the combination's ``bound``, for cells with at
        least ``least`` rows among those pairs, as far as a hash shows it.

        Args:
            combinations: The combinations that take part.
            scores: Per column the score of each node; a cell's score is their sum.
            bound: The highest score for each of ``combinations``.
            at_most: Number of pairs at any step.

        Raises:
            TooManyPairsError: more than ``at_most``.
        """
        found = Pairs(
            combinations,
            np.zeros(len(combinations), np.int64),
            np.zeros(len(combinations)),
            np.zeros(len(combinations), np.int64),
        )
        limit = bound + 1e-12
        cells = 1
        for column in self.order:
            tree = self.trees.columns[column]
            nodes = len(tree.losses)
            cells *= nodes
            if cells >> _KEY_BITS:
                _, keys = np.unique(found.cell, return_inverse=True)
                found = Pairs(found.combination, keys, found.score, found.levels)
                cells = (len(keys) + 1) * nodes
            found, limit = self._with_column(found, limit, column, scores[column], at_most)
        return found

    def _with_column(
        self, found: Pairs, limit: Floats, column: int, scores: Floats, at_most: int
    ) -> tuple[Pairs, Floats]:
        tree = self.trees.columns[column]
        levels, nodes = len(tree.nodes), len(tree.losses)
        values = self.trees.codes[found.combination, column]
        parts, limits, count = [], [], 0
        for level in range(levels):
            node = tree.nodes[level][values]
            score = found.score + scores[node]
            keep = np.flatnonzero(tree.steps[level][values] & (score <= limit))
            count += len(keep)
            if count > at_most:
                raise TooManyPairsError
            parts.append(
                Pairs(
                    found.combination[keep],
                    found.cell[keep] * nodes + node[keep],
                    score[keep],
                    found.levels[keep] * levels + level,
                )
            )
            limits.append(limit[keep])
        whole = Pairs(
            np.concatenate([part.combination for part in parts]),
            np.concatenate([part.cell for part in parts]),
            np.concatenate([part.score for part in parts]),
            np.concatenate([part.levels for part in parts]),
        )
        enough = self._enough(whole)
        return whole.where(enough), np.concatenate(limits)[enough]

    def _enough(self, pairs: Pairs) -> Mask:
        """Return which pairs' cells may have ``least`` rows: counted by a hash of the cell, so that
        some with fewer pass, and none with enough is lost.
        """
        bits = 12 if len(pairs.cell) < 1 << 10 else 18 if len(pairs.cell) < 1 << 17 else 21
        hashed = (pairs.cell.astype(np.uint64) * _SPREAD) >> np.uint64(64 - bits)
        slots = hashed.view(np.int64)
        rows = np.bincount(slots, weights=self.size[pairs.combination], minlength=1 << bits)
        enough = rows >= self.least
        for count, sums, squares in self.mixed:
            parts = [
                np.bincount(slots, weights=one[pairs.combination], minlength=1 << bits)
                for one in (count, sums, squares)
            ]
            enough &= parts[0] * parts[2] > parts[1] ** 2  # the variance is above 0
        return np.asarray(enough[slots])

    def within(self, combinations: Ints, cells: Ints) -> tuple[Ints, Ints]:
        """Return all pairs of one of ``combinations`` and one of ``cells`` that covers it, as two
        row-aligned arrays of positions, ordered by the first and then the second.

        Args:
            combinations: The combinations that take part.
            cells: Different cells, one node per column, shape (cells, columns).
        """
        at = np.arange(len(combinations))
        key = np.zeros(len(at), np.int64)
        wanted = np.zeros(len(cells), np.int64)
        for column in self.order:
            tree = self.trees.columns[column]
            prefixes, wanted = np.unique(
                wanted * len(tree.losses) + cells[:, column], return_inverse=True
            )
            values = self.trees.codes[combinations[at], column]
            parts = []
            for nodes, steps in zip(tree.nodes, tree.steps, strict=True):
                keys = key * len(tree.losses) + nodes[values]
                place = np.minimum(np.searchsorted(prefixes, keys), max(len(prefixes) - 1, 0))
                same = np.flatnonzero(steps[values] & (prefixes[place] == keys))
                parts.append((at[same], place[same]))
            at = np.concatenate([part[0] for part in parts])
            key = np.concatenate([part[1] for part in parts])
        number = np.empty(len(cells), np.int64)
        number[wanted] = np.arange(len(cells))
        cell = number[key]
        order = np.lexsort((cell, at))
        return at[order], cell[order]

    def nodes_at(self, combinations: Ints, levels: Ints) -> Ints:
        """Return the cell of each of ``combinations`` at its packed ``levels``, shape (cells,
        columns).
        """
        nodes = np.empty((len(combinations), len(self.trees.columns)), np.int64)
        left = levels
        for column in reversed(self.order):
            tree = self.trees.columns[column]
            left, level = np.divmod(left, len(tree.nodes))
            nodes[:, column] = tree.nodes[level, self.trees.codes[combinations, column]]
        return nodes
