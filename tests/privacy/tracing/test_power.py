"""The number of canaries for a share and a power."""

from __future__ import annotations

import numpy as np
import pytest

from anonymize.privacy.tracing import canaries_for, power_of


def test_so_many_are_enough_and_one_less_is_not() -> None:
    """The number is the smallest with the power that is asked for."""
    for share, power, least in ((0.01, 0.99, 1), (0.2, 0.5, 1), (0.05, 0.9, 5), (1.0, 0.99, 1)):
        count = canaries_for(share, power, least=least)
        assert power_of(count, share, least=least) >= power
        assert count == least or power_of(count - 1, share, least=least) < power


def test_one_percent_that_leaks_is_seen_with_465_canaries() -> None:
    """Solved by hand: (1 - .01 × .98)^n ≤ .01."""
    assert canaries_for(0.01, 0.99) == 468
    assert (1 - 0.01 * 0.98) ** 468 <= 0.01 < (1 - 0.01 * 0.98) ** 467


@pytest.mark.parametrize("rows", [None, 2_000])
def test_the_power_is_that_of_drawn_leaks(rows: int | None) -> None:
    """40,000 leaks of a table of 2,000 rows with 30 canaries, drawn with a fixed seed: within
    six standard errors of the hypergeometric law, and not below the binomial one.
    """
    drawn = np.random.default_rng(5)
    inside = drawn.hypergeometric(30, 1_970, 100, size=40_000)
    seen = (drawn.binomial(inside, 0.9) >= 2).mean()
    told = power_of(30, 0.05, least=2, recognized=0.9, rows=rows)
    error = 6 * (seen * (1 - seen) / 40_000) ** 0.5
    assert abs(told - seen) < error if rows else told < seen + error


def test_a_canary_that_is_missed_costs_power() -> None:
    """What is not recognized is not evidence."""
    assert power_of(50, 0.02, recognized=0.5) < power_of(50, 0.02, recognized=1.0)
