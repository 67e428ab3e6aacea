"""Bounds of the probability of a false accusation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from anonymize.privacy.tracing import by_chance, by_decoys


def test_nothing_found_is_no_evidence() -> None:
    """The bound is 1."""
    assert by_chance(0, 1e-9) == by_decoys(0, 20, 0, 1_000) == 1.0


def test_by_decoys_is_the_count_of_all_choices() -> None:
    """All 210 choices of 4 canaries among 10 candidates, of which 3 are met."""
    choices = list(itertools.combinations(range(10), 4))
    as_many = [sum(one < 3 for one in chosen) >= 2 for chosen in choices]
    assert by_decoys(2, 4, 3, 6) == pytest.approx(sum(as_many) / len(choices))


def test_by_chance_is_at_least_the_binomial_tail() -> None:
    """For independent marks it is a bound, never below the exact probability."""
    for count, chance, hits in ((20, 1e-3, 1), (50, 0.01, 3), (10, 0.3, 5)):
        exact = sum(
            math.comb(count, k) * chance**k * (1 - chance) ** (count - k)
            for k in range(hits, count + 1)
        )
        assert by_chance(hits, count * chance) >= exact


def test_a_permutation_test_accuses_no_more_often_than_it_says() -> None:
    """20,000 draws in which the key's choice has nothing to do with what is met."""
    drawn = np.random.default_rng(7)
    hits = drawn.hypergeometric(20, 180, 30, size=20_000)
    told = np.array([by_decoys(int(one), 20, 30, 180) for one in hits])
    for level in (0.3, 0.05, 0.01):
        assert (told <= level).mean() <= level + 6 * (level / 20_000) ** 0.5
