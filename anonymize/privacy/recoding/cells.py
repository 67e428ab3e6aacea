"""Which cells cover which combinations: pairs of both, for those cells that enough rows can reach.

A cell is one node per column; it covers the combinations below it. The lattice of all cells is too
large to visit, but few cells of low score cover enough rows, and a cell's rows are bounded by those
of every partial cell (some columns' nodes, the others open). So columns are added one at a time,
and pairs whose partial cell has too few rows are dropped each time: the pruning of Apriori (Agrawal
and Srikant, VLDB 1994), over all nodes of the lattice at once.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.numbering import keys_of, numbered, order_of
from anonymize.privacy.recoding.trees import Ints, Mask, Trees

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""Multiplier of a Fibonacci hash: 2^64 over the golden ratio (Knuth, TAOCP 3, 6.4)."""
_KEY_BITS = 62
_DENSE = 1 << 21
"""Cells up to this number are counted without a hash."""
_BLOCK = 1 << 18
"""Pairs at a time that get one more column: few enough for a processor's cache."""
SAME = 1e-12
"""Scores that differ by no more are equal."""


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

    def where(self, keep: Mask | slice) -> Pairs:
        """Return the pairs that ``keep`` selects."""
        at = keep if isinstance(keep, slice) else np.flatnonzero(keep)
        return Pairs(self.combination[at], self.cell[at], self.score[at], self.levels[at])


