"""Bounds of the probability that a text or table that has nothing to do with a version is taken for
a leak of it.
"""

from __future__ import annotations

import math

_MOST_TERMS = 100_000
_LEAST_LOGARITHM = -690.0
"""Smaller probabilities are given as about 10⁻³⁰⁰."""


def by_chance(hits: int, expected: float) -> float:
    """Return the probability of ``hits`` or more where ``expected`` are expected by chance.

    For canaries whose marks are drawn by a key, independently of what is searched: mark *i* is met
    by chance with a probability of at most ``cells × 2^-bits_i``, and ``expected`` is their sum.
    The number of hits then has at most this tail, that of a Poisson law, because
    ``P(at least s of independent events) ≤ expected^s / s!`` by the union bound over all sets of s.
    """
    if hits <= 0:
        return 1.0
    if expected <= 0.0:
        return 0.0
    logarithm = hits * math.log(expected) - math.lgamma(hits + 1)
    return min(1.0, math.exp(max(logarithm, _LEAST_LOGARITHM)))


def by_decoys(hits: int, canaries: int, met: int, decoys: int) -> float:
    """Return the probability that ``hits`` or more of ``met`` rows are canaries by chance.

    Canaries and decoys are made in one way, and the key alone decided which of them were published.
    If what is searched does not depend on that decision, each set of ``canaries`` among all is
    equally probable, whatever the data are: a permutation test, exact for every table.

    Args:
        hits: Canaries that were met.
        canaries: Canaries that were published.
        met: Canaries and decoys that were met, together.
        decoys: Decoys that were made and not published.
    """
    if hits <= 0:
        return 1.0
    rows = canaries + decoys
    whole = _log_choose(rows, canaries)
    terms = (
        _log_choose(met, found) + _log_choose(rows - met, canaries - found) - whole
        for found in range(hits, min(met, canaries, hits + _MOST_TERMS) + 1)
    )
    return min(1.0, math.fsum(math.exp(term) for term in terms))


def _log_choose(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
