"""Noise has the size that ε asks for, intervals hold, and losses add up exactly."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.privacy.differential import (
    Loss,
    counts,
    counts_above,
    means,
    quantiles,
    sums,
)
from anonymize.privacy.differential.estimates import expected_width
from anonymize.privacy.differential.mechanisms import (
    noise_within,
    noisy,
    noisy_above,
    scale_of,
    threshold_of,
)

pytest.importorskip("opendp")


def test_two_tables_that_differ_in_one_person_are_hard_to_tell_apart() -> None:
    """The frequency of each answer differs by at most e^ε: without noise, or with half of it, this
    fails.
    """
    epsilon, draws = 0.8, 40_000
    scale = scale_of(1, epsilon)
    one, other = (np.array(noisy([true] * draws, scale)) for true in (10, 11))
    for answer in range(6, 16):
        found = [int((drawn == answer).sum()) for drawn in (one, other)]
        chance = math.sqrt(sum(1 / count for count in found))
        assert abs(math.log(found[0] / found[1])) < epsilon + 6 * chance
    assert (
        abs(math.log((one >= 11).sum() / (other >= 11).sum())) > epsilon / 2
    )  # not too much noise


@given(sensitivity=st.integers(1, 10**9), epsilon=st.floats(1e-4, 50))
def test_a_scale_never_costs_more_than_asked(sensitivity: int, epsilon: float) -> None:
    """By OpenDP's own privacy map, and hardly less."""
    from opendp import domains, measurements, metrics

    space = domains.vector_domain(domains.atom_domain(T="i64")), metrics.l1_distance(T="i64")
    scale = scale_of(sensitivity, epsilon)
    cost = measurements.make_laplace(*space, scale=scale).map(sensitivity)
    assert cost <= epsilon
    assert cost > epsilon * (1 - 1e-6)


@pytest.mark.parametrize("scale", [0.3, 2.0, 60.0, 1e6])
def test_noise_stays_within_its_bound_as_often_as_said(scale: float) -> None:
    """By the distribution itself: the bound is the least that holds 95 of 100."""
    a = math.exp(-1 / scale)
    within = noise_within(scale, 0.95)

    def beyond(t: int) -> float:
        return 2 * a ** (t + 1) / (1 + a)

    assert beyond(within) <= 0.05 * (1 + 1e-9)
    assert within == 0 or beyond(within - 1) > 0.05
    drawn = np.abs(np.array(noisy([0] * 4_000, scale)))
    assert (drawn <= within).mean() > 0.935


@pytest.mark.parametrize("runs", [150, pytest.param(1_000, marks=pytest.mark.soak)])
def test_intervals_hold_in_95_of_100_releases(runs: int) -> None:
    """Of counts, sums, means and ranks of quantiles, each."""
    chance = np.random.default_rng(7)
    codes = np.repeat([0, 1], [300, 40])
    values = chance.normal(50, 20, len(codes))
    clipped, bounds = np.clip(values, 0, 100), (0.0, 100.0)
    held = dict.fromkeys(("count", "sum", "mean", "rank"), 0)
    candidates = np.linspace(0, 100, 201)
    snapped = np.rint(clipped * 2) / 2
    for _ in range(runs):
        made = counts(np.bincount(codes), 2, 1, 0.7)
        held["count"] += sum(map(_holds, (300, 40), made.low, made.high))
        true = [clipped[codes == group].sum() for group in (0, 1)]
        added = sums(codes, values, 2, bounds, (2, 1), 0.7, whole=False)
        held["sum"] += sum(map(_holds, true, added.low, added.high))
        mean = means(codes, values, 2, bounds, (2, 1), 0.7)
        held["mean"] += sum(map(_holds, (true[0] / 300, true[1] / 40), mean.low, mean.high))
        found, off = quantiles(codes, clipped, 2, candidates, 0.5, (2, 1), 0.7)
        for group, value in enumerate(found.values):
            of = snapped[codes == group]
            rank = max(0, (of < value).sum() - len(of) / 2, (of > value).sum() - len(of) / 2)
            held["rank"] += bool(rank <= off)
    least = 0.95 - 5 * math.sqrt(0.95 * 0.05 / (2 * runs))
    assert {name: count / (2 * runs) >= least for name, count in held.items()} == dict.fromkeys(
        held, True
    )