@dataclass(frozen=True)
class Band:
    """The cells that are asked for: those of some scores, and of some nodes."""

    scores: Sequence[Floats] = field(repr=False)
    """Per column the score of each node; a cell's score is their sum."""
    above: float
    """Cells score more than this,"""
    limit: float
    """and at most this."""
    nodes: tuple[tuple[int, int], ...]
    """Per column the first node that takes part, and the end of these."""

    def rest(self, columns: Iterable[int]) -> float:
        """Return the highest score that nodes of ``columns`` can add within the limit."""
        found = 0.0
        for column in columns:
            score = self.scores[column]
            found += float(score[score <= self.limit + SAME].max(initial=0.0))
        return min(found, self.limit)

    def halves(self, order: Iterable[int]) -> tuple[Band, Band] | None:
        """Return the band in two: its cells of lower and of higher number. None if it is one
        cell.
        """
        for column in order:
            first, end = self.nodes[column]
            if end - first > 1:
                middle = (first + end) // 2
                parts = (first, middle), (middle, end)
                low, high = (
                    (*self.nodes[:column], part, *self.nodes[column + 1 :]) for part in parts
                )
                return replace(self, nodes=low), replace(self, nodes=high)
        return None


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

    @cached_property
    def sorted(self) -> Ints:
        """All combinations by their values in that order of columns."""
        return order_of(keys_of(self.trees.codes[:, list(self.order)]))

    def pairs(self, combinations: Ints, band: Band, *, at_most: int) -> Pairs:
        """Return all pairs whose cell is in the ``band``, for cells with at least ``least`` rows
        among those pairs, as far as a hash shows it.

        Combinations with the same values in the columns so far have the same pairs, so they are
        one until a column tells them apart.

        Args:
            combinations: The combinations that take part, in the order of ``sorted``.
            band: The cells.
            at_most: Number of pairs at any step.

        Raises:
            TooManyPairsError: more than ``at_most``.
        """
        root = np.zeros(1, np.int64)
        found = Pairs(root, root, np.zeros(1), root)
        new = np.zeros(len(combinations), np.bool_)
        new[:1] = True
        starts = np.zeros(1, np.int64)
        cells = 1
        for depth, column in enumerate(self.order):
            nodes = len(self.trees.columns[column].losses)
            if (cells * nodes) >> _KEY_BITS:
                keys, first = numbered(found.cell)
                found = replace(found, cell=keys)
                cells = len(first) + 1
            cells *= nodes
            codes = self.trees.codes[combinations, column]
            new[1:] |= codes[1:] != codes[:-1]
            before, starts = starts, np.flatnonzero(new)
            inside = np.searchsorted(starts, np.append(before, len(combinations)))
            found = self._with_column(
                found,
                inside,
                codes[starts],
                column,
                band,
                band.rest(self.order[depth + 1 :]),
                at_most,
            )
            enough = self._enough(found, combinations, starts, cells)
            if not enough.all():
                found = found.where(enough)
        return replace(found, combination=combinations[found.combination])

    def _with_column(
        self,
        found: Pairs,
        inside: Ints,
        values: Ints,
        column: int,
        band: Band,
        rest: float,
        at_most: int,
    ) -> Pairs:
        """Return the pairs with one more column.

        Args:
            found: The pairs so far; they count prefixes of combinations.
            inside: Where each prefix's longer ones begin, and the end of all.
            values: The value of each longer prefix.
            column: The column.
            band: The cells.
            rest: The highest score that later columns can add.
            at_most: Number of pairs.
        """
        tree = self.trees.columns[column]
        levels, nodes, scores = len(tree.nodes), len(tree.losses), band.scores[column]
        first, end = band.nodes[column]
        fits = (
            (scores <= band.limit + SAME) & (np.arange(nodes) >= first) & (np.arange(nodes) < end)
        )
        above = band.above + SAME if rest == 0 else band.above - rest
        parts: list[Pairs] = []
        count = 0
        usable = [
            (level, usable)
            for level in range(levels)
            if (usable := tree.steps[level] & fits[tree.nodes[level]]).any()
        ]
        for block in self._blocks(found, inside):
            many = inside[block.combination + 1] - inside[block.combination]
            at = np.repeat(np.arange(len(many)), many)
            child = np.arange(len(at)) + np.repeat(
                inside[block.combination] - (np.cumsum(many) - many), many
            )
            value = values[child]
            for level, mask in usable:
                keep = np.flatnonzero(mask[value]) if not mask.all() else slice(None)
                of, node = at[keep], tree.nodes[level][value[keep]]
                score = block.score[of] + scores[node]
                good = np.flatnonzero((score <= band.limit + SAME) & (score > above))
                count += len(good)
                if count > at_most:
                    raise TooManyPairsError
                of = of[good]
                parts.append(
                    Pairs(
                        child[keep][good],
                        block.cell[of] * nodes + node[good],
                        score[good],
                        block.levels[of] * levels + level,
                    )
                )
        return _joined(parts)

    def _blocks(self, found: Pairs, inside: Ints) -> Iterator[Pairs]:
        """Yield ``found`` in pieces that become about `_BLOCK` pairs with the next column."""
        many = np.cumsum(inside[found.combination + 1] - inside[found.combination])
        total = int(many[-1]) if len(many) else 0
        cuts = np.searchsorted(many, np.arange(_BLOCK, total, _BLOCK)) + 1
        edges = np.unique(np.concatenate([[0], cuts, [len(many)]])).tolist()
        for start, end in itertools.pairwise(edges):
            yield found.where(slice(start, end))

    def _enough(self, pairs: Pairs, combinations: Ints, starts: Ints, cells: int) -> Mask:
        """Return which pairs' cells may have ``least`` rows: counted by a hash of the cell, so that
        some with fewer pass, and none with enough is lost.
        """
        if not len(pairs.cell):
            return np.ones(0, np.bool_)

        def total(amount: Floats | Ints) -> Floats:
            ours = np.add.reduceat(amount[combinations], starts)[pairs.combination]
            return np.asarray(np.bincount(slots, weights=ours, minlength=count), np.float64)

        if cells <= _DENSE:
            slots, count = pairs.cell, cells
        else:
            bits = 12 if len(pairs.cell) < 1 << 10 else 18 if len(pairs.cell) < 1 << 17 else 21
            hashed = (pairs.cell.astype(np.uint64) * _SPREAD) >> np.uint64(64 - bits)
            slots, count = hashed.view(np.int64), 1 << bits
        enough = total(self.size) >= self.least
        for many, sums, squares in self.mixed:
            enough &= total(many) * total(squares) > total(sums) ** 2  # the variance is above 0
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


def _joined(parts: Sequence[Pairs]) -> Pairs:
    if len(parts) == 1:
        return parts[0]
    return Pairs(
        np.concatenate([part.combination for part in parts] or [np.zeros(0, np.int64)]),
        np.concatenate([part.cell for part in parts] or [np.zeros(0, np.int64)]),
        np.concatenate([part.score for part in parts] or [np.zeros(0)]),
        np.concatenate([part.levels for part in parts] or [np.zeros(0, np.int64)]),
    )
