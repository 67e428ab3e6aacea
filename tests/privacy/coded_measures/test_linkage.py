"""Risks of linkage, and estimates of persons who are unique in a population."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anonymize.privacy.coded_measures import (
    delta_presence,
    journalist_risk,
    k_map,
    marketer_risk,
    pitman_uniques,
    prosecutor_risk,
    uniqueness,
    zayatz_uniques,
)
from anonymize.privacy.coded_measures.population import _digamma

SIZES, POPULATION = np.array([1, 2, 4, 0]), np.array([2, 10, 4, 5])


def test_the_prosecutor_links_the_smallest_class_first() -> None:
    """Rows of classes of 1, 2 and 4."""
    risk = prosecutor_risk(SIZES, threshold=0.3)
    assert (risk.highest, risk.average) == (1.0, pytest.approx(3 / 7))
    assert risk.at_risk == pytest.approx(3 / 7)


def test_the_journalist_links_by_the_population() -> None:
    """The class of one has two persons in the population."""
    risk = journalist_risk(SIZES, POPULATION, threshold=0.3)
    assert risk.highest == 0.5
    assert risk.average == pytest.approx((1 / 2 + 2 / 10 + 4 / 4) / 7)
    assert risk.at_risk == pytest.approx(1 / 7)


def test_the_marketer_links_all_rows() -> None:
    """Expected share of correct links, to the population or to the table itself."""
    assert marketer_risk(SIZES, POPULATION) == pytest.approx((1 / 2 + 2 / 10 + 1) / 7)
    assert marketer_risk(SIZES) == pytest.approx(3 / 7)


def test_k_map_and_presence_compare_with_the_population() -> None:
    """A class that the table lacks counts for presence, not for k-map."""
    assert k_map(SIZES, POPULATION) == 2
    assert delta_presence(SIZES, POPULATION) == (0.0, 1.0)
    assert delta_presence(np.array([1, 2]), np.array([4, 4])) == (0.25, 0.5)


def test_an_empty_table_has_no_risk() -> None:
    """Zeros, not errors."""
    none = np.zeros(0, np.int64)
    assert prosecutor_risk(none).highest == 0
    assert uniqueness(none) == k_map(none, none) == zayatz_uniques(none, 10) == 0
    assert delta_presence(none, none) == (0, 0)


def test_uniqueness_is_the_share_of_rows_alone_in_their_class() -> None:
    """One row of seven."""
    assert uniqueness(SIZES) == pytest.approx(1 / 7)


@pytest.mark.parametrize("estimate", [zayatz_uniques, pitman_uniques])
def test_estimates_are_near_the_population_that_was_sampled(estimate: object) -> None:
    """A tenth of 40,000 persons in classes of skewed sizes: within a factor of two of the truth;
    the whole population gives its own uniques.
    """
    random = np.random.default_rng(3)
    person = (random.pareto(0.7, 40_000) * 50).astype(np.int64) % 60_000
    truth = int((np.unique(person, return_counts=True)[1] == 1).sum())
    sample = np.unique(random.choice(person, 4_000, replace=False), return_counts=True)[1]
    assert truth / 2 < estimate(sample, 40_000) < truth * 2  # type: ignore[operator]
    everyone = np.unique(person, return_counts=True)[1]
    assert estimate(everyone, 40_000) == truth  # type: ignore[operator]


def test_no_sample_unique_is_no_population_unique() -> None:
    """Both estimates start from the sample's uniques."""
    sizes = np.full(10, 5)
    assert zayatz_uniques(sizes, 500) == pitman_uniques(sizes, 500) == 0


def test_digamma_is_the_slope_of_the_log_of_gamma() -> None:
    """Against differences of `math.lgamma`, and at 1 against Euler's constant."""
    at = np.array([0.01, 0.5, 1.0, 3.7, 25.0, 1e4])
    for value, found in zip(at.tolist(), _digamma(at).tolist(), strict=True):
        step = value * 1e-5
        slope = (math.lgamma(value + step) - math.lgamma(value - step)) / (2 * step)
        assert found == pytest.approx(slope, rel=1e-5, abs=1e-5)
    assert _digamma(np.ones(1))[0] == pytest.approx(-0.5772156649015329)
