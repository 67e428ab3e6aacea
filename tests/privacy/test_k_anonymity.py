"""k-anonymity is counted in parts that merge in any order."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from anonymize.privacy import ClassCounts, class_keys, linkage_risk

ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 2)), min_size=1, max_size=60)


def _columns(rows: list[tuple[str | None, int]]) -> list[pa.Array]:
    return [pa.array([row[0] for row in rows], pa.string()), pa.array([row[1] for row in rows])]


@given(ROWS, st.integers(2, 5))
def test_small_classes_are_those_that_pandas_counts(rows: list[tuple[str | None, int]], k: int) -> None:
    """Rows in classes below k agree with a plain group-by, nulls being a value of their own."""
    sizes = pd.DataFrame(rows).groupby([0, 1], dropna=False).size()
    assert ClassCounts.of(_columns(rows)).rows_in_small(k) == sizes[sizes < k].sum()


@given(ROWS, st.integers(1, 59))
def test_parts_merge_to_the_whole(rows: list[tuple[str | None, int]], cut: int) -> None:
    """Any split of the rows gives the counts of all of them, in either order."""
    parts = [ClassCounts.of(_columns(part)) for part in (rows[:cut], rows[cut:]) if part]
    whole = ClassCounts.of(_columns(rows)).table.sort_by("key")
    assert functools.reduce(ClassCounts.merge, parts).table.sort_by("key").equals(whole)
    assert functools.reduce(ClassCounts.merge, parts[::-1]).table.sort_by("key").equals(whole)


def test_risk_is_of_the_classes_that_are_left() -> None:
    """One class of 2 is below k = 3 and does not count; the smallest left has 3."""
    counts = ClassCounts.of([pa.array(["a"] * 2 + ["b"] * 3 + ["c"] * 5)])
    risk = linkage_risk(counts, 3)
    assert (risk.k, risk.classes, risk.highest, risk.average) == (3, 2, 1 / 3, 2 / 8)


def test_values_with_separators_inside_do_not_collide() -> None:
    """Two different combinations never share a key, whatever characters they hold."""
    left, right = pa.array(["a\x1f", "a", "\x00", None]), pa.array(["b", "\x1fb", "x", "x"])
    assert len(np.unique(class_keys([left, right]).to_pylist())) == 4
