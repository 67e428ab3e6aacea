"""Counts that are told: none is small, none follows from others."""

from __future__ import annotations

from itertools import pairwise

import hypothesis.strategies as st
from hypothesis import given

from anonymize.privacy.pooled import (
    MOST_BARS,
    Bar,
    pooled_categories,
    pooled_ranges,
    rounded,
)

ROWS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.integers(1, 60), max_size=40)
LIMIT = st.integers(2, 25)
MISSING = st.integers(0, 60)


@given(ROWS, MISSING, LIMIT)
def test_categories_are_pooled_until_each_bar_is_large(
    rows: dict[str, int], missing: int, limit: int
) -> None:
    """Exactly: a named bar stands for `limit` rows, and so do the others together, whether or not
    somebody knows how many are missing.
    """
    bars = pooled_categories(rows, missing, limit)
    named = {bar.label for bar in bars if bar.label in rows}
    rest = sum(number for label, number in rows.items() if label not in named)
    assert all(rows[label] >= limit for label in named)
    assert len(named) <= MOST_BARS
    if bars:
        assert named
        assert rest == 0 or rest >= limit
        assert rest or not 0 < missing < limit  # a few missing rows alone would be told by the rest
    _multiples(bars, limit)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), MISSING, LIMIT)
def test_ranges_are_joined_until_each_is_large(sizes: list[int], missing: int, limit: int) -> None:
    """In their order, without a gap, and the whole is in them."""
    edges = [f"{10 * at}" for at in range(1, len(sizes))]
    bars = pooled_ranges(edges, sizes, missing, limit)
    ranges = [bar for bar in bars if bar.label != "missing"]
    assert bool(ranges) == (sum(sizes) >= limit)
    for before, after in pairwise(ranges):
        assert before.label.split()[-1] == after.label.split()[0]
    if ranges:
        starts = [0, *(edges.index(bar.label.split()[0]) + 1 for bar in ranges[1:])]
        exact = [sum(sizes[a:b]) for a, b in pairwise([*starts, len(sizes)])]
        assert all(size >= limit for size in exact)
        assert [bar.rows for bar in ranges] == [rounded(size, limit) for size in exact]
    _multiples(bars, limit)


def _multiples(bars: tuple[Bar, ...], limit: int) -> None:
    assert all(bar.rows >= limit and bar.rows % limit == 0 for bar in bars)


def test_two_columns_that_divide_the_same_rows_do_not_tell_a_small_group() -> None:
    """Months and days of the same rows: 3 rows on a day that has no bar; the month's number less
    the days' is what other data would give, too.
    """
    days = {"1": 40, "2": 30, "3": 3}
    more = {"1": 40, "2": 30, "3": 8}
    differences = set()
    for rows in (days, more):
        shown = {bar.label: bar.rows for bar in pooled_categories(rows, 0, 10)}
        (month,) = (bar.rows for bar in pooled_categories({"m": sum(rows.values())}, 0, 10))
        differences.add(month - shown["1"])
    assert "2" not in shown  # pooled with the third
    assert max(differences) - min(differences) <= 10


def test_rounding_is_to_the_nearest_multiple_and_never_to_nothing() -> None:
    """Half goes up."""
    assert [rounded(rows, 10) for rows in (10, 14, 15, 16, 104)] == [10, 10, 20, 20, 100]
    assert rounded(3, 5) == 5
