"""Conditions of ``where`` and ``when``: as numbers, dates and texts compare, whatever type holds
them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.names import ColumnName
from anonymize.plan.bind.filters import condition_problem, filter_mask

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
INTEGERS = [pa.int8(), pa.uint8(), pa.int64(), pa.uint64()]


def held(column: pa.Array, comparison: str, value: Any) -> list[bool]:
    """Return the rows for which a condition holds."""
    assert condition_problem(("c", comparison, value), column.type) is None
    return filter_mask(
        (("c", comparison, value),), {ColumnName("c"): column}, len(column)
    ).to_pylist()


@given(
    st.lists(st.integers(0, 100) | st.none(), max_size=20),
    st.sampled_from(INTEGERS),
    st.sampled_from(sorted(OPERATORS)),
    st.integers(-(2**70), 2**70)
    | st.floats()
    | st.integers(-2, 102)
    | st.integers(-4, 204).map(lambda n: n / 2),
)
def test_whole_numbers_compare_with_any_number(
    numbers: list[int | None], kind: pa.DataType, comparison: str, value: float
) -> None:
    """With fractions, and with numbers that their type does not hold."""
    expected = [number is not None and OPERATORS[comparison](number, value) for number in numbers]
    assert held(pa.array(numbers, kind), comparison, value) == expected


@given(
    st.lists(st.integers(0, 3) | st.none(), max_size=20),
    st.sampled_from(INTEGERS),
    st.lists(st.integers(-1, 3) | st.sampled_from([0.5, 1.0, math.inf, 2**70]), min_size=1),
)
def test_lists_hold_what_is_equal(
    numbers: list[int | None], kind: pa.DataType, values: list[float]
) -> None:
    """``in`` is one of several ``=``, ``not in`` none of them."""
    column = pa.array(numbers, kind)
    expected = [number is not None and number in values for number in numbers]
    assert held(column, "in", tuple(values)) == expected
    assert held(column, "not in", tuple(values)) == [
        number is not None and not yes for number, yes in zip(numbers, expected, strict=True)
    ]


@pytest.mark.parametrize("kind", [pa.float32(), pa.float64()])
@pytest.mark.parametrize("zero", [0.0, -0.0, 0])
def test_the_two_zeros_are_equal(kind: pa.DataType, zero: float) -> None:
    """Alone and in lists."""
    column = pa.array([0.0, -0.0, 1.0, None], kind)
    assert held(column, "in", (zero,)) == held(column, "=", zero) == [True, True, False, False]
    assert held(column, "not in", (zero,)) == [False, False, True, False]


@pytest.mark.parametrize(
    "kind,value",
    [
        (pa.date32(), 0),
        (pa.date64(), 0),
        (pa.timestamp("us"), 0),
        (pa.timestamp("ns", "UTC"), 1.5),
        (pa.time32("s"), 0),
        (pa.duration("s"), 5),
        (pa.date32(), datetime(2024, 1, 1, 12)),
        (pa.date32(), True),
        (pa.string(), 5),
        (pa.int64(), "a"),
        (pa.float64(), 2**64 + 1),
    ],
)
@pytest.mark.parametrize("comparison", ["=", "<", "in"])
def test_another_sort_of_value_is_refused(kind: pa.DataType, value: Any, comparison: str) -> None:
    """Arrow takes 0 as 1970-01-01 and cuts noon off; nobody who wrote that meant it."""
    said = (value,) if comparison == "in" else value
    assert "cannot be compared" in str(condition_problem(("c", comparison, said), kind))


def test_dates_and_times_compare_with_their_like() -> None:
    """As before."""
    assert held(pa.array([date(2024, 1, 1), date(2025, 1, 1)]), "<", date(2024, 6, 1)) == [
        True,
        False,
    ]
    assert held(
        pa.array([datetime(2024, 1, 1)], pa.timestamp("us")), ">=", datetime(2024, 1, 1)
    ) == [True]
    assert held(pa.array([time(12)], pa.time64("us")), "=", time(12)) == [True]


def test_a_column_of_nulls_holds_no_condition() -> None:
    """Whatever it is compared with: an empty column has no type in most files."""
    assert held(pa.nulls(3), "=", 5) == held(pa.nulls(3), "not in", ("a",)) == [False] * 3
