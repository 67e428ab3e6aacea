"""What share of the rows to expect in a cell, by the strongest dependencies between columns.

Source: C. Chow and C. Liu, Approximating discrete probability distributions with dependence trees,
IEEE Transactions on Information Theory 14 (1968).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
MOST_ROWS = 50_000
"""Rows by which the tree is chosen; its shares are counted on all."""
_MOST_COLUMNS = 60
"""Columns that take part in the choice; further ones are taken for independent."""


class Tree:
    """A tree over binned columns, counted on their rows."""

    def __init__(self, codes: Sequence[Codes], sizes: Sequence[int]) -> None:
        """Choose the tree of the columns ``codes``, whose codes are below ``sizes``."""
        self._codes, self._sizes = codes, sizes
        self._rows = len(codes[0])
        self._parents = self._chosen()
        self._alone = [np.bincount(c, minlength=s) for c, s in zip(codes, sizes, strict=True)]
        self._pairs = {
            at: np.bincount(
                codes[parent].astype(np.int64) * sizes[at] + codes[at],
                minlength=sizes[parent] * sizes[at],
            ).reshape(sizes[parent], sizes[at])
            for at, parent in self._parents.items()
        }

    def _chosen(self) -> dict[int, int]:
        """Return the parent of each column that has one (Prim's algorithm)."""
        count = min(len(self._codes), _MOST_COLUMNS)
        step = max(1, self._rows // MOST_ROWS)
        some = [codes[::step] for codes in self._codes]
        best = {at: (self._information(some, 0, at), 0) for at in range(1, count)}
        parents: dict[int, int] = {}
        while best:
            at = max(best, key=lambda one: (best[one][0], -one))
            parents[at] = best.pop(at)[1]
            for other in best:
                told = self._information(some, at, other)
                if told > best[other][0]:
                    best[other] = (told, at)
        return parents

    def _information(self, some: Sequence[Codes], one: int, other: int) -> float:
        """Return the mutual information of two columns, in nats."""
        sizes = self._sizes[one], self._sizes[other]
        keys = some[one].astype(np.int64) * sizes[1] + some[other]
        joint = np.bincount(keys, minlength=sizes[0] * sizes[1]).reshape(sizes) / len(keys)
        apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
        there = joint > 0
        return float((joint[there] * np.log(joint[there] / apart[there])).sum())

    def share(
        self,
        rows: npt.NDArray[np.int64],
        left_out: int | None,
        sizes: npt.NDArray[np.int64] | int = 0,
    ) -> npt.NDArray[np.float64]:
        """Return the share of all rows that is to be expected in the cell of each of ``rows``,
        with any value in the column ``left_out``. ``sizes`` is how many rows like each are left
        out of what is counted, so that a burst is not expected because it is there.
        """

        def apart(counts: npt.NDArray[np.int64] | int) -> npt.NDArray[np.float64]:
            return np.asarray(np.maximum(counts - np.asarray(sizes), 0) + 0.5)

        share = np.ones(len(rows))
        for at, codes in enumerate(self._codes):
            if at == left_out:
                continue
            mine = codes[rows]
            parent = self._parents.get(at)
            if parent is None or parent == left_out:
                share *= apart(self._alone[at][mine]) / (apart(self._rows) + 0.5)
            else:
                above = self._codes[parent][rows]
                share *= apart(self._pairs[at][above, mine]) / (
                    apart(self._alone[parent][above]) + 0.5
                )
        return share
