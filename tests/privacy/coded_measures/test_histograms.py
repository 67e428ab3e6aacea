"""Diversity, closeness and likeness against their definitions, class by class."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy.coded_measures import (
    Histogram,
    beta_likeness,
    class_persons,
    class_sizes,
    classes_of,
    distinct_l,
    enhanced_beta,
    entropy_l,
    equal_distance,
    hierarchical_distance,
    ordered_distance,
    recursive_c,
)
from tests.examples import examples

VALUES = 6
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, VALUES - 1)), min_size=1, max_size=60)
LEVELS = (np.array([0, 0, 1, 1, 1, 2]), np.array([0, 0, 0, 0, 0, 1]), np.zeros(6, np.int64))
Rows = list[tuple[int, int]]


def counted(rows: Rows) -> tuple[Histogram, list[Counter[int]], np.ndarray]:
    """Return the histogram, the same as counters, and the shares in the whole table."""
    group, value = np.array(rows).T
    counts = Histogram.of(group, value, groups=4, values=VALUES)
    counters = [Counter(value[group == at].tolist()) for at in range(4)]
    return counts, counters, np.bincount(value, minlength=VALUES) / len(rows)


def share_of(counter: Counter[int]) -> np.ndarray:
    """Return the share of each value in one class."""
    return np.array([counter[value] for value in range(VALUES)]) / counter.total()


@settings(max_examples=examples(90), deadline=None)
@given(ROWS)
def test_diversity_is_what_a_loop_counts(rows: Rows) -> None:
    """Distinct, entropy and recursive diversity of each class."""
    counts, counters, _ = counted(rows)
    for at, counter in enumerate(counters):
        assert distinct_l(counts)[at] == len(counter)
        if not counter:
            assert entropy_l(counts)[at] == 0
            continue
        shares = [count / counter.total() for count in counter.values()]
        entropy = -sum(share * math.log(share) for share in shares)
        assert entropy_l(counts)[at] == pytest.approx(math.exp(entropy))
        ordered = sorted(counter.values(), reverse=True)
        for level in (1, 2, 3):
            tail = sum(ordered[level - 1 :])
            expected = ordered[0] / tail if tail else math.inf
            assert recursive_c(counts, level)[at] == pytest.approx(expected)


@settings(max_examples=examples(90), deadline=None)
@given(ROWS, st.permutations(range(VALUES)))
def test_closeness_is_the_earth_movers_distance(rows: Rows, rank: list[int]) -> None:
    """Equal and ordered distances by their closed forms over all values."""
    counts, counters, whole = counted(rows)
    equal = equal_distance(counts, whole)
    ordered = ordered_distance(counts, whole, np.array(rank))
    place = np.argsort(rank)
    for at, counter in enumerate(counters):
        if counter:
            difference = share_of(counter) - whole
            assert equal[at] == pytest.approx(np.abs(difference).sum() / 2)
            steps = np.abs(np.cumsum(difference[place])[:-1]).sum()
            assert ordered[at] == pytest.approx(steps / (VALUES - 1))


@settings(max_examples=examples(90), deadline=None)
@given(ROWS)
def test_hierarchical_closeness_is_that_of_the_tree(rows: Rows) -> None:
    """Mass moves within the lowest group that can balance it: on a tree, the distance is half the
    sum over groups of what leaves them, times the height that it climbs.
    """
    counts, counters, whole = counted(rows)
    found = hierarchical_distance(counts, whole, LEVELS)
    for at, counter in enumerate(counters):
        if counter:
            left = share_of(counter) - whole
            total = np.abs(left).sum() / 2  # what leaves single values climbs at least one level
            for level in LEVELS[:-1]:
                total += np.abs(np.bincount(level, weights=left)).sum() / 2
            assert found[at] == pytest.approx(total / len(LEVELS))


@settings(max_examples=examples(90), deadline=None)
@given(ROWS)
def test_likeness_is_the_highest_relative_gain(rows: Rows) -> None:
    """Basic and enhanced β of each class."""
    counts, counters, whole = counted(rows)
    for at, counter in enumerate(counters):
        if counter:
            share = share_of(counter)
            gains = {value: (share[value] - whole[value]) / whole[value] for value in counter}
            assert beta_likeness(counts, whole)[at] == pytest.approx(max(0, *gains.values(), 0))
            excess = [
                gain - min(1.0, -math.log(whole[value]))
                for value, gain in gains.items()
                if gain > 0
            ]
            assert enhanced_beta(counts, whole, 1.0)[at] == pytest.approx(
                max(excess, default=-math.inf)
            )


@settings(max_examples=examples(90), deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 3)] * 2, st.integers(-1, 4)), min_size=1, max_size=60))
def test_classes_and_persons_are_what_sets_count(rows: list[tuple[int, int, int]]) -> None:
    """Rows with equal codes are a class; unknown persons are none."""
    first, second, person = np.array(rows).T
    group, groups = classes_of([first, second])
    keys = sorted({row[:2] for row in rows})
    assert groups == len(keys)
    assert group.tolist() == [keys.index(row[:2]) for row in rows]
    persons = class_persons(group, groups, person)
    for at, key in enumerate(keys):
        assert class_sizes(group, groups)[at] == sum(row[:2] == key for row in rows)
        assert persons[at] == len({row[2] for row in rows if row[:2] == key and row[2] >= 0})


def test_codes_of_many_columns_do_not_overflow() -> None:
    """Nine columns of 200 codes are more keys than 64 bits count."""
    random = np.random.default_rng(1)
    half = random.integers(0, 200, (50, 9))
    group, groups = classes_of(list(np.concatenate([half, half]).T))
    assert groups == len({tuple(row) for row in half.tolist()})
    assert (group[:50] == group[50:]).all()


def test_the_salaries_of_the_paper() -> None:
    """The example of Li et al., section 4: 3k, 4k, 5k against nine salaries is 0.375, and 6k, 8k,
    11k is 0.167.
    """
    group, value = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 3, 5, 8])
    counts = Histogram.of(group, value, groups=2, values=9)
    assert ordered_distance(counts, np.full(9, 1 / 9)) == pytest.approx([0.375, 1 / 6])
