"""Draws have the stated distribution, and do not repeat."""

from __future__ import annotations

import math

import numpy as np

from anonymize.readers.private.randomness import SecretDraws

COUNT = 400_001


def test_normal_values_are_normal() -> None:
    """Moments within six standard errors, tails as they should be, neighbours apart."""
    drawn = SecretDraws().normal(COUNT)
    assert len(drawn) == COUNT
    error = 6 / math.sqrt(COUNT)
    assert abs(drawn.mean()) < error
    assert abs(drawn.var() - 1) < error * math.sqrt(2)
    assert abs((drawn**3).mean()) < error * math.sqrt(15)
    assert abs((drawn**4).mean() - 3) < error * math.sqrt(96)
    beyond = (np.abs(drawn) > 3).mean()
    assert abs(beyond - 0.0026998) < 6 * math.sqrt(0.0027 / COUNT)
    for lag in (1, 2, 3, 4, COUNT // 2):
        assert abs((drawn[lag:] * drawn[:-lag]).mean()) < 6 / math.sqrt(COUNT - lag)


def test_uniform_values_are_even() -> None:
    """Within (0, 1), each tenth as often."""
    drawn = SecretDraws().uniform(COUNT)
    assert 0 < drawn.min() < 1e-4
    assert 1 - 1e-4 < drawn.max() < 1
    tenths = np.bincount((drawn * 10).astype(int), minlength=10) / COUNT
    assert np.abs(tenths - 0.1).max() < 6 * math.sqrt(0.09 / COUNT)


def test_no_two_streams_are_alike() -> None:
    """Nor two draws of one."""
    one, other = SecretDraws(), SecretDraws()
    assert not np.intersect1d(one.normal(1000), other.normal(1000)).size
    assert not np.intersect1d(one.uniform(1000), one.uniform(1000)).size
    assert SecretDraws().normal(0).shape == (0,)
