"""The number of canaries for a leaked share and a power."""

from __future__ import annotations

import math

RECOGNIZED = 0.98
"""Least probability with which a canary that is in a leak is recognized there. Measured over 1,000
simulated leaks (``bench/training_canaries.py``) it is 1 as long as one marked column is left; the
rest is room for cells that were damaged.
"""


def power_of(
    count: int,
    share: float,
    *,
    least: int = 1,
    recognized: float = RECOGNIZED,
    rows: int | None = None,
) -> float:
    """Return the probability that a leak of ``share`` of a version's rows is recognized.

    Args:
        count: Number of canaries in the version.
        share: Share of its rows that leaks, drawn at random; in a version of shuffled rows also
            any contiguous part.
        least: Number of canaries that must be recognized for an accusation.
        recognized: Probability that a canary in the leak is recognized.
        rows: Rows of the version, for the exact hypergeometric law; None for the binomial law,
            which is its limit for many rows and gives less power.
    """
    missed = 0.0
    for found in range(least):
        if rows is None:
            missed += _binomial(count, share * recognized, found)
        else:
            missed += _drawn(count, round(rows * share), rows, recognized, found)
    return max(0.0, 1.0 - missed)


def canaries_for(
    share: float, power: float, *, least: int = 1, recognized: float = RECOGNIZED
) -> int:
    """Return the smallest number of canaries with at least ``power``; see `power_of`."""
    high = least
    while power_of(high, share, least=least, recognized=recognized) < power:
        high *= 2
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        if power_of(middle, share, least=least, recognized=recognized) < power:
            low = middle
        else:
            high = middle
    return max(high, least)


def _binomial(count: int, chance: float, found: int) -> float:
    if chance >= 1.0:
        return float(found == count)
    return math.comb(count, found) * chance**found * (1.0 - chance) ** (count - found)


def _drawn(count: int, leaked: int, rows: int, recognized: float, found: int) -> float:
    """Return the probability of ``found`` recognized canaries among ``leaked`` of ``rows``."""
    total = 0.0
    for inside in range(found, min(count, leaked) + 1):
        held = math.exp(
            _log_choose(count, inside)
            + _log_choose(rows - count, leaked - inside)
            - _log_choose(rows, leaked)
        )
        total += held * _binomial(inside, recognized, found)
    return total


def _log_choose(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
