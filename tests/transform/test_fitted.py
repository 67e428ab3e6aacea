"""Rules that need a first pass give the same whatever the batches and their order."""

from __future__ import annotations

import pickle
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.names import ColumnName
from anonymize.plan.bind.registry import transform_for
from anonymize.transform import Row, UnfitError
from anonymize.transform.generalize.quantiles import Histogram
from tests.examples import examples
from tests.transform.conftest import RULE, Context


def unfitted(kind: pa.DataType, **rule: Any) -> Any:
    """Return a rule's transform before its first pass."""
    return transform_for(RULE.validate_python(rule), ColumnName("c"), kind, Context(subject="id"))


def fitted(transform: Any, column: pa.Array, cuts: list[int], row: Row | None = None) -> Any:
    """Return the transform after a first pass over the pieces between ``cuts``, merged
    backwards.
    """
    row = row or Row()
    edges = [0, *sorted(cuts), len(column)]
    parts = [
        transform.measure(
            column.slice(start, end - start),
            Row({name: other.slice(start, end - start) for name, other in row.before.items()}),
        )
        for start, end in pairwise(edges)
    ]
    facts = pickle.loads(pickle.dumps(parts[-1]))
    for part in reversed(parts[:-1]):
        facts = facts.merge(part)
    return transform.fitted(facts)


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.none() | st.floats(width=32), min_size=1, max_size=60),
    st.lists(st.integers(0, 60), max_size=3),
)
def test_quantile_bands_do_not_depend_on_the_batches(
    items: list[float | None], cuts: list[int]
) -> None:
    """Edges come from counts, and counts add up in any order."""
    transform = unfitted(pa.float64(), action="generalize", quantiles=4)
    column = pa.array(items, pa.float64())
    cuts = [min(cut, len(items)) for cut in cuts]
    assert fitted(transform, column, cuts) == fitted(transform, column, [])


def test_quantile_bands_hold_about_equally_many_rows() -> None:
    """Ten bands of 100,000 skewed numbers hold a tenth each, give or take 2 %."""
    column = pa.array(np.random.default_rng(1).lognormal(10, 2, 100_000))
    made = fitted(unfitted(pa.float64(), action="generalize", quantiles=10), column, [10, 70_000])(
        column
    )
    counts = Counter(made.to_pylist()).values()
    assert len(counts) == 10
    assert max(counts) - min(counts) < 400


@given(st.floats(-1e300, 1e300))
def test_a_number_s_size_class_starts_at_most_a_little_below_it(number: float) -> None:
    """Within 0.03 %, and exactly for whole numbers up to 8,192."""
    edge = Histogram.of(np.array([number])).edges(1)[0]
    assert edge <= number
    assert number - edge <= abs(number) * 3e-4 or abs(number) < 1e-300
    assert edge == number or not (number.is_integer() and 0 <= number <= 8192)


def test_rare_categories_are_pooled_over_all_batches() -> None:
    """What is rare in each batch and frequent in all stays."""
    column = pa.array(["a", "b", "a", None, "c", "a", "b", "b"])
    for cuts in ([], [1, 2, 3, 6]):
        made = fitted(
            unfitted(pa.string(), action="generalize", rare=3, other="rest"), column, cuts
        )(column)
        assert made.to_pylist() == ["a", "b", "a", None, "rest", "a", "b", "b"]


@settings(max_examples=examples(40), deadline=None)
@given(
    st.lists(st.sampled_from("xy"), min_size=1, max_size=50),
    st.lists(st.integers(0, 50), max_size=3),
    st.randoms(),
)
def test_a_shuffle_is_one_permutation_within_groups(
    groups: list[str], cuts: list[int], random: Any
) -> None:
    """Every group keeps its values, and rows get the same ones in any order and any batches."""
    rows = list(range(len(groups)))
    before = {ColumnName("id"): pa.array(rows), ColumnName("team"): pa.array(groups)}
    column = pa.array([f"v{row}" for row in rows])
    transform = unfitted(pa.string(), action="shuffle", within=["team"])
    cuts = [min(cut, len(rows)) for cut in cuts]
    made = fitted(transform, column, cuts, Row(before))(column, Row(before)).to_pylist()
    for team in set(groups):
        assert sorted(v for v, g in zip(made, groups, strict=True) if g == team) == sorted(
            f"v{row}" for row, g in zip(rows, groups, strict=True) if g == team
        )
    random.shuffle(rows)
    order = pa.array(rows)
    other = Row({name: values.take(order) for name, values in before.items()})
    again = fitted(transform, column.take(order), [], other)(column.take(order), other).to_pylist()
    assert [made[row] for row in rows] == again


def test_a_shuffle_without_a_column_that_tells_rows_apart_is_refused() -> None:
    """Otherwise rows could not be found again."""
    row = Row({ColumnName("id"): pa.array([1, 1])})
    with pytest.raises(UnfitError, match="'id' repeats or is null"):
        fitted(unfitted(pa.string(), action="shuffle"), pa.array(["a", "b"]), [], row)


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 50, 1000])
def test_no_row_is_dealt_its_own_value(rows: int) -> None:
    """Unless it is alone in its group: a permutation drawn freely leaves one row of each group as
    it is.
    """
    row = Row(
        {
            ColumnName("id"): pa.array(range(rows), pa.int64()),
            ColumnName("team"): pa.array([at % 2 for at in range(rows)], pa.int64()),
        }
    )
    column = row.before[ColumnName("id")]
    made = fitted(unfitted(pa.int64(), action="shuffle", within=["team"]), column, [], row)(
        column, row
    ).to_pylist()
    assert sorted(made) == list(range(rows))
    assert sum(new == old for new, old in enumerate(made)) == {1: 1, 2: 2, 3: 1}.get(rows, 0)


@given(
    st.lists(st.integers(10_000, 99_999), min_size=30, max_size=300, unique=True), st.integers(2, 6)
)
def test_edges_of_bands_are_nobodys_number(salaries: list[int], bands: int) -> None:
    """But round, to a twentieth of the bands beside them at most, and still rising."""
    edges = Histogram.of(np.array(salaries, float)).edges(bands)
    marks = [min(salaries), *edges, max(salaries)]
    assert list(edges) == sorted(set(edges))
    for before, edge, after in zip(marks, edges, marks[2:], strict=False):
        assert edge % 10 == 0 or min(edge - before, after - edge) < 250
