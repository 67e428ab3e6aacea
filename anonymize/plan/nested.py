"""Nested columns as flat leaves and back: opened to the paths that rules name, and closed again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.names import ColumnName

ROOT = ""
"""The level of the table's own rows."""


@dataclass(frozen=True)
class Leaf:
    """A column, or a place inside a nested column, that a rule can name."""

    path: ColumnName
    """``zip``, ``customer.email``, ``messages[].body``, ``tags[]``."""
    type: pa.DataType
    """Arrow type of its values."""
    level: str
    """The innermost list around it, ``messages[]``; empty for the table's rows. Leaves of one level align."""


def is_list(kind: pa.DataType) -> bool:
    """Return whether ``kind`` is a list that can be opened."""
    return bool(pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind))


def can_open(kind: pa.DataType) -> bool:
    """Return whether ``kind`` has an inside that rules can name."""
    return is_list(kind) or (pt.is_struct(kind) and kind.num_fields > 0)


def leaves(schema: pa.Schema) -> tuple[Leaf, ...]:
    """Return every leaf of ``schema`` in order."""
    return tuple(leaf for node, leaf in nodes(schema) if not node)


def nodes(schema: pa.Schema) -> Iterator[tuple[bool, Leaf]]:
    """Yield (whether it has an inside, place) for every place in ``schema``, parents before children."""
    for field in schema:
        yield from _nodes(field.name, field.type, ROOT)


def _nodes(path: str, kind: pa.DataType, level: str) -> Iterator[tuple[bool, Leaf]]:
    yield can_open(kind), Leaf(ColumnName(path), kind, level)
    if is_list(kind):
        yield from _nodes(f"{path}[]", kind.value_type, f"{path}[]")
    elif can_open(kind):
        for field in kind:
            yield from _nodes(f"{path}.{field.name}", field.type, level)


@dataclass(frozen=True)
class Opened:
    """A batch opened to the wanted leaves."""

    columns: Mapping[ColumnName, pa.Array]
    """Flat values per wanted path."""
    parents: Mapping[str, tuple[str, pa.Array]]
    """Per level: the level around it, and for each of its items the position of its row there."""
    rows: int
    """Rows of the batch."""

    def aligned(self, path: ColumnName, level: str, target: str) -> pa.Array:
        """Return the values of ``path`` (of ``level``) repeated so that they align with ``target``'s items."""
        values = self.columns[path]
        steps = []
        while target != level:
            target, positions = self.parents[target]
            steps.append(positions)
        for positions in reversed(steps):
            values = values.take(positions)
        return values

    def to_rows(self, positions: pa.Array, level: str) -> pa.Array:
        """Return the table's row for each of ``level``'s item positions."""
        while level != ROOT:
            level, parent = self.parents[level]
            positions = parent.take(positions)
        return positions


def encloses(outer: str, inner: str) -> bool:
    """Return whether items of level ``inner`` lie within items of level ``outer``."""
    return outer == ROOT or inner == outer or inner.startswith((outer + ".", outer + "["))


def open_batch(batch: pa.RecordBatch, wanted: frozenset[ColumnName]) -> Opened:
    """Return the flat values of every ``wanted`` path in ``batch``."""
    columns: dict[ColumnName, pa.Array] = {}
    parents: dict[str, tuple[str, pa.Array]] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        _open(name, column, ROOT, wanted, columns, parents)
    return Opened(columns, parents, batch.num_rows)


def _open(
    path: str,
    column: pa.Array,
    level: str,
    wanted: frozenset[ColumnName],
    columns: dict[ColumnName, pa.Array],
    parents: dict[str, tuple[str, pa.Array]],
) -> None:
    if ColumnName(path) in wanted:
        columns[ColumnName(path)] = column
    if not any(want.startswith((path + ".", path + "[")) for want in wanted):
        return
    if is_list(column.type):
        parents[f"{path}[]"] = (level, pc.list_parent_indices(column))
        _open(f"{path}[]", pc.list_flatten(column), f"{path}[]", wanted, columns, parents)
    elif can_open(column.type):
        for field, child in zip(column.type, column.flatten(), strict=True):
            _open(f"{path}.{field.name}", child, level, wanted, columns, parents)


def close_batch(batch: pa.RecordBatch, results: Mapping[ColumnName, pa.Array]) -> list[pa.Array | None]:
    """Return each column of ``batch`` rebuilt from ``results``; None for a column of which nothing is left."""
    return [_close(name, column, results) for name, column in zip(batch.schema.names, batch.columns, strict=True)]


def _close(path: str, column: pa.Array, results: Mapping[ColumnName, pa.Array]) -> pa.Array | None:
    if ColumnName(path) in results:
        return results[ColumnName(path)]
    if not any(done.startswith((path + ".", path + "[")) for done in results):
        return None
    if is_list(column.type):
        inside = _close(f"{path}[]", pc.list_flatten(column), results)
        return None if inside is None else _as_list(column, inside)
    children = {
        field.name: _close(f"{path}.{field.name}", child, results)
        for field, child in zip(column.type, column.flatten(), strict=True)
    }
    kept = {name: child for name, child in children.items() if child is not None}
    fields = [pa.field(name, child.type) for name, child in kept.items()]
    return pa.StructArray.from_arrays(list(kept.values()), fields=fields, mask=column.is_null())


def _as_list(column: pa.Array, inside: pa.Array) -> pa.Array:
    """Return ``inside`` in lists of the lengths and nulls of ``column``."""
    large = pt.is_large_list(column.type)
    lengths = pc.fill_null(pc.list_value_length(column), 0).cast(pa.int64() if large else pa.int32())
    zero = pa.array([0], lengths.type)
    offsets = pa.concat_arrays([zero, pc.cumulative_sum(lengths)])
    kind = pa.LargeListArray if large else pa.ListArray
    return kind.from_arrays(offsets, inside, mask=column.is_null())


def output_fields(schema: pa.Schema, results: Mapping[ColumnName, pa.DataType]) -> list[pa.Field]:
    """Return the fields that ``close_batch`` yields for ``results`` of the given types."""
    kinds = ((field.name, _output_type(field.name, field.type, results)) for field in schema)
    return [pa.field(name, kind) for name, kind in kinds if kind is not None]


def _output_type(path: str, kind: pa.DataType, results: Mapping[ColumnName, pa.DataType]) -> pa.DataType | None:
    if ColumnName(path) in results:
        return results[ColumnName(path)]
    if is_list(kind):
        inside = _output_type(f"{path}[]", kind.value_type, results)
        make: Callable[[pa.DataType], pa.DataType] = pa.large_list if pt.is_large_list(kind) else pa.list_
        return None if inside is None else make(inside)
    if can_open(kind):
        children = ((field.name, _output_type(f"{path}.{field.name}", field.type, results)) for field in kind)
        fields = [pa.field(name, child) for name, child in children if child is not None]
        return pa.struct(fields) if fields else None
    return None
