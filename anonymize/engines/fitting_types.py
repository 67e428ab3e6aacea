"""Which Arrow types are taken for which without loss, and casts between these alone."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.types as pt

from anonymize.arrow.plain_layouts import differences, plain_layout, plain_type
from anonymize.errors import DataError, Problem, SourceError
from anonymize.plan import Plan

_FINER = ("s", "ms", "us", "ns")


def is_lossless(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Return whether every value of ``given`` has an equal one in ``wanted``, or is refused when it
    is met because it lies out of range.

    Layouts (large, views, dictionaries), wider numbers, finer units and the zone that an instant is
    shown in. Nothing else: text is no number, and an instant no local time.
    """
    given = plain_type(given)
    if given.equals(wanted) or pt.is_null(given):
        return True
    if pt.is_dictionary(given):
        return is_lossless(given.value_type, wanted)
    if pt.is_nested(given) or pt.is_nested(wanted):
        return _is_lossless_inside(given, wanted)
    if _is_text(given) or _is_bytes(given):
        return _is_text(wanted) if _is_text(given) else _is_bytes(wanted)
    if pt.is_timestamp(given) and pt.is_timestamp(wanted):
        finer = _FINER.index(given.unit) <= _FINER.index(wanted.unit)
        return bool(finer and (given.tz is None) == (wanted.tz is None))
    return _is_wider(given, wanted)


def _is_wider(given: pa.DataType, wanted: pa.DataType) -> bool:
    """Return whether ``wanted`` is a number of the same kind with no less room."""
    if pt.is_integer(given) and pt.is_integer(wanted):
        same = pt.is_signed_integer(given) == pt.is_signed_integer(wanted)
        room = wanted.bit_width - given.bit_width
        return bool(room >= 0 if same else pt.is_signed_integer(wanted) and room > 0)
    if pt.is_decimal(given) and pt.is_decimal(wanted):
        wider = given.precision <= wanted.precision and given.bit_width <= wanted.bit_width
        return bool(wider and given.scale == wanted.scale)
    floats = pt.is_floating(given) and pt.is_floating(wanted)
    return bool(floats and given.bit_width <= wanted.bit_width)


def _is_lossless_inside(given: pa.DataType, wanted: pa.DataType) -> bool:
    if pt.is_struct(given) and pt.is_struct(wanted):
        return [field.name for field in given] == [field.name for field in wanted] and all(
            is_lossless(one.type, other.type) for one, other in zip(given, wanted, strict=True)
        )
    if pt.is_map(given) and pt.is_map(wanted):
        keys = is_lossless(given.key_type, wanted.key_type)
        return keys and is_lossless(given.item_type, wanted.item_type)
    lists = _is_list(given) or pt.is_fixed_size_list(given)
    return lists and _is_list(wanted) and is_lossless(given.value_type, wanted.value_type)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pt.is_list(kind) or pt.is_large_list(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pt.is_string(kind) or pt.is_large_string(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pt.is_binary(kind) or pt.is_large_binary(kind))


def require_schema(schema: pa.Schema, plan: Plan, place: str) -> None:
    """Refuse rows of a schema that ``plan`` was not made for: names and types.

    Raises:
        SourceError: with every column that is missing, there twice or of a type that is not taken
            without loss, and the number of unknown ones under ``unlisted: refuse``. No value and no
            unknown name is quoted.
    """
    wanted = plan.input_schema
    seen = pa.schema(
        [
            wanted.field(field.name)
            if field.name in wanted.names and is_lossless(field.type, wanted.field(field.name).type)
            else field
            for field in schema
        ]
    )
    found = differences(seen, wanted, plan.input_columns)
    problems = [Problem(f"{place}: column {name}", what) for name, what in found]
    strange = len(set(schema.names) - set(wanted.names))
    if strange and plan.policy.unlisted == "refuse":
        what = f"has {strange} columns that the plan does not know, and the policy says"
        problems.append(Problem(place, f"{what} unlisted: refuse"))
    if problems:
        raise SourceError(problems)


def cast_batch(batch: pa.RecordBatch, schema: pa.Schema, names: Sequence[str]) -> pa.RecordBatch:
    """Return the columns ``names`` of ``batch``, in the types of ``schema``.

    Raises:
        SourceError: a column is missing, or of a type that is not taken without loss.
        DataError: a value is out of the range of its column's type; it is not quoted.
    """
    kinds = [schema.field(name).type for name in names]
    found = [batch.schema.get_field_index(name) for name in names]
    columns = []
    for name, kind, at in zip(names, kinds, found, strict=True):
        if at < 0 or not is_lossless(batch.schema.field(at).type, kind):
            what = "is missing or of another type than the plan was made for"
            raise SourceError(what, place=f"column {name}")
        columns.append(_cast(batch.column(at), kind, name))
    return pa.RecordBatch.from_arrays(columns, names=list(names))


def _cast(column: pa.Array, kind: pa.DataType, name: str) -> pa.Array:
    if column.type.equals(kind):
        return column
    column = plain_layout(column)
    try:
        return column if column.type.equals(kind) else column.cast(kind)
    except pa.ArrowException:
        what = f"a value is out of the range of {kind}; make the column's type wider"
    raise DataError(what, place=f"column {name}")
