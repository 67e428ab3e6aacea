"""Marginals of pairs are near the real ones, and nothing else of the rows is in them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from anonymize.privacy.synthetic import drawn, fitted

pytest.importorskip("opendp")
SIZES = (4, 3, 5)


def table(rows: int) -> np.ndarray:
    """Return rows in which the third column follows the first, and the second nothing."""
    chance = np.random.default_rng(3)
    first = chance.integers(0, 4, rows)
    third = np.where(chance.random(rows) < 0.9, first + 1, chance.integers(0, 5, rows))
    return np.stack([first, chance.integers(0, 3, rows), third], axis=1)


def test_the_pair_that_belongs_together_is_chosen_and_kept() -> None:
    """At ε = 5 of 20,000 rows its shares are met within a few rows of a thousand."""
    codes = table(20_000)
    found = fitted(codes, SIZES, 1, 5.0)
    assert (0, 2) in found.pairs
    assert abs(found.rows - 20_000) < 80
    made = drawn(found, 20_000)
    for a, b in ((0, 1), (0, 2), (1, 2)):
        real = Counter(map(tuple, codes[:, [a, b]].tolist()))
        got = Counter(map(tuple, made[:, [a, b]].tolist()))
        apart = sum(abs(real[key] - got[key]) for key in real.keys() | got.keys()) / 40_000
        assert apart < 0.03


def test_with_a_small_epsilon_the_noise_shows() -> None:
    """Without noise two fits would be equal, and as near as at a large ε."""
    codes = table(300)
    trees = [fitted(codes, SIZES, 1, 0.05) for _ in range(2)]
    assert not np.array_equal(trees[0].singles[0], trees[1].singles[0])
    assert abs(trees[0].singles[0] - 0.25).max() > 0.02


def test_shares_are_shares() -> None:
    """None below 0, each marginal adding up to 1, also of an empty table and of one row."""
    for codes in (table(0), table(1), table(50)):
        found = fitted(codes, SIZES, 2, 0.5)
        for shares in (*found.singles, *found.pairs.values()):
            assert shares.min() >= 0
            assert shares.sum() == pytest.approx(1)
        made = drawn(found, 77)
        assert made.shape == (77, 3)
        assert (made >= 0).all()
        assert (made < np.array(SIZES)).all()


def test_one_column_needs_no_pair() -> None:
    """All of ε goes to it."""
    found = fitted(table(1_000)[:, :1], (4,), 1, 10.0)
    assert found.pairs == {}
    assert np.bincount(drawn(found, 1_000)[:, 0], minlength=4) == pytest.approx([250] * 4, abs=60)


def test_no_order_of_rows_comes_through() -> None:
    """Rows are drawn in no order."""
    made = drawn(fitted(table(2_000), SIZES, 1, 50.0), 2_000)
    assert (np.diff(made[:, 0]) != 0).mean() > 0.5
