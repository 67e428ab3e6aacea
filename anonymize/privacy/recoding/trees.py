"""The generalization hierarchies of the quasi-identifiers as trees of nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from anonymize.privacy.coded import CodedColumn, Codes, Floats
from anonymize.privacy.recoding.numbering import keys_of, numbered, order_of

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Tree:
    """One column's hierarchy. A group that holds the same values as a group of the level below is
    the same node: the lower level's label says more and loses no more.
    """

    nodes: Ints = field(repr=False)
    """The node of each value at each level, shape (levels, values)."""
    steps: Mask = field(repr=False)
    """False where a value's node is that of the level below, same shape."""
    losses: Floats = field(repr=False)
    """The loss of each node, 0 to 1."""
    labels: tuple[str | None, ...] = field(repr=False)
    """What is published for each node."""
    order: Floats | None = field(default=None, repr=False)
    """A number for each value if values have an order."""

    @cached_property
    def place(self) -> Ints:
        """Return the place of each value in an order in which each node's values are neighbours."""
        order = np.lexsort(self.nodes)
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        return place

    @classmethod
    def of(cls, column: CodedColumn, values: Ints) -> Tree:
        """Return the tree over ``values`` of ``column``, which are renumbered in that order.

        Nodes are numbered by level, then by their first value, so that they do not depend on how
        the column numbers its groups.
        """
        nodes = np.zeros((len(column.levels), len(values)), np.int64)
        steps = np.zeros(nodes.shape, np.bool_)
        below = np.zeros(len(values), np.int64)
        losses: list[Floats] = []
        labels: list[str | None] = []
        for at, level in enumerate(column.levels):
            groups = np.asarray(level.nodes, np.int64)[values]
            size = np.bincount(groups)[groups]
            steps[at] = True if at == 0 else size != below
            new = np.flatnonzero(steps[at])
            used, first, where = np.unique(groups[new], return_index=True, return_inverse=True)
            by_first = np.argsort(first)
            rank = np.empty(len(by_first), np.int64)
            rank[by_first] = np.arange(len(by_first))
            nodes[at] = nodes[at - 1]
            nodes[at, new] = len(labels) + rank[where]
            losses.append(np.asarray(level.losses, np.float64)[used[by_first]])
            labels.extend(level.labels[group] for group in used[by_first].tolist())
            below = size
        order = None if column.order is None else np.asarray(column.order, np.float64)[values]
        return cls(nodes, steps, np.concatenate(losses), tuple(labels), order)


@dataclass(frozen=True)
class Trees:
    """The trees of all columns over the distinct combinations of a table."""

    columns: tuple[Tree, ...]
    codes: Codes = field(repr=False)
    """The value of each combination and column, shape (combinations, columns)."""
    weights: Floats = field(repr=False)
    """The part of each column in the loss of a row, sum 1."""

    @classmethod
    def of(
        cls, columns: Sequence[CodedColumn], codes: Codes, weights: Sequence[float] | None
    ) -> tuple[Trees, Ints]:
        """Return the trees, with combinations in their canonical order, and that order.

        The order is that of the values' labels, which does not depend on how values or combinations
        are numbered.
        """
        parts = np.ones(len(columns)) if weights is None else np.asarray(weights, np.float64)
        ranks = np.empty(codes.shape, np.int32, order="F")
        trees = []
        for at, column in enumerate(columns):
            first = column.levels[0]
            where, at_first = numbered(codes[:, at].astype(np.int64))
            used = codes[at_first, at]
            labels = [first.labels[node] for node in np.asarray(first.nodes)[used].tolist()]
            keys = [(label is not None, label or "") for label in labels]
            order = np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)
            rank = np.empty(len(order), np.int32)
            rank[order] = np.arange(len(order))
            ranks[:, at] = rank[where]
            trees.append(Tree.of(column, used[order].astype(np.int64)))
        sorted_rows = order_of(keys_of(ranks))
        codes = np.asfortranarray(ranks[sorted_rows])
        return cls(tuple(trees), codes, parts / parts.sum()), sorted_rows

    @property
    def combinations(self) -> int:
        """Return the number of combinations."""
        return len(self.codes)

    def losses(self, power: float = 1.0) -> list[Floats]:
        """Return, per column, each node's loss times the column's weight, to the ``power``."""
        return [
            (tree.losses * weight) ** power
            for tree, weight in zip(self.columns, self.weights.tolist(), strict=True)
        ]

    def loss_of(self, nodes: Ints) -> Floats:
        """Return the weighted loss of cells; ``nodes`` has shape (cells, columns)."""
        total = np.zeros(len(nodes))
        for column, losses in enumerate(self.losses()):
            total += losses[nodes[:, column]]
        return total

    def narrowest(self, group: Ints, groups: int) -> Ints:
        """Return, per group of combinations, the lowest node of each column that covers them all.

        ``group`` has a number per combination, -1 for none; every number up to ``groups`` is used.
        A column without such a node has -1. Shape (groups, columns).
        """
        found = np.full((groups, len(self.columns)), -1, np.int64)
        if not groups:
            return found
        inside = np.flatnonzero(group >= 0)
        inside = inside[order_of(group[inside])]
        starts = np.searchsorted(group[inside], np.arange(groups))
        for column, tree in enumerate(self.columns):
            # a node's values are neighbours in this order, so the outermost two stand for all
            places = tree.place[self.codes[inside, column]]
            value = np.argsort(tree.place)
            least = value[np.minimum.reduceat(places, starts)]
            most = value[np.maximum.reduceat(places, starts)]
            for level in range(len(tree.nodes) - 1, -1, -1):
                nodes = tree.nodes[level][least]
                same = nodes == tree.nodes[level][most]
                found[same, column] = nodes[same]
        return found
