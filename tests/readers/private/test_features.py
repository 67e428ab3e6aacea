"""Values become numbers by what is stated alone."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from anonymize.errors import ArgumentError
from anonymize.policy.training import LabelSpec, TrainingColumn
from anonymize.readers.private import Features

from .conftest import FEATURES, rows


def test_each_kind_of_column() -> None:
    """Listed, unlisted and missing values; beyond bounds and edges; NaN and infinity."""
    table = pa.table(
        {
            "town": ["A", "B", None, "Ω", "a"],
            "age": [0.0, 250.0, None, float("nan"), float("-inf")],
            "cost": [-1, 10, None, 20, 15],
            "back": [True, False, None, True, True],
        }
    )
    made = FEATURES.encoded(table)
    assert made.matrix(np.arange(5)).tolist() == [
        # A, B, null; age, missing; 0-10, 10-20
        [1, 0, 0, -1, 0, 1, 0],
        [0, 1, 0, 1, 0, 0, 1],
        [0, 0, 1, 0, 1, 0, 0],
        [0, 0, 0, 0, 1, 0, 1],
        [0, 0, 0, -1, 0, 0, 1],
    ]
    assert made.labels.tolist() == [1, 0, -1, 1, 1]


@pytest.mark.parametrize(
    ("values", "listed", "found"),
    [
        (pa.array([1, 2, 3]), (3, 1), [1, -1, 0]),
        (pa.array([1.0, 2.5, float("nan")]), (1, None), [0, -1, 1]),
        (pa.array([True, None, False]), (False, True), [1, -1, 0]),
        (pa.array(["x", "y", "x"]).dictionary_encode(), ("x",), [0, -1, 0]),
        (pa.array([datetime.date(2024, 1, 2)] * 3), ("2024-01-02",), [0, 0, 0]),
        (pa.array([Decimal("1.50"), Decimal("2.00"), None]), (2, "1.5"), [1, 0, -1]),
        (pa.array([None, None, None], pa.null()), (None,), [0, 0, 0]),
        (pa.array(["x", "y", "x"], pa.string_view()), ("y",), [-1, 0, -1]),
    ],
)
def test_values_of_every_type_are_listed_as_texts(
    values: pa.Array, listed: tuple[object, ...], found: list[int]
) -> None:
    """As aggregates list them."""
    asked = Features(
        {"x": TrainingColumn.model_validate({"values": listed})},
        LabelSpec(column="y", values=("a", "b")),
    )
    codes, numbers = asked.coded(pa.table({"x": values}))
    assert codes[:, 0].tolist() == found
    assert numbers.shape == (3, 0)


def test_columns_of_other_types_are_refused() -> None:
    """A list has no one value; a text is no number."""
    schema = pa.schema(
        [("town", pa.list_(pa.string())), ("age", pa.string()), ("cost", pa.int8()),
         ("back", pa.bool_())]
    )  # fmt: skip
    with pytest.raises(ArgumentError) as refused:
        FEATURES.check(schema)
    assert [one.place for one in refused.value.problems] == ["town", "age"]


def test_people_keep_their_rows() -> None:
    """Chosen ones are counted anew."""
    made = rows(10, 3)
    some = made.of(np.array([7, 2]))
    assert (some.people, some.starts.tolist()) == (2, [0, 3, 6])
    assert some.labels.tolist() == [*made.labels[21:24], *made.labels[6:9]]
    places, whose = made.rows_of(np.array([9, 0, 4]))
    assert places.tolist() == [27, 28, 29, 0, 1, 2, 12, 13, 14]
    assert whose.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert made.of(np.array([], int)).people == 0
