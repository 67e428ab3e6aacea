"""Arrow types for Avro's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

PRIMITIVES = {
    "null": pa.null(),
    "boolean": pa.bool_(),
    "int": pa.int32(),
    "long": pa.int64(),
    "float": pa.float32(),
    "double": pa.float64(),
    "bytes": pa.binary(),
    "string": pa.string(),
    "enum": pa.string(),
}
LOGICAL = {
    ("int", "date"): pa.date32(),
    ("int", "time-millis"): pa.time32("ms"),
    ("long", "time-micros"): pa.time64("us"),
    ("long", "timestamp-millis"): pa.timestamp("ms", "UTC"),
    ("long", "timestamp-micros"): pa.timestamp("us", "UTC"),
    ("long", "timestamp-nanos"): pa.timestamp("ns", "UTC"),
    ("long", "local-timestamp-millis"): pa.timestamp("ms"),
    ("long", "local-timestamp-micros"): pa.timestamp("us"),
    ("long", "local-timestamp-nanos"): pa.timestamp("ns"),
    ("string", "uuid"): pa.string(),
    ("fixed", "uuid"): pa.string(),
}
_DEEPEST = 50


class NoArrowType(ValueError):
    """An Avro type that Arrow cannot represent; ``path`` is the column's or field's."""

    def __init__(self, path: str, what: str) -> None:
        """Store the place and the reason."""
        self.path, self.what = path, what
        super().__init__(what)


def arrow_schema(schema: Any) -> pa.Schema:
    """Return the Arrow schema of a file's Avro schema, as fastavro gives it.

    Raises:
        NoArrowType: rows that are no records, a union of several types, or records inside
            themselves.
    """
    if not isinstance(schema, Mapping) or schema.get("type") != "record":
        raise NoArrowType("", "its rows are not records")
    named: dict[str, Any] = {}
    return pa.schema(
        [pa.field(f["name"], _type(f["type"], f["name"], named)) for f in schema["fields"]]
    )


def _type(avro: Any, path: str, named: dict[str, Any], depth: int = 0) -> pa.DataType:
    if depth > _DEEPEST:
        raise NoArrowType(path, "is a record that contains itself")
    if isinstance(avro, str):
        if avro in PRIMITIVES:
            return PRIMITIVES[avro]
        if avro in named:
            return _type(named[avro], path, named, depth + 1)
        raise NoArrowType(path, "is of an unknown type")
    if isinstance(avro, list):
        others = [one for one in avro if one != "null"]
        if len(others) > 1:
            raise NoArrowType(path, f"is a union of {len(others)} types; write it as one of them")
        return _type(others[0], path, named, depth) if others else pa.null()
    kind = avro["type"]
    if isinstance(kind, (list, Mapping)):
        return _type(kind, path, named, depth)
    if "name" in avro:
        named[avro["name"]] = avro
    logical = avro.get("logicalType")
    if logical == "decimal":
        return (
            pa.decimal128(avro["precision"], avro.get("scale", 0))
            if (avro["precision"] <= 38)
            else pa.decimal256(avro["precision"], avro.get("scale", 0))
        )
    if (kind, logical) in LOGICAL:
        return LOGICAL[kind, logical]
    if kind in ("record", "error"):
        return pa.struct(
            [
                pa.field(f["name"], _type(f["type"], f"{path}.{f['name']}", named, depth + 1))
                for f in avro["fields"]
            ]
        )
    if kind == "array":
        return pa.list_(_type(avro["items"], f"{path}[]", named, depth + 1))
    if kind == "map":
        return pa.map_(pa.string(), _type(avro["values"], path, named, depth + 1))
    if kind == "fixed":
        return pa.binary(avro["size"])
    return _type(kind, path, named, depth + 1)
