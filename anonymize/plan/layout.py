"""What DuckDB could not read of a version with ``sink: {layout: duckdb}``, or not as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyarrow as pa

from anonymize.errors import Problem
from anonymize.policy import Policy

_OTHERWISE = "or leave out layout: duckdb; other readers: docs/readers.md"
_DIGITS = 38


def layout_problems(policy: Policy, output: pa.Schema) -> Iterator[Problem]:
    """Yield the problems of the sink's layout with columns of ``output``."""
    if policy.sink.layout != "duckdb":
        return
    place = policy.place("sink.layout")
    if policy.sink.restricted:
        what = (
            "duckdb: DuckDB knows one key for all columns of a file, so whoever it is given to"
            " reads the restricted ones too; publish those as a dataset of their own"
        )
        yield Problem(place, f"{what}, {_OTHERWISE}")
    for field in output:
        if why := _unreadable(field.type):
            what = f"duckdb: column {field.name} is {field.type}, {why}"
            yield Problem(place, f"{what}; choose an action that gives another type, {_OTHERWISE}")
    names = Counter(name.lower() for name in output.names)
    for name in output.names:
        if names[name.lower()] > 1:
            what = f"duckdb: column {name}: DuckDB does not tell capitals in names apart"
            yield Problem(place, f"{what}; rename one in source:, {_OTHERWISE}")


def _unreadable(kind: pa.DataType) -> str:
    """Return why DuckDB does not read a type as it is; tried with DuckDB 2.0.1."""
    if pa.types.is_nested(kind):
        return "and DuckDB reads no encrypted lists, structs and maps"
    if pa.types.is_decimal(kind) and kind.precision > _DIGITS:
        return f"and DuckDB rounds decimals of more than {_DIGITS} digits"
    if pa.types.is_duration(kind):
        return "and DuckDB reads a plain number"
    return ""
