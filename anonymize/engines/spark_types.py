"""Spark's types and Arrow's, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.types as pt

from anonymize.arrow.plain_layouts import plain_type
from anonymize.engines.fitting_types import is_lossless
from anonymize.errors import Problem, SourceError

if TYPE_CHECKING:
    from pyspark.sql.types import StructType

_WIDER = {pa.uint8(): pa.int16(), pa.uint16(): pa.int32(), pa.uint32(): pa.int64()}
"""Types that Spark lacks, and the next that hold all of their values."""
ZONE = "UTC"
"""The zone in which batches show instants to Spark, which keeps none itself."""


def arrow_schema(schema: StructType) -> pa.Schema:
    """Return the Arrow schema in which Spark hands over rows of ``schema``.

    Raises:
        SourceError: Spark has no Arrow form for a column, for example intervals of months and
            variants; with every such column.
    """
    from pyspark.sql.pandas.types import to_arrow_type

    fields, problems = [], []
    for field in schema.fields:
        try:
            fields.append(pa.field(field.name, to_arrow_type(field.dataType, timezone=ZONE)))
        except Exception:  # noqa: BLE001 - Spark's error quotes names of inner fields
            what = "is of a type that Spark hands to no Python worker; cast it first"
            problems.append(Problem(f"df: column {field.name}", what))
    if problems:
        raise SourceError(problems)
    return pa.schema(fields)


def spark_schema(schema: pa.Schema) -> tuple[StructType, pa.Schema]:
    """Return a Spark schema that holds every value of ``schema``, and the Arrow schema in which
    Spark takes its rows.

    Raises:
        SourceError: Spark has no type for a column; with every such column.
    """
    from pyspark.sql.pandas.types import from_arrow_type, to_arrow_type
    from pyspark.sql.types import StructField, StructType

    fields, wire, problems = [], [], []
    for field in schema:
        try:
            kind = from_arrow_type(_in_spark(field.type), prefer_timestamp_ntz=True)
            taken = to_arrow_type(kind, timezone=ZONE)
        except Exception:  # noqa: BLE001 - as above
            kind = taken = None
        if taken is None or not is_lossless(field.type, taken):
            what = f"Spark has no type that holds every {_word(field.type)}; choose another rule"
            problems.append(Problem(f"column {field.name}", what))
            continue
        fields.append(StructField(field.name, kind))
        wire.append(pa.field(field.name, taken))
    if problems:
        raise SourceError(problems)
    return StructType(fields), pa.schema(wire)


def _word(kind: pa.DataType) -> str:
    return "value inside it" if pt.is_nested(kind) else str(kind)


def _in_spark(kind: pa.DataType) -> pa.DataType:
    """Return the nearest type without loss among those that Spark may have."""
    kind = plain_type(kind)
    if pt.is_dictionary(kind):
        return _in_spark(kind.value_type)
    if pt.is_struct(kind):
        return pa.struct([pa.field(field.name, _in_spark(field.type)) for field in kind])
    if pt.is_map(kind):
        return pa.map_(_in_spark(kind.key_type), _in_spark(kind.item_type))
    if pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind):
        return pa.list_(_in_spark(kind.value_type))
    return pa.float32() if pt.is_float16(kind) else _WIDER.get(kind, kind)
