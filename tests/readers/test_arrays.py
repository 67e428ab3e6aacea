"""Columns as arrays: types, nulls, and what no array holds."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from anonymize.errors import ArgumentError
from anonymize.readers.arrays import to_arrays


@pytest.mark.parametrize(
    ("column", "dtype", "values"),
    [
        (pa.array([1, 2], pa.int16()), "int16", [1, 2]),
        (pa.array([1, 2], pa.uint64()), "uint64", [1, 2]),
        (pa.array([True, False]), "bool", [True, False]),
        (pa.array([1.5, 2.5], pa.float32()), "float32", [1.5, 2.5]),
        (pa.array([Decimal("1.25"), Decimal("2.50")]), "float64", [1.25, 2.5]),
        (pa.array([[1, 2], [3, 4]], pa.list_(pa.int8(), 2)), "int8", [[1, 2], [3, 4]]),
        (pa.array([datetime.date(1970, 1, 3)] * 2), "datetime64[D]", None),
        (pa.array([5, 6], pa.timestamp("ms", "Europe/Paris")), "datetime64[ms]", None),
        (pa.array([5, 6], pa.duration("us")), "timedelta64[us]", None),
    ],
    ids=str,
)
def test_numbers_and_times_are_arrays(column: pa.Array, dtype: str, values: Any) -> None:
    """Of their own type, and sliced ones too."""
    for given in (column, pa.concat_arrays([column, column]).slice(2)):
        found = to_arrays(pa.record_batch({"c": given}))["c"]
        assert isinstance(found, np.ndarray)
        assert str(found.dtype) == dtype
        assert values is None or found.tolist() == values


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["a", None]),
        pa.array(["a", None], pa.large_string()),
        pa.array([b"a", None]),
        pa.array([["a"], None]),
        pa.array([{"a": 1}, None]),
    ],
    ids=lambda column: str(column.type),
)
def test_text_and_nested_values_are_lists(column: pa.Array) -> None:
    """With None for null."""
    assert to_arrays(pa.record_batch({"c": column}))["c"] == column.to_pylist()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (pa.array([1, None]), 0),
        (pa.array([True, None]), False),
        (pa.array([datetime.date(2024, 1, 1), None]), datetime.date(1970, 1, 1)),
        (pa.array([[1, 2], None], pa.list_(pa.int8(), 2)), [0, 0]),
    ],
    ids=lambda one: str(getattr(one, "type", "")),
)
def test_null_is_no_number_unless_one_is_given(column: pa.Array, value: Any) -> None:
    """Neither 0 nor a float in its place."""
    batch = pa.record_batch({"c": column})
    with pytest.raises(ArgumentError, match=r"column c: holds null.*give fill=\{'c': …\}"):
        to_arrays(batch)
    filled = to_arrays(batch, {"c": value})["c"]
    assert isinstance(filled, np.ndarray)
    assert filled.tolist()[1] == value


def test_null_in_a_list_of_numbers_is_refused() -> None:
    """Whole numbers; a float's is NaN."""
    whole = pa.array([[1, None]], pa.list_(pa.int8(), 2))
    with pytest.raises(ArgumentError, match="column c: holds null"):
        to_arrays(pa.record_batch({"c": whole}))
    floats = to_arrays(pa.record_batch({"c": pa.array([[1, None]], pa.list_(pa.float32(), 2))}))
    assert math.isnan(floats["c"][0][1])


def test_null_in_a_float_or_decimal_is_nan() -> None:
    """Unless ``fill`` gives a value."""
    batch = pa.record_batch({"f": [1.5, None], "d": [Decimal("1.5"), None]})
    found = to_arrays(batch, {"d": Decimal("0.0")})
    assert math.isnan(found["f"][1])
    assert list(found["d"]) == [1.5, 0.0]


def test_a_value_that_does_not_fit_is_refused_without_it() -> None:
    """It may be a person's."""
    with pytest.raises(ArgumentError, match="its value for column c is no int64") as refused:
        to_arrays(pa.record_batch({"c": pa.array([None], pa.int64())}), {"c": "Zuqo"})
    assert "Zuqo" not in str(refused.value)
