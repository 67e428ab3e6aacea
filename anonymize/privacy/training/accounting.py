"""Rényi accounting of the Poisson-sampled Gaussian mechanism.

Each step adds up one vector of norm at most C per sampled person, with Gaussian noise of standard
deviation σ·C. Two tables are neighbours if one has all rows of one person more. The divergence of
order α of a step is log(A_α) / (α - 1), with

    A_α = E over z ~ N(0, σ²) of (1 - q + q·exp((2z - 1) / 2σ²))^α

(Mironov, Talwar, Zhang: Rényi differential privacy of the sampled Gaussian mechanism, 2019; the
divergence in the other direction is not larger, theorem 5). The expectation is integrated by the
trapezoid rule, which for such an analytic integrand is exact up to rounding. Divergences of steps
add up, and are turned into ε as Balle et al. (Hypothesis testing interpretations and Rényi
differential privacy, 2020, theorem 21) show. Orders are those of Opacus, so figures are its own.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from anonymize.errors import ArgumentError

ORDERS = (*(1 + x / 10 for x in range(1, 100)), *range(12, 64))
LEAST_NOISE, MOST_NOISE = 0.2, 1e4
_UNIT = 10_000
"""Parts of a noise multiplier that is sought, and of an ε that is stated; rounded up."""
_ROUNDING = 1e-12
"""Of a step's divergence, more than the integral's rounding error; added so as to err upwards."""
_REACH, _PER_SIGMA = 12, 20
"""The integral reaches so many σ beyond the integrand's peaks, with so many points per σ."""


def epsilon_of(noise: float, share: float, steps: int, delta: float) -> float:
    """Return the ε of ``steps`` steps, in each of which every person takes part with probability
    ``share``, independently of others, with noise of ``noise`` times the clipping norm.

    Raises:
        ArgumentError: a number is out of range.
    """
    _check(share, steps, delta)
    if not LEAST_NOISE <= noise <= MOST_NOISE:
        raise ArgumentError(f"noise: say a number from {LEAST_NOISE:g} to {MOST_NOISE:g}")
    orders = np.array(ORDERS)
    losses = np.array(_divergences(float(noise), float(share))) * steps
    tail = np.log1p(-1 / orders) - (math.log(delta) + np.log(orders)) / (orders - 1)
    return max(0.0, float(np.min(losses + tail)))


def noise_for(epsilon: float, share: float, steps: int, delta: float) -> float:
    """Return the least noise multiplier, to four decimals, whose ε is at most ``epsilon``.

    Raises:
        ArgumentError: a number is out of range, or no noise suffices for so small an ε.
    """
    _check(share, steps, delta)
    if not epsilon > 0:
        raise ArgumentError("epsilon: say a number above 0")
    low, high = math.ceil(LEAST_NOISE * _UNIT), int(MOST_NOISE * _UNIT)
    if epsilon_of(high / _UNIT, share, steps, delta) > epsilon:
        what = f"epsilon: with δ = {delta:g} no noise gives as little as {epsilon:g}; raise delta"
        raise ArgumentError(f"{what}, or epsilon")
    while low < high:
        middle = (low + high) // 2
        if epsilon_of(middle / _UNIT, share, steps, delta) <= epsilon:
            high = middle
        else:
            low = middle + 1
    return high / _UNIT


def rounded_up(epsilon: float) -> float:
    """Return an ε to four decimals, not less than it is."""
    return math.ceil(round(epsilon * _UNIT, 6)) / _UNIT


def _check(share: float, steps: int, delta: float) -> None:
    for name, value, top in (("share", share, 1.0), ("delta", delta, 0.01)):
        if not 0 < value <= top:
            raise ArgumentError(f"{name}: say a number above 0 and at most {top:g}")
    if not 1 <= steps <= 10_000_000:
        raise ArgumentError("steps: say a number from 1 to 10000000")


@lru_cache(maxsize=256)
def _divergences(noise: float, share: float) -> tuple[float, ...]:
    """Return the divergence of one step for each of `ORDERS`."""
    if share == 1:
        return tuple(order / (2 * noise**2) for order in ORDERS)
    return tuple(_log_moment(noise, share, a) / (a - 1) + _ROUNDING for a in ORDERS)


def _log_moment(noise: float, share: float, order: float) -> float:
    """Return log(A_α). The integrand has its mass near 0 and near α."""
    width = noise / _PER_SIGMA
    end = order + 2 * _REACH * noise
    z = -_REACH * noise + width * np.arange(math.ceil(end / width) + 1)
    ratio = np.logaddexp(math.log1p(-share), math.log(share) + (2 * z - 1) / (2 * noise**2))
    logs = order * ratio - z**2 / (2 * noise**2)
    top = float(logs.max())
    total = top + math.log(float(np.exp(logs - top).sum()) * width)
    return max(0.0, total - math.log(noise * math.sqrt(2 * math.pi)))
