"""Full-domain recoding: one level per column for all rows, the best of all choices.

Levels are chosen column by column. Rows of classes that break the promise are suppressed; they
never become fewer when another column is added, and the loss of the columns chosen so far is never
less: both end a branch (Incognito's roll-up and subset properties; LeFevre, DeWitt, Ramakrishnan,
SIGMOD 2005).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from anonymize.privacy.recoding.cells import Covering
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.local import published, total_loss
from anonymize.privacy.recoding.nearest import impossible
from anonymize.privacy.recoding.publish import Published, close_to_released
from anonymize.privacy.recoding.trees import Ints, Trees


def full_domain(trees: Trees, judge: Judge, max_suppressed: float) -> Published:
    """Return the cells of the levels with the least loss.

    Raises:
        RecodingError: no choice of levels fulfils the promise.
    """
    search = _Search(trees, judge, max_suppressed * float(judge.rows.sum()) + 1e-9)
    search.visit(0, np.zeros(trees.combinations, np.int64), 0.0, [])
    if search.best is None:
        raise impossible(trees, judge, max_suppressed)
    return published(trees, search.best)


@dataclass
class _Search:
    """Depth first over columns; the best so far."""

    trees: Trees
    judge: Judge
    allowed: float
    """Rows that may be suppressed."""
    loss: float = np.inf
    best: Ints | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Take columns first that split rows most."""
        self.order = Covering(self.trees, self.judge.size, 1).order
        self.losses = self.trees.losses()

    def visit(self, depth: int, group: Ints, loss: float, nodes: list[Ints]) -> None:
        """Try all levels of the columns from ``depth`` on, given the groups by those before."""
        if depth == len(self.order):
            self._judge(group, nodes)
            return
        column = self.order[depth]
        tree = self.trees.columns[column]
        values = self.trees.codes[:, column]
        for level_nodes in tree.nodes:
            node = level_nodes[values]
            more = loss + float((self.losses[column][node] * self.judge.rows).sum())
            if more >= self.loss - 1e-9:
                continue
            key = group * len(tree.losses) + node
            _, dense = np.unique(key, return_inverse=True)
            small = np.bincount(dense, weights=self.judge.size) < self.judge.promise.k
            if self.judge.rows[small[dense]].sum() <= self.allowed:
                self.visit(depth + 1, dense.astype(np.int64), more, [*nodes, node])

    def _judge(self, group: Ints, nodes: list[Ints]) -> None:
        everyone = np.arange(len(group))
        kept = self.judge.meets(everyone, group, int(group.max()) + 1)[group]
        if self.judge.rows[~kept].sum() > self.allowed or not kept.any():
            return
        cells = np.full((len(group), len(self.order)), -1, np.int64)
        for column, node in zip(self.order, nodes, strict=True):
            cells[kept, column] = node[kept]
        loss = total_loss(self.trees, self.judge, cells)
        if loss < self.loss - 1e-9 and close_to_released(self.judge, cells):
            self.loss, self.best = loss, cells
