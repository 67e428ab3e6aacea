"""Classes and people are counted of any type of column, as their values are published."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.names import ColumnName
from anonymize.plan.counting import classes_written, people_in
from anonymize.policy import PrivacySpec
from anonymize.privacy.digests import OF_PROCESS


@pytest.mark.parametrize(
    "subjects",
    [
        pa.array([b"\xff", b"\xff", b"\xfe", None]),
        pa.array([1, 1, 2, None]),
        pa.array(["a", " A", "b", None]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type),
)
def test_people_are_told_apart_by_subjects_of_any_type(subjects: pa.Array) -> None:
    """Bytes have no text, and are people all the same; a null is nobody."""
    first, again, other, nobody = people_in(OF_PROCESS, subjects).to_pylist()
    assert first == again != other
    assert nobody is None


@pytest.mark.parametrize(
    ("place", "values", "sizes"),
    [
        ("doc.$.x", ["{}", '{"x":null}', "null", '{"x":1}', '{"x":"1"}', '{"x":1}'], [1] * 4 + [2]),
        ("doc.$.x", ['{"x":1,"y":2}', '{"x":1,"y":3}', '{"y":4,"x":1}', '{"x":2}'], [1, 3]),
        ("box.x", [None, {"x": None}, {"x": 1}, {"x": 1}], [1, 1, 2]),
    ],
)
def test_a_place_inside_a_column_is_told_apart_with_what_is_around_it(
    place: str, values: list[object], sizes: list[int]
) -> None:
    """An object without it from one where it is null; what else the row has does not matter."""
    written = pa.record_batch({place.partition(".")[0]: values, "n": list(range(len(values)))})
    privacy = PrivacySpec(quasi_identifiers=(ColumnName(place),), k=2)
    counted = classes_written(OF_PROCESS, privacy, written, {}, None, frozenset())
    assert sorted(counted.sizes().rows.tolist()) == sizes
