"""Distances of distributions against SciPy, and their ends."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from anonymize.privacy.utility.distribution import jensen_shannon, total_variation, wasserstein


@pytest.mark.parametrize("seed", range(8))
def test_distances_are_those_of_scipy(seed: int) -> None:
    """Of weights that do not add up to the same, some of them 0."""
    draw = np.random.default_rng(seed)
    before, after = draw.integers(0, 9, (2, 30)).astype(float)
    numbers = draw.choice(1000, 30, replace=False).astype(float)
    width = numbers.max() - numbers.min()
    there = wasserstein_distance(numbers, numbers, before, after) / width
    assert wasserstein(before, after, numbers) == pytest.approx(there)
    assert jensen_shannon(before, after) == pytest.approx(jensenshannon(before, after, 2) ** 2)
    shares = before / before.sum(), after / after.sum()
    assert total_variation(before, after) == pytest.approx(np.maximum(*shares).sum() - 1)


def test_distances_go_from_nothing_to_all() -> None:
    """The same distribution, and two that have nothing in common."""
    one, other, numbers = np.array([3.0, 0]), np.array([0.0, 5]), np.array([10.0, 90])
    for distance in (total_variation, jensen_shannon):
        assert distance(one, one * 7) == 0
        assert distance(one, other) == 1
    assert wasserstein(one, one * 7, numbers) == 0
    assert wasserstein(one, other, numbers) == 1
    assert wasserstein(one, other, np.array([4.0, 4])) == 0
