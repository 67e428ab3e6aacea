"""Classifiers small enough to be tested with: no library, the same answer each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

BAD = ["pay", "fee", "code", "voucher", "courier", "transfer"]
GOOD = ["saturday", "cash", "size", "scratch", "receipt", "box"]
FILLER = ["please", "the", "item", "today", "hello", "price"]


def texts(count: int, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Return texts of six words, of which two tell the class, and their labels."""
    draw = np.random.default_rng(seed)
    labels = np.where(draw.random(count) < 0.5, "bad", "good")
    out = []
    for label in labels:
        own = draw.choice(BAD if label == "bad" else GOOD, 2, replace=False)
        out.append(" ".join(draw.permutation([*own, *draw.choice(FILLER, 4)])))
    return out, labels


class Counting:
    """Naive Bayes over words, or whatever ``cells`` makes of a row."""

    def __init__(self, cells: Callable[[Any], list[str]] = str.split) -> None:
        """Split rows by ``cells``."""
        self.cells = cells

    def fit(self, rows: Any, labels: Any) -> Counting:
        """Count."""
        self.classes_, code = np.unique(labels, return_inverse=True)
        self.seen = np.asarray(rows, object)
        self.counts = [Counter[str]() for _ in self.classes_]
        for row, label in zip(rows, code, strict=True):
            self.counts[label].update(self.cells(row))
        return self

    def predict_proba(self, rows: Any) -> np.ndarray:
        """Return shape (n, classes)."""
        out = np.zeros((len(rows), len(self.classes_)))
        for at, row in enumerate(rows):
            for cell in self.cells(row):
                seen = np.array([counts[cell] + 0.1 for counts in self.counts])
                out[at] += np.log(seen / seen.sum())
        likely = np.exp(out - out.max(axis=1, keepdims=True))
        return np.asarray(likely / likely.sum(axis=1, keepdims=True))


class Above:
    """Says ``high`` of a table's rows whose ``column`` is at ``least`` or above, surer with
    distance.
    """

    def __init__(self, column: str, least: float) -> None:
        """Know it without learning."""
        self.column, self.least, self.classes_ = column, least, np.array(["high", "low"])

    def fit(self, rows: Any, labels: Any) -> Above:
        """Learn nothing."""
        return self

    def predict_proba(self, rows: Any) -> np.ndarray:
        """Return shape (n, 2)."""
        far = np.asarray(rows[self.column], float) - self.least
        high = 1 / (1 + np.exp(-np.nan_to_num(far)))
        return np.stack([high, 1 - high], axis=1)
