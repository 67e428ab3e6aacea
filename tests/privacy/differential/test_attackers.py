"""Attackers who know everything but one thing, against exact figures and against released ones."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anonymize.privacy.differential import counts

pytest.importorskip("opendp")


def _rebuilt(asked: np.ndarray, answers: np.ndarray, secret: np.ndarray) -> float:
    """Return the share of secrets that least squares finds (Dinur, Nissim 2003)."""
    guessed = np.linalg.lstsq(asked, answers, rcond=None)[0] > 0.5
    return float((guessed == secret).mean())


def test_enough_exact_counts_are_the_rows_and_noisy_ones_are_not() -> None:
    """A secret of 400 people and 1,600 counts of some of them, all for ε = 1."""
    chance = np.random.default_rng(3)
    secret, asked = chance.random(400) < 0.5, chance.random((1_600, 400)) < 0.5
    exact = asked @ secret.astype(np.int64)
    assert _rebuilt(asked, exact, secret) == 1
    released = counts(exact, len(asked), 1, 1.0).values
    assert _rebuilt(asked, np.array(released, float), secret) < 0.65  # 6 standard deviations


def test_a_count_with_and_without_somebody_tells_hardly_more_than_chance() -> None:
    """Who knows all others guesses whether somebody is in: right at most e^ε of e^ε + 1 times."""
    epsilon, tries = 0.5, 20_000
    with_them = np.array(counts(np.full(tries, 101), 1, 1, epsilon).values, float)
    without = np.array(counts(np.full(tries, 100), 1, 1, epsilon).values, float)
    right = ((with_them > 100).mean() + (without <= 100).mean()) / 2
    most = math.exp(epsilon) / (1 + math.exp(epsilon))
    assert 0.53 < right < most + 6 * math.sqrt(0.25 / (2 * tries))


def test_averaging_what_a_budget_allows_is_no_better_than_one_release() -> None:
    """Sixteen releases of a sixteenth of the budget have four times the error of one, averaged."""
    tries, parts = 4_000, 16
    one = np.array(counts(np.full(tries, 10_000), 1, 1, 1.0).values, float) - 10_000
    many = np.array(counts(np.full(tries * parts, 10_000), 1, 1, 1 / parts).values, float) - 10_000
    averaged = many.reshape(tries, parts).mean(axis=1)
    assert 3.2 < averaged.std() / one.std() < 4.8
