"""Rows apart, and intervals over repeats."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.errors import ArgumentError
from anonymize.readers.robust import Interval, split_apart


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=2).filter(lambda g: len(set(g)) > 1),
    st.floats(0.01, 0.99),
    st.integers(0, 1000),
)
def test_no_group_is_on_both_sides(groups: list[int | None], share: float, seed: int) -> None:
    """Every row is on one, and both have rows."""
    train, test = split_apart(groups, share, seed)
    assert sorted([*train, *test]) == list(range(len(groups)))
    assert len(train)
    assert len(test)
    assert not {groups[at] for at in train} & {groups[at] for at in test}


def test_what_groups_are_called_does_not_matter() -> None:
    """Pseudonyms of another key split the same rows."""
    one, other = ["a", "b", "a", "c", "d", "e"], ["z", "q", "z", "m", "p", "b"]
    assert [side.tolist() for side in split_apart(pa.array(one), 0.4, 3)] == [
        side.tolist() for side in split_apart(pa.chunked_array([other]), 0.4, 3)
    ]
    coded = pa.array(one).dictionary_encode()
    assert split_apart(coded, 0.4, 3)[1].tolist() == split_apart(one, 0.4, 3)[1].tolist()


def test_another_seed_draws_others() -> None:
    """Of a hundred groups about a third."""
    sides = [split_apart(list(range(100)), seed=seed)[1] for seed in (0, 1)]
    assert len(sides[0]) == 30
    assert sides[0].tolist() != sides[1].tolist()


@pytest.mark.parametrize(("groups", "share"), [([1, 1], 0.5), ([1, 2], 0), ([1, 2], 1), ([], 0.5)])
def test_what_cannot_be_split_is_refused(groups: list[int], share: float) -> None:
    """One group, or a share that leaves none."""
    with pytest.raises(ArgumentError):
        split_apart(groups, share)


@pytest.mark.parametrize("count", [2, 3, 5, 15, 21])
def test_the_interval_is_students(count: int) -> None:
    """As SciPy has it."""
    stats = pytest.importorskip("scipy.stats")
    values = np.random.default_rng(count).normal(0.8, 0.05, count)
    low, high = stats.t.interval(0.95, count - 1, values.mean(), stats.sem(values))
    found = Interval.of(values.tolist())
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-4)
    assert str(Interval(0.9, 0.81, 1.0)) == "0.900 (0.810-1.000)"


def test_one_value_has_no_interval() -> None:
    """Nor have values that are none."""
    for values in ([0.5], [], [0.5, float("nan")]):
        with pytest.raises(ArgumentError):
            Interval.of(values)
