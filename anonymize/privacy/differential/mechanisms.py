"""Noise and choices of OpenDP, over whole numbers.

Each function checks with OpenDP's own privacy map that what it is about to release costs at most
the ε and δ that it was given, and raises otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from anonymize.errors import MissingExtraError

_SLACK = 1 + 1e-12
"""OpenDP rounds the loss up; a scale that is larger by this much costs at most what is asked."""
_TRIES = 60


@cache
def _opendp() -> Any:
    """Return OpenDP's constructors. Not its prelude, which imports scikit-learn if it is there:
    ten seconds.
    """
    try:
        from opendp import domains, measurements, measures, metrics
        from opendp.mod import enable_features
    except ImportError:
        raise MissingExtraError.of("differential privacy", "dp") from None
    enable_features("contrib")
    return SimpleNamespace(
        m=measurements,
        vector_domain=domains.vector_domain,
        map_domain=domains.map_domain,
        atom_domain=domains.atom_domain,
        l1_distance=metrics.l1_distance,
        l01inf_distance=metrics.l01inf_distance,
        absolute_distance=metrics.absolute_distance,
        linf_distance=metrics.linf_distance,
        max_divergence=measures.max_divergence,
    )


def require_opendp() -> None:
    """Check that OpenDP is there, before anything is spent.

    Raises:
        MissingExtraError: it is not installed.
    """
    _opendp()


def scale_of(sensitivity: int, epsilon: float) -> float:
    """Return the scale of discrete Laplace noise on numbers of which one person changes the sum of
    absolute values by at most ``sensitivity``, so that the loss is at most ``epsilon``.
    """
    dp = _opendp()
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    scale = sensitivity / epsilon
    for _ in range(_TRIES):
        if dp.m.make_laplace(*space, scale=scale).map(sensitivity) <= epsilon:
            return scale
        scale *= _SLACK
    raise AssertionError("no scale keeps the loss within ε")


def noisy(numbers: Sequence[int], scale: float) -> list[int]:
    """Return whole numbers with discrete Laplace noise (Ghosh, Roughgarden, Sundararajan 2009;
    sampled exactly after Canonne, Kamath, Steinke 2020).
    """
    dp = _opendp()
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    return list(dp.m.make_laplace(*space, scale=scale)([int(number) for number in numbers]))


def noise_within(scale: float, chance: float) -> int:
    """Return the least t for which discrete Laplace noise is within ±t with probability
    ``chance``.
    """
    # P(|noise| > t) = 2 a^(t + 1) / (1 + a) with a = exp(-1 / scale)
    log_a = -1 / scale
    log_tail = math.log((1 - chance) / 2) + math.log1p(math.exp(log_a))
    return max(0, math.ceil(log_tail / log_a - 1))


def threshold_of(groups: int, rows: int, scale: float, delta: float) -> int:
    """Return the least noisy count from which on a group shows, so that any of the ``groups`` that
    only one person has, with ``rows`` rows each, shows with probability at most ``delta`` in all.

    By the noise's own distribution: P(rows + noise >= t) = a^(t - rows) / (1 + a), where
    a = e^(-1/scale). OpenDP 0.16's privacy map is not asked, because it takes the next power of a:
    at scale 2 and threshold 10 it says 0.0042 where 0.0069 of such groups show.
    """
    log_a = -1 / scale
    log_most = math.log(delta / groups) + math.log1p(math.exp(log_a))
    return rows + max(0, math.ceil(log_most / log_a * _SLACK))


def noisy_above(
    counts: Mapping[str, int], groups: int, rows: int, scale: float, threshold: int
) -> dict[str, int]:
    """Return the noisy counts of those groups whose noisy count is at least ``threshold``: stable
    histograms (Korolova et al. 2009; Rogers 2023).
    """
    dp = _opendp()
    domain = dp.map_domain(dp.atom_domain(T=str), dp.atom_domain(T="i64"))
    metric = dp.l01inf_distance(dp.absolute_distance(T="i64"))
    measurement = dp.m.make_laplace_threshold(domain, metric, scale=scale, threshold=threshold)
    if measurement.map((groups, groups * rows, rows))[0] > groups * rows / scale * _SLACK:
        raise AssertionError("the noise costs more than its scale says")
    return dict(measurement({key: int(count) for key, count in counts.items()}))


def chosen(scores: Sequence[int], sensitivity: int, epsilon: float) -> int:
    """Return the position of a low score; one person changes each by at most ``sensitivity``.

    Permute and flip (McKenna, Sheldon 2020), as OpenDP's noisy max.
    """
    dp = _opendp()
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.linf_distance(T="i64")
    scale = 2 * sensitivity / epsilon
    for _ in range(_TRIES):
        select = dp.m.make_noisy_max(*space, dp.max_divergence(), scale=scale, negate=True)
        if select.map(sensitivity) <= epsilon:
            return int(select([int(score) for score in scores]))
        scale *= _SLACK
    raise AssertionError("no scale keeps the loss within ε")
