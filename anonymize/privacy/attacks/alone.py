"""How many predicates would be true of one person, in a population sample of another size."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from anonymize.privacy.attacks.rates import Rate


def alone(counts: npt.NDArray[np.int64], size: int, rows: int) -> float:
    """Return how many predicates are expected to be true of exactly one of ``rows`` people.

    ``counts`` has for each predicate of how many of ``size`` people it is true. Each predicate's
    share of the population is taken to be drawn from a gamma distribution, whose mean and variance
    are those that the counts show beyond chance: then the expected number has a closed form. With
    equal sizes it is the number of ones.

    Raises:
        ValueError: ``size`` is 0.
    """
    if size < 1:
        raise ValueError("nobody was counted")
    if size == rows or not len(counts):
        return float((counts == 1).sum())
    mean, more = float(counts.mean()), rows / size
    beyond = float(counts.var()) - mean
    if not mean:
        return 0.0
    if beyond <= 1e-9 * mean:
        each = more * mean * math.exp(-more * mean)
    else:
        shape, rate = mean * mean / beyond, mean / beyond
        each = more * shape / (rate + more) * (rate / (rate + more)) ** shape
    return len(counts) * each


def control_rate(found: float, attacks: int, size: int, rows: int) -> Rate:
    """Return the rate of ``found`` among ``attacks``, as sure as ``size`` people make it: a number
    that was carried over to more people counts as that many fewer attacks.
    """
    sure = max(1, round(attacks * min(1.0, size / rows)))
    return Rate(sure, min(1.0, found / attacks) * sure)