def _holds(true: float, low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and low - 1e-3 <= true <= high + 1e-3


def test_values_beyond_the_bounds_count_as_the_bound() -> None:
    """One person with a billion moves no sum by more than the bound."""
    codes, values = np.zeros(3, np.int64), np.array([1e9, -1e9, 5.0])
    made = sums(codes, values, 1, (0.0, 10.0), (1, 1), 50.0, whole=True)
    assert made.values[0] == pytest.approx(15, abs=4)
    mean = means(codes, values, 1, (0.0, 10.0), (1, 1), 50.0)
    assert 0 <= (mean.values[0] or 0) <= 10


def test_a_group_of_one_person_hardly_ever_shows() -> None:
    """The threshold is the least whose chance is at most δ. Drawn too, because OpenDP's own map
    says less than what shows.
    """
    scale = scale_of(1, 0.5)
    threshold = threshold_of(1, 1, scale, 1e-6)
    a = math.exp(-1 / scale)
    assert a ** (threshold - 1) / (1 + a) <= 1e-6 < a ** (threshold - 2) / (1 + a)
    often = threshold_of(1, 2, scale, 0.01)
    shown = noisy_above({str(n): 2 for n in range(40_000)}, 1, 2, scale, often)
    assert 0.004 < len(shown) / 40_000 <= 0.013  # 6 standard deviations; OpenDP's would be 0.016
    made, least = counts_above({"many": 10_000, "one": 1}, 1, 1, 0.5, 1e-6)
    assert (made.keys, least) == (["many"], threshold)


def test_what_is_expected_is_what_intervals_say() -> None:
    """``--what-if`` shows the width that the release then has."""
    width, _ = expected_width("count", (2, 3), 0.5, bounds=None, at=0.5, candidates=0, delta=None)
    made = counts(np.array([10_000]), 2, 3, 0.5)
    assert made.high[0] is not None
    assert made.low[0] is not None
    assert (made.high[0] - made.low[0]) / 2 == width
    by_sum, _ = expected_width(
        "sum", (2, 3), 0.5, bounds=(0.0, 10.0), at=0.5, candidates=0, delta=None
    )
    added = sums(np.zeros(1, np.int64), np.ones(1), 1, (0.0, 10.0), (2, 3), 0.5, whole=False)
    assert added.high[0] is not None
    assert added.low[0] is not None
    assert (added.high[0] - added.low[0]) / 2 == pytest.approx(by_sum, rel=1e-6)


@given(st.lists(st.integers(1, 10**6), max_size=30))
def test_losses_add_up_exactly(parts: list[int]) -> None:
    """As decimals: ten times 0.1 fits a budget of 1, and one more does not."""
    total = Loss()
    for part in parts:
        total = total + Loss.of(part / 10**6)
    assert total.epsilon == Decimal(sum(parts)) / 10**6
    assert total.within(Loss.of(str(Decimal(sum(parts)) / 10**6)))
    assert not (total + Loss.of(1e-6)).within(Loss(total.epsilon))


def test_small_values_under_wide_bounds_are_right_in_sum() -> None:
    """A million times 0.45 under a bound of a million: rounded to the nearest of a million units it
    was 0.
    """
    values = np.full(1_000_000, 0.45)
    codes = np.zeros(len(values), np.int64)
    made = sums(codes, values, 1, (0.0, 1e6), (1, 1), 90.0, whole=False)
    assert made.values[0] == pytest.approx(450_000, abs=250_000)  # 22 times the noise's scale
    mean = means(codes, values, 1, (0.0, 1e6), (1, 1), 90.0)
    assert mean.values[0] == pytest.approx(0.45, abs=0.2)


def test_a_quantile_between_two_steps_is_the_nearest() -> None:
    """300 salaries within one step: the median is that step, and not any."""
    values = np.arange(45_300.0, 45_600.0)
    codes = np.zeros(len(values), np.int64)
    for at in (0.1, 0.5, 0.9):
        found, _ = quantiles(codes, values, 1, np.linspace(0, 1e6, 101), at, (1, 1), 5.0)
        assert found.values == [50_000.0]
