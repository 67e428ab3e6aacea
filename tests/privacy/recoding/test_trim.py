"""Parts of groups that are close to the whole table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.privacy.recoding import Promise, Sensitive
from anonymize.privacy.recoding.judge import Judge
from anonymize.privacy.recoding.trim import trimmed
from tests.examples import examples
from tests.privacy.recoding.made import Table, tables


def judge_of(dx: np.ndarray, promise: Promise) -> Judge:
    """Return a judge of combinations with these rows of each value."""
    combination, value = np.nonzero(dx)
    given = Sensitive(combination, value, dx[combination, value].astype(float))
    return Judge.of(promise, dx.sum(axis=1), None, (given,))


def test_excess_is_left_and_the_rest_is_taken() -> None:
    """Half of the table has each value: of six and two, with t = .1, three and two are close."""
    dx = np.array([[1, 0]] * 6 + [[0, 1]] * 2 + [[0, 1]] * 4)
    keep = trimmed(judge_of(dx, Promise(3, t=0.1)), np.arange(8), np.zeros(8, np.int64), 1)
    assert keep[:6].sum() == 3
    assert keep[6:].all()


@pytest.mark.parametrize("k", [6, 9])
def test_nothing_is_taken_if_too_few_would_be(k: int) -> None:
    """Five rows are close to the table, and a class needs more."""
    dx = np.array([[1, 0]] * 6 + [[0, 1]] * 2 + [[0, 1]] * 4)
    keep = trimmed(judge_of(dx, Promise(k, t=0.1)), np.arange(8), np.zeros(8, np.int64), 1)
    assert not keep.any()


@settings(max_examples=examples(120), deadline=None)
@given(tables(), st.integers(1, 3), st.sampled_from([0.05, 0.2, 0.4]), st.integers(1, 4))
def test_what_is_taken_is_close(table: Table, k: int, t: float, groups: int) -> None:
    """Counted by plain loops, per group."""
    judge = judge_of(table.dx, Promise(k, t=t))
    group = np.arange(len(table.rows)) % groups
    keep = trimmed(judge, np.arange(len(group)), group, groups)
    whole = table.dx.sum(axis=0) / table.dx.sum()
    for number in range(groups):
        counts = table.dx[keep & (group == number)].sum(axis=0)
        if counts.sum():
            assert counts.sum() >= k
            assert np.abs(counts / counts.sum() - whole).sum() / 2 <= t + 1e-6
