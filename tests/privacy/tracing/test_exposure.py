"""Exposure of canaries in generative models."""

from __future__ import annotations

import math

import numpy as np
import pytest

from anonymize.errors import ArgumentError
from anonymize.privacy.tracing import exposure


def test_the_model_s_favourite_has_all_bits() -> None:
    """Rank 1 of 1,024 candidates is 10 bits."""
    found = exposure(0.5, [1.0 + one for one in range(1_023)])
    assert (found.rank, found.bits, found.chance) == (1, 10.0, 1 / 1_024)


def test_higher_scores_can_be_likelier() -> None:
    """The direction of scores is said."""
    assert exposure(3.0, [1.0, 2.0], lower_is_likelier=False).rank == 1
    assert exposure(3.0, [1.0, 2.0]).rank == 3


def test_a_tie_counts_against_the_exposure() -> None:
    """A model that scores all alike shows nothing."""
    assert exposure(1.0, [1.0] * 99).bits == 0.0


def test_a_canary_that_was_never_seen_has_little() -> None:
    """Uniform ranks have 1/ln 2 bits on average, here within six standard errors."""
    drawn = np.random.default_rng(3)
    bits = [exposure(float(one[0]), one[1:].tolist()).bits for one in drawn.random((400, 512))]
    assert np.mean(bits) == pytest.approx(1 / math.log(2), abs=6 * np.std(bits) / 20)


@pytest.mark.parametrize(("canary", "others"), [(1.0, []), (float("nan"), [1.0])])
def test_what_cannot_be_ranked_is_refused(canary: float, others: list[float]) -> None:
    """No candidates, or no number."""
    with pytest.raises(ArgumentError):
        exposure(canary, others)
