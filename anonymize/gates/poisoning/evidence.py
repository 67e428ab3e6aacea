"""What the rest of a row says about its label: the base that a suspicious pattern is compared with.

A naive Bayes score over binned columns and words, from which the columns of the pattern are left
out, and which is then turned into a share by counting: of the rows with about this score, how many
have the label. So a pattern that goes with its label because the rows are alike in other ways, too,
is told from one that was planted on rows of any kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from anonymize.gates.poisoning.table import ScreenTable
from anonymize.gates.poisoning.words import BUCKETS

BINS = 48
_SCORES = 64
_SMOOTHED = 2.0
_NEARLY_ALL = 0.9
_UNUSUAL = 0.25
Floats = npt.NDArray[np.float32]


class Evidence:
    """Scores of each row's labels, with any columns left out."""

    def __init__(self, table: ScreenTable) -> None:
        """Count the labels of every value; ``table`` has a label that is a class."""
        if table.label is None:
            raise ValueError("evidence is about a label")
        self._table = table
        self.labels = table.label.codes
        self.count = table.label.distinct
        self.totals = np.bincount(self.labels, minlength=self.count).astype(float)
        self.base = self.totals / max(1.0, self.totals.sum())
        self.codes = [one.binned(BINS) for one in table.features]
        self.frequency = [
            np.bincount(codes, minlength=size) / max(1, table.rows) for codes, size in self.codes
        ]
        self._tables = [self._ratios(codes, size) for codes, size in self.codes]

    def _ratios(self, codes: npt.NDArray[np.int32], size: int) -> Floats:
        """Return log P(value | label) - log P(value), shape (values, labels)."""
        pairs = codes.astype(np.int64) * self.count + self.labels
        counts = np.bincount(pairs, minlength=size * self.count).reshape(size, self.count)
        return self._logs(counts.astype(float))

    def _logs(self, counts: npt.NDArray[np.float64]) -> Floats:
        each = counts.sum(axis=1, keepdims=True)
        expected = each * self.base
        few = _SMOOTHED * self.base + 1e-9
        return np.asarray(np.log((counts + few) / (expected + few)), np.float32)

    @cached_property
    def word_tables(self) -> list[Floats]:
        """Return the same of each text column's words, shape (buckets, labels)."""
        made = []
        for text in self._table.texts:
            rows, counts = text.row_of, np.zeros((BUCKETS, self.count))
            for label in range(self.count):
                mine = text.words[self.labels[rows] == label]
                counts[:, label] = np.bincount(mine, minlength=BUCKETS)
            logs = self._logs(counts)
            logs[BUCKETS // 2 :] = 0  # pairs of words would say again what their words say
            made.append(logs)
        return made

    @cached_property
    def _total(self) -> Floats:
        total = np.tile(np.log(self.base + 1e-12).astype(np.float32), (self._table.rows, 1))
        for (codes, _), table in zip(self.codes, self._tables, strict=True):
            total += table[codes]
        for text, table in zip(self._table.texts, self.word_tables, strict=True):
            for label in range(self.count):
                total[:, label] += _sums(table[text.words, label], text.starts)
        return total

    def rest(
        self,
        label: int,
        columns: Sequence[int] = (),
        without: Floats | None = None,
    ) -> Floats:
        """Return per row the share of rows with ``label`` among those of about the same score.

        Args:
            label: Code of the label.
            columns: Numbers of the features that are left out.
            without: Scores to leave out beside them, shape (rows, labels).
        """
        scores = self._total.copy() if columns or without is not None else self._total
        for at in columns:
            scores -= self._tables[at][self.codes[at][0]]
        if without is not None:
            scores -= without
        return self._shares(scores, label)

    def constant(self, rows: npt.NDArray[np.int64], columns: Sequence[int] = ()) -> tuple[int, ...]:
        """Return ``columns``, and those in which nearly all of ``rows`` have one unusual value."""
        usual = set(columns)
        for at, (codes, size) in enumerate(self.codes):
            counts = np.bincount(codes[rows], minlength=size)
            top = int(counts.argmax())
            if counts[top] >= _NEARLY_ALL * len(rows) and self.frequency[at][top] <= _UNUSUAL:
                usual.add(at)
        return tuple(sorted(usual))

    def _shares(self, scores: Floats, label: int) -> Floats:
        others = np.delete(scores, label, axis=1)
        highest = others.max(axis=1)
        margin = scores[:, label] - highest
        edges = np.unique(np.quantile(margin, np.linspace(0, 1, _SCORES + 1)[1:-1]))
        bins = np.searchsorted(edges, margin, side="right")
        rows = np.bincount(bins, minlength=len(edges) + 1)
        mine = np.bincount(bins, self.labels == label, minlength=len(edges) + 1)
        return np.asarray(((mine + self.base[label]) / (rows + 1))[bins], np.float32)


def _sums(values: Floats, starts: npt.NDArray[np.int64]) -> Floats:
    """Return the sum of each row's values."""
    whole = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(whole[starts[1:]] - whole[starts[:-1]], np.float32)


def tail(
    counts: npt.NDArray[np.float64], hits: npt.NDArray[np.float64], share: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return a bound of the logarithm of P(at least ``hits`` of ``counts``) if each is one with
    probability ``share``: Chernoff's, exact enough in the far tail and never too small.
    """
    p = np.clip(share, 1e-9, 1 - 1e-9)
    q = np.clip(hits / np.maximum(1, counts), 1e-12, 1 - 1e-12)
    bound = -counts * (q * np.log(q / p) + (1 - q) * np.log((1 - q) / (1 - p)))
    return np.where(q > p, bound, 0.0)
