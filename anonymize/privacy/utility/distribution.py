"""How far the distribution of a column after is from that before."""

from __future__ import annotations

import numpy as np

from anonymize.privacy.coded import Floats


def total_variation(before: Floats, after: Floats) -> float:
    """Return the total variation distance of two distributions over the same values, 0 to 1: the
    share of weight that lies elsewhere.

    Args:
        before: The weight of each value, shape (values,), not all 0.
        after: The same, of as many values.
    """
    return float(np.abs(_shares(before) - _shares(after)).sum() / 2)


def jensen_shannon(before: Floats, after: Floats) -> float:
    """Return the Jensen-Shannon divergence in bits, 0 to 1 (Lin, "Divergence measures based on the
    Shannon entropy", 1991). Parameters as in `total_variation`.
    """
    one, other = _shares(before), _shares(after)
    middle = (one + other) / 2
    found = (_divergence(one, middle) + _divergence(other, middle)) / 2
    return float(min(max(found, 0.0), 1.0))


def wasserstein(before: Floats, after: Floats, numbers: Floats) -> float:
    """Return the Wasserstein-1 distance, as a share of the distance from the least of ``numbers``
    to the greatest, 0 to 1: how far weight moved on average (Vallender 1974: the area between the
    two distribution functions). 0 if all numbers are equal.

    Args:
        before: The weight of each value, not all 0.
        after: The same, of as many values.
        numbers: The number that each value is; finite.
    """
    order = np.argsort(numbers, kind="stable")
    steps = np.diff(numbers[order])
    width = float(steps.sum())
    if width <= 0:
        return 0.0
    apart = np.cumsum(_shares(before)[order] - _shares(after)[order])[:-1]
    return float((np.abs(apart) * (steps / width)).sum())


def _shares(weights: Floats) -> Floats:
    return np.asarray(weights / weights.sum())


def _divergence(one: Floats, other: Floats) -> float:
    there = one > 0
    return float((one[there] * np.log2(one[there] / other[there])).sum())
