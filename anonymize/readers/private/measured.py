"""Scores of a trained model, and how well they order rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def area_under_curve(scores: Floats, positive: npt.NDArray[np.bool_]) -> float:
    """Return the probability that a positive has a higher score than a negative, ties for half; NaN
    where there are none of one kind.
    """
    negatives = np.sort(scores[~positive])
    if not len(negatives) or not positive.any():
        return float("nan")
    below = np.searchsorted(negatives, scores[positive], side="left")
    not_above = np.searchsorted(negatives, scores[positive], side="right")
    return float((below + not_above).mean() / 2 / len(negatives))


def confidence(scores: Floats, labels: npt.NDArray[np.int64]) -> Floats:
    """Return log(p / (1 - p)) of the right class for n rows × classes of scores (logits)."""
    rows = np.arange(len(labels))
    right = scores[rows, labels]
    others = scores.astype(np.float64).copy()
    others[rows, labels] = -np.inf
    top = others.max(axis=1)
    found: Floats = right - top - np.log(np.exp(others - top[:, None]).sum(axis=1))
    return found
