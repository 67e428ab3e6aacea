"""How many persons of a population are alone in their class, estimated from a sample of it."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from anonymize.privacy.coded_measures.histogram import Floats, Ints

_STEPS = 60
"""Halvings of an interval: more than a double's bits."""


def zayatz_uniques(sizes: Ints, population: int) -> float:
    """Return the estimated number of persons that are alone in their class in the population.

    The share of sample uniques that are population uniques, if classes of the population were as
    large as often as those of the sample; sampling without replacement.

    Args:
        sizes: Number of rows of each class of the sample.
        population: Number of persons in the population, at least those of the sample.

    Source: Zayatz, "Estimation of the percent of unique population elements on a microdata file
    using the sample", US Bureau of the Census, SRD 91/08, 1991.
    """
    rows, size, often = _frequencies(sizes)
    if not len(size) or size[0] != 1:
        return 0.0
    if population <= rows:
        return float(often[0])
    one = np.array([_one_of(int(each), rows, population) for each in size.tolist()])
    total = float((often * one).sum())
    unique = often[0] * one[0] / total if total else 0.0
    return min(float(unique * often[0] * population / rows), float(population))


def _one_of(size: int, rows: int, population: int) -> float:
    """Return the probability that exactly one of a class of ``size`` is in the sample."""
    rest = population - size
    if size > population or rows - 1 > rest:
        return 0.0
    log = math.log(size) + _log_choose(rest, rows - 1) - _log_choose(population, rows)
    return math.exp(log)


def _log_choose(of: int, some: int) -> float:
    return math.lgamma(of + 1) - math.lgamma(some + 1) - math.lgamma(of - some + 1)


def pitman_uniques(sizes: Ints, population: int) -> float:
    """Return the estimated number of persons that are alone in their class in the population, by
    Pitman's sampling formula, whose parameters θ and α are those of the highest likelihood.

    Fits tables with many small classes; `zayatz_uniques` fits dense ones better.

    Args:
        sizes: Number of rows of each class of the sample.
        population: Number of persons in the population, at least those of the sample.

    Source: Hoshino, "Applying Pitman's sampling formula to microdata disclosure risk assessment",
    Journal of Official Statistics 17(4), 2001.
    """
    rows, size, often = _frequencies(sizes)
    if not len(size) or size[0] != 1:
        return 0.0
    if population <= rows:
        return float(often[0])
    classes = int(often.sum())
    if classes == rows:
        return float(population)
    low, high = 1e-6, 1 - 1e-6
    for _ in range(_STEPS):
        alpha = (low + high) / 2
        theta = _theta(alpha, rows, classes)
        if _slope(alpha, theta, classes, size, often) > 0:
            low = alpha
        else:
            high = alpha
    alpha = (low + high) / 2
    theta = _theta(alpha, rows, classes)
    log = math.lgamma(theta + 1) - math.lgamma(theta + alpha) + alpha * math.log(population)
    return min(math.exp(min(log, 700.0)), float(population))


def _frequencies(sizes: Ints) -> tuple[int, Floats, Floats]:
    """Return the number of rows, the sizes of classes ascending, and how often each occurs."""
    size, often = np.unique(sizes[sizes > 0], return_counts=True)
    return int(sizes.sum()), size.astype(np.float64), often.astype(np.float64)


def _theta(alpha: float, rows: int, classes: int) -> float:
    """Return the θ of the highest likelihood for ``alpha``.

    Σ 1/(θ + iα) over i < classes is Σ 1/(θ + i) over i < rows there; the difference falls in θ
    from above 0 to below.
    """

    def slope(theta: float) -> float:
        more = _harmonic(theta / alpha, classes) / alpha
        return more - _harmonic(theta, rows)

    low, high = 1e-9, float(rows) * 1e6
    if slope(low) <= 0:
        return low
    for _ in range(2 * _STEPS):
        middle = math.sqrt(low * high)
        if slope(middle) > 0:
            low = middle
        else:
            high = middle
    return low


def _slope(alpha: float, theta: float, classes: int, size: Floats, often: Floats) -> float:
    """Return the slope of the log likelihood in α."""
    sums = _harmonic(theta / alpha, classes) / alpha
    more = ((classes - 1) - theta * sums) / alpha
    less = float((often * (_digamma(size - alpha) - _digamma(np.array([1 - alpha])))).sum())
    return more - less


def _harmonic(start: float, count: int) -> float:
    """Return Σ 1/(start + i) over i from 1 to ``count - 1``."""
    ends = _digamma(np.array([start + count, start + 1]))
    return float(ends[0] - ends[1])


def _digamma(at: Floats) -> npt.NDArray[np.float64]:
    """Return the digamma function of numbers above 0, to about 1e-12.

    Recurrence up to 10, then the asymptotic series (Abramowitz and Stegun 6.3.5, 6.3.18).
    """
    at = at.astype(np.float64).copy()
    found = np.zeros(len(at))
    for _ in range(10):
        small = at < 10
        found[small] -= 1 / at[small]
        at[small] += 1
    square = 1 / (at * at)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return np.asarray(found + np.log(at) - 0.5 / at - series, np.float64)
