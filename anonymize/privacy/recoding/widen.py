"""Dissolves classes of high loss: each of their combinations joins the class that it widens least,
where that loses less in total.

Ascending leaves combinations together that have little in common; most of a table's loss is theirs.
A class that grows stays one of enough rows and of enough different values, so only promises of k
and of distinct l may use this.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from anonymize.privacy.coded import Floats
from anonymize.privacy.recoding.leftovers import classes_of
from anonymize.privacy.recoding.trees import Ints, Tree, Trees

_TABLE = 1 << 24
"""Number of pairs of value and node of a column up to which they are tabulated."""
_WORK = 1 << 30
"""Number of classes times columns that may be looked at, over all combinations."""


def dissolve(trees: Trees, rows: Ints, nodes: Ints) -> Ints:
    """Return ``nodes`` with classes of more than the mean loss dissolved where that loses less,
    highest loss first.

    Args:
        trees: The hierarchies.
        rows: Rows of each combination.
        nodes: The cell of each combination.
    """
    if any(len(tree.losses) * tree.nodes.shape[1] > _TABLE for tree in trees.columns):
        return nodes
    number, cells = classes_of(nodes)
    if len(cells) < 2:
        return nodes
    state = _Classes.of(trees, rows, number, cells)
    mean = float((state.rows * state.loss).sum() / state.rows.sum())
    tries = _WORK // (len(cells) * len(trees.columns))
    for class_ in np.argsort(-state.loss, kind="stable").tolist():
        if state.loss[class_] <= mean or tries <= 0:
            break
        tries -= len(state.members[class_])
        state.dissolve(class_)
    made = nodes.copy()
    for class_, members in enumerate(state.members):
        if members:
            made[members] = [column[class_] for column in state.nodes]
    return made


@dataclass
class _Classes:
    """All classes, while some are dissolved and others grow."""

    codes: Ints = field(repr=False)
    own_rows: Ints = field(repr=False)
    """Rows of each combination."""
    common: list[Ints] = field(repr=False)
    """Per column the lowest node that covers a value and a node, shape (values, nodes)."""
    losses: list[Floats] = field(repr=False)
    """Per column the weighted loss of that node; infinite if there is none."""
    nodes: list[Ints] = field(repr=False)
    """Per column the node of each class."""
    rows: Floats = field(repr=False)
    loss: Floats = field(repr=False)
    closed: Floats = field(repr=False)
    """Infinite for a class that was dissolved, else 0."""
    members: list[list[int]] = field(repr=False)

    @classmethod
    def of(cls, trees: Trees, rows: Ints, number: Ints, cells: Ints) -> _Classes:
        """Return the state before anything is dissolved."""
        members: list[list[int]] = [[] for _ in range(len(cells))]
        for combination, class_ in enumerate(number.tolist()):
            if class_ >= 0:
                members[class_].append(combination)
        inside = number >= 0
        sums = np.bincount(number[inside], weights=rows[inside], minlength=len(cells))
        common = [_common(tree) for tree in trees.columns]
        losses = [
            np.where(table >= 0, loss[table], np.inf)
            for table, loss in zip(common, trees.losses(), strict=True)
        ]
        return cls(
            trees.codes.astype(np.int64),
            rows,
            common,
            losses,
            [np.ascontiguousarray(cells[:, at]) for at in range(cells.shape[1])],
            sums.astype(np.float64),
            trees.loss_of(cells),
            np.zeros(len(cells)),
            members,
        )

    def dissolve(self, class_: int) -> None:
        """Let each member join the class that it widens least; undo it if that is not less."""
        before = float(self.rows[class_] * self.loss[class_])
        joined: list[tuple[int, int, list[int], float]] = []
        self.closed[class_] = np.inf
        total = 0.0
        for member in sorted(self.members[class_], key=lambda at: (-self.own_rows[at], at)):
            wide = np.zeros(len(self.loss))
            for column, node in enumerate(self.nodes):
                wide += self.losses[column][self.codes[member, column]][node]
            more = self.rows * (wide - self.loss) + self.own_rows[member] * wide + self.closed
            target = int(more.argmin())
            total += float(more[target])
            if not total < before - 1e-9:
                break
            old = [int(node[target]) for node in self.nodes]
            joined.append((target, member, old, float(self.loss[target])))
            for column, node in enumerate(self.nodes):
                node[target] = self.common[column][self.codes[member, column], node[target]]
            self.rows[target] += self.own_rows[member]
            self.loss[target] = wide[target]
            self.members[target].append(member)
        else:
            self.members[class_] = []
            return
        self.closed[class_] = 0.0
        for target, member, old, loss in reversed(joined):
            for node, was in zip(self.nodes, old, strict=True):
                node[target] = was
            self.rows[target] -= self.own_rows[member]
            self.loss[target] = loss
            self.members[target].pop()


def _common(tree: Tree) -> Ints:
    """Return the lowest node that covers both a value and a node, -1 if there is none; shape
    (values, nodes).
    """
    found = np.full((tree.nodes.shape[1], len(tree.losses)), -1, np.int64)
    for level in range(len(tree.nodes) - 1, -1, -1):
        above = np.full(len(tree.losses), -1, np.int64)
        for below in tree.nodes[: level + 1]:
            above[below] = tree.nodes[level]
        mine = tree.nodes[level][:, None]
        found = np.where(above == mine, mine, found)
    return found
