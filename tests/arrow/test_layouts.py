"""The plain layout of an array: equal values, and nothing but them."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.types as pt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anonymize.arrow.plain_layouts import (
    differences,
    plain_batch,
    plain_layout,
    plain_schema,
    plain_type,
)
from tests.examples import examples
from tests.layouts import HIDDEN, NESTED, array_of, laid_out

QUICK = settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.parametrize("kind", NESTED.values(), ids=NESTED)
def test_equal_values_have_one_plain_layout(kind: pa.DataType) -> None:
    """Whatever they were laid out as; what is under nulls, outside slices or unused is gone from
    the buffers.
    """

    @QUICK
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        array = data.draw(array_of(kind, data.draw(st.integers(0, 6))))
        made = plain_layout(data.draw(laid_out(array)))
        made.validate(full=True)
        assert made.type == kind
        assert made.to_pylist() == array.to_pylist()
        if not (pt.is_string(kind) or pt.is_integer(kind)):
            assert _children(made) == _children(plain_layout(array))
            assert HIDDEN not in repr(_children(made))

    holds()


def _children(array: pa.Array) -> list[object]:
    """Return every child's values, as the buffers hold them."""
    if pt.is_dictionary(array.type):
        return [array.indices.to_pylist(), array.dictionary.to_pylist()]
    if pt.is_map(array.type):
        return [array.offsets.to_pylist(), *map(_children, (array.keys, array.items))]
    if pt.is_struct(array.type):
        return [_children(array.field(at)) for at in range(array.type.num_fields)]
    if pt.is_nested(array.type):
        return [_children(array.values)]
    return array.to_pylist()


def test_extension_types_are_their_storage() -> None:
    """Their metadata may say anything."""
    uuid = pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"0" * 16], pa.binary(16)))
    inside = pa.StructArray.from_arrays(
        [uuid], fields=[pa.field("id", uuid.type, metadata={"of": HIDDEN})]
    )
    made = plain_layout(inside)
    assert made.type == plain_type(inside.type) == pa.struct([("id", pa.binary(16))])
    assert made.to_pylist() == [{"id": b"0" * 16}]


def test_metadata_stays_behind() -> None:
    """Of the schema, of its fields, and of fields inside."""
    item = pa.field(
        "x", pa.list_(pa.field("item", pa.int64(), metadata={"a": HIDDEN})), metadata={"a": HIDDEN}
    )
    schema = pa.schema(
        [pa.field("s", pa.struct([item]), metadata={"a": HIDDEN})], metadata={"a": HIDDEN}
    )
    batch = pa.RecordBatch.from_arrays(
        [pa.array([{"x": [1]}], schema.field(0).type)], schema=schema
    )
    for made in (plain_schema(schema), plain_batch(batch).schema):
        assert HIDDEN not in made.to_string(show_field_metadata=True, show_schema_metadata=True)
        assert not made.field(0).type.field("x").type.value_field.metadata


WANTED = plain_schema(
    pa.schema(
        [
            ("a", pa.int64()),
            ("s", pa.struct([("x", pa.string()), ("y", pa.int64())])),
            ("d", pa.dictionary(pa.int32(), pa.string())),
            ("l", pa.list_(pa.struct([("x", pa.string())]))),
        ]
    )
)


@pytest.mark.parametrize(
    "name,kind,said",
    [
        ("a", pa.int32(), "is int32; the plan was made for int64"),
        ("a", pa.string(), "is string; the plan was made for int64"),
        ("s", pa.struct([("y", pa.int64()), ("x", pa.string())]), "differs inside"),
        ("s", pa.struct([("x", pa.string()), (HIDDEN, pa.int64())]), "differs inside"),
        ("s", pa.struct([("x", pa.string()), ("y", pa.int32())]), "differs inside"),
        (
            "d",
            pa.dictionary(pa.int32(), pa.large_string()),
            "is a dictionary of large_string under int32",
        ),
        ("d", pa.string(), "is string; the plan was made for a dictionary of string under int32"),
        ("l", pa.list_(pa.struct([(HIDDEN, pa.string())])), "differs inside"),
        (
            "l",
            pa.map_(pa.string(), pa.struct([(HIDDEN, pa.int64())])),
            "is maps of string to structs of 1 fields",
        ),
    ],
)
def test_another_type_is_a_difference(name: str, kind: pa.DataType, said: str) -> None:
    """At any depth, by name, order and type; names of the given schema are not told."""
    given_schema = WANTED.set(WANTED.get_field_index(name), pa.field(name, kind))
    ((column, what),) = differences(given_schema, WANTED, WANTED.names)
    assert column == name
    assert what.startswith(said)
    assert HIDDEN not in what


def test_missing_and_repeated_columns_are_differences() -> None:
    """A repeated one would be read as whichever comes first."""
    twice = pa.schema([*WANTED, pa.field("a", pa.int64())])
    assert differences(twice, WANTED, WANTED.names) == [("a", "is there 2 times")]
    assert differences(pa.schema([]), WANTED, ["a"]) == [("a", "is missing")]


def test_layouts_metadata_and_nullability_are_no_difference() -> None:
    """They do not change what values mean, and nothing of them is published."""
    given_schema = pa.schema(
        [
            pa.field(
                "a", pa.run_end_encoded(pa.int32(), pa.int64()), nullable=True, metadata={"x": "y"}
            ),
            pa.field(
                "s", pa.struct([pa.field("x", pa.string(), nullable=False), ("y", pa.int64())])
            ),
            pa.field("d", pa.dictionary(pa.int32(), pa.string())),
            pa.field("l", pa.list_view(pa.struct([("x", pa.string())])), nullable=False),
        ]
    )
    assert differences(given_schema, WANTED, WANTED.names) == []
