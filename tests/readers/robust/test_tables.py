"""Rows of tables that an attacker changes: within reach, and no other cell."""

from __future__ import annotations

import decimal
import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.errors import ArgumentError
from anonymize.readers.robust import Reach, TableChanges
from anonymize.readers.robust.search import random_choices

CHANGES = TableChanges(
    numbers={
        "amount": Reach(200.5, "down", least=50),
        "days": Reach(3, least=0, most=30),
        "small": Reach(500),
        "cost": Reach(0.75, "up"),
        "ratio": Reach(0.1),
    },
    categories={"cause": ["water", "fire"], "checked": [True], "place": ["A", "B"]},
    most=2,
)


def table(rows: list[tuple[Any, ...]]) -> pa.Table:
    """Return rows of every kind of column; the last one no attacker can change."""
    amount, days, small, cost, ratio, cause, checked, place, fixed = zip(*rows, strict=True)
    exact = [None if c is None else decimal.Decimal(c).scaleb(-2) for c in cost]
    return pa.table(
        {
            "amount": pa.array(amount, pa.float64()),
            "days": pa.array(days, pa.int64()),
            "small": pa.array(small, pa.int8()),
            "cost": pa.array(exact, pa.decimal128(10, 2)),
            "ratio": pa.array(ratio, pa.float32()),
            "cause": pa.array(cause, pa.string()),
            "checked": pa.array(checked, pa.bool_()),
            "place": pa.array(place, pa.string()).dictionary_encode().cast(
                pa.dictionary(pa.int8(), pa.string())
            ),
            "fixed": pa.array(fixed, pa.string()),
        }
    )  # fmt: skip


def maybe(cells: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return cells, or null."""
    return st.one_of(st.none(), cells)


ROWS = st.lists(
    st.tuples(
        maybe(st.floats(-1e6, 1e6) | st.just(math.nan)),
        maybe(st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 40)),
        maybe(st.integers(-128, 127)),
        maybe(st.integers(-(10**8), 10**8)),
        maybe(st.floats(-10, 10, width=32)),
        maybe(st.sampled_from(["water", "storm"])),
        maybe(st.booleans()),
        maybe(st.sampled_from(["A", "C"])),
        maybe(st.text(max_size=3)),
    ),
    min_size=1,
    max_size=5,
)


@given(ROWS, st.integers(0, 2**31))
def test_a_changed_row_is_in_the_set(rows: list[tuple[Any, ...]], seed: int) -> None:
    """Types, nulls and what is not named stay; numbers are within reach and their bounds."""
    before = table(rows)
    choices = random_choices(CHANGES.options(before), 2, np.random.default_rng(seed))
    after = CHANGES.changed(before, choices)
    assert CHANGES.holds(before, after).all()
    assert after.schema == before.schema
    assert after["fixed"].equals(before["fixed"])
    for name in before.schema.names:
        assert after[name].is_null().equals(before[name].is_null())
    pairs = zip(before["days"].to_pylist(), after["days"].to_pylist(), strict=True)
    for one, other in pairs:
        assert one is None or abs(one - other) <= 3
        assert one is None or min(one, 0) <= other <= max(one, 30)
    for one, other in zip(before["amount"].to_pylist(), after["amount"].to_pylist(), strict=True):
        if one is not None and not math.isnan(one):
            assert one - 200.5 - 1e-6 <= other <= one
            assert other >= 50 or other >= min(one, 50)


ONE = [(300.0, 10, 0, 100, 0.5, "water", False, "A", "x")]


@pytest.mark.parametrize(
    ("column", "value", "inside"),
    [
        ("amount", 99.5, True), ("amount", 99.0, False), ("amount", 301.0, False),
        ("days", 13, True), ("days", 14, False), ("cause", "fire", True),
        ("cause", "storm", False), ("cause", None, False), ("fixed", "y", False),
        ("checked", True, True), ("place", "B", True), ("place", "C", False),
        ("amount", math.nan, False), ("days", None, False),
    ],
)  # fmt: skip
def test_what_is_in_the_set(column: str, value: Any, inside: bool) -> None:
    """One cell that is another, within reach or not."""
    before = table(ONE)
    at = before.schema.get_field_index(column)
    type_ = before.schema.field(column).type
    if pa.types.is_dictionary(type_):
        cells: Any = pa.DictionaryArray.from_arrays(pa.array([0], pa.int8()), pa.array([value]))
    else:
        cells = pa.array([value], type_)
    assert CHANGES.holds(before, before.set_column(at, column, cells)).tolist() == [inside]


def test_more_columns_than_may_change_are_not_in_the_set() -> None:
    """Three of two."""
    before = table(ONE)
    choices = np.array([[4, 7, 7, 0, 0, 0, 0, 0]])
    with pytest.raises(ArgumentError, match="more than 2 columns"):
        CHANGES.changed(before, choices)
    wider = TableChanges(CHANGES.numbers, CHANGES.categories, most=3)
    assert CHANGES.holds(before, wider.changed(before, choices)).tolist() == [False]


def test_every_option_of_a_number_is_a_step() -> None:
    """A quarter of the way each, up and down in turn."""
    moved = Reach(4).moved(np.zeros(9, np.int64), np.arange(9))
    assert moved.tolist() == [0, 1, -1, 2, -2, 3, -3, 4, -4]
    assert Reach(4, "down").moved(np.zeros(5), np.arange(5)).tolist() == [0, -1, -2, -3, -4]


def test_numbers_at_the_edge_of_their_type_stop_there() -> None:
    """No number comes out at the other end."""
    edge = np.iinfo(np.int64)
    ends = np.array([edge.max, edge.min])
    assert Reach(1e300).moved(ends, np.array([7, 8])).tolist() == ends.tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"numbers": {"a": Reach(1)}, "most": 0},
        {"numbers": {"a": Reach(1)}, "categories": {"a": ["x"]}},
    ],
)
def test_sets_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    """Nothing to change, and a column that is both."""
    with pytest.raises(ArgumentError):
        TableChanges(**wrong)


@pytest.mark.parametrize("by", [0, -1, math.inf, math.nan])
def test_a_reach_that_is_none_is_refused(by: float) -> None:
    """Not above 0, or without an end."""
    with pytest.raises(ArgumentError):
        Reach(by)


def test_columns_of_other_types_are_refused_without_their_values() -> None:
    """Text does not move, a number is no word, a column is missing, a number is too large."""
    rows = pa.table({"a": ["CANARY"], "b": pa.array([2**64 - 1], pa.uint64()), "n": [1]})
    for changes in (
        TableChanges({"a": Reach(1)}),
        TableChanges({"b": Reach(1)}),
        TableChanges(categories={"n": ["CANARY"]}),
        TableChanges({"z": Reach(1)}),
    ):
        with pytest.raises(ArgumentError) as told:
            changes.changed(rows, np.array([[1]]))
        assert "CANARY" not in str(told.value)
    with pytest.raises(ArgumentError, match="no Arrow table"):
        TableChanges({"n": Reach(1)}).options(rows["n"])
