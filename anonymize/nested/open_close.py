"""Opens nested columns into flat leaves at the paths that rules name, and closes them again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.names import ColumnName
from anonymize.nested.json_text import Documents, Unfit, is_text, open_documents
from anonymize.nested.maps import Entries, closed_map, entries_of, key_path, unfit_maps, value_path
from anonymize.nested.null_values import markers_of, without_markers
from anonymize.nested.path_index import PathIndex
from anonymize.nested.paths import entry_keys, within
from anonymize.nested.wanted import WantedPlaces

ROOT = ""
"""The level of the table's own rows."""


@dataclass(frozen=True)
class Leaf:
    """A column, or a place inside a nested column, that a rule can name."""

    path: ColumnName
    """``zip``, ``customer.email``, ``messages[].body``, ``tags[]``, ``attrs[].value``,
    ``payload.$.user.email``.
    """
    type: pa.DataType
    """Arrow type of its values."""
    level: str
    """The innermost list around it, ``messages[]``; empty for a value per row. Leaves of one level
    align.
    """


def is_list(kind: pa.DataType) -> bool:
    """Return True if ``kind`` is a list that can be opened."""
    return bool(pt.is_list(kind) or pt.is_large_list(kind) or pt.is_fixed_size_list(kind))


def can_open(kind: pa.DataType) -> bool:
    """Return True if rules can name places inside ``kind``."""
    return is_list(kind) or pt.is_map(kind) or (pt.is_struct(kind) and kind.num_fields > 0)


def leaves(schema: pa.Schema) -> tuple[Leaf, ...]:
    """Return every leaf of ``schema`` in order."""
    return tuple(leaf for node, leaf in nodes(schema) if not node)


def nodes(schema: pa.Schema) -> Iterator[tuple[bool, Leaf]]:
    """Yield every place in ``schema``, parents before children, each with True if it has an
    inside.
    """
    for field in schema:
        yield from nodes_at(field.name, field.type, ROOT)


def nodes_at(path: str, kind: pa.DataType, level: str) -> Iterator[tuple[bool, Leaf]]:
    """Yield the same for a place of type ``kind`` at ``path`` and the places inside it.

    For a map these are the keys and values of the entries that no rule names; a rule may name
    others.
    """
    yield can_open(kind), Leaf(ColumnName(path), kind, level)
    if is_list(kind):
        yield from nodes_at(f"{path}[]", kind.value_type, f"{path}[]")
    elif pt.is_map(kind):
        yield from nodes_at(key_path(path), kind.key_type, f"{path}[]")
        yield from nodes_at(value_path(path), kind.item_type, f"{path}[]")
    elif can_open(kind):
        for field in kind:
            yield from nodes_at(f"{path}.{field.name}", field.type, level)


@dataclass(frozen=True)
class Opened:
    """A batch, opened to the wanted leaves."""

    columns: Mapping[ColumnName, pa.Array]
    """Flat values per wanted path."""
    parents: Mapping[str, tuple[str, pa.Array]]
    """Per level: the level around it, and for each of its items the position of its parent
    there.
    """
    rows: int
    """Rows of the batch."""
    unfit: tuple[Unfit, ...]
    """Texts that are not documents, and other values that rules cannot be applied to."""
    documents: Mapping[str, Documents]
    """Per column of JSON kept as text: its documents."""
    entries: Mapping[str, Entries]
    """Per map: its entries."""
    missing: Mapping[ColumnName, int]
    """Number of values per path that were one of the policy's ``null_values``."""

    def aligned(self, path: ColumnName, level: str, target: str) -> pa.Array:
        """Return the values of ``path`` (of ``level``), repeated to align with ``target``'s
        items.
        """
        values = self.columns[path]
        steps = []
        while target != level:
            target, positions = self.parents[target]
            steps.append(positions)
        for positions in reversed(steps):
            values = values.take(positions)
        return values

    def to_rows(self, positions: pa.Array, level: str) -> pa.Array:
        """Return the table's row of each of ``level``'s item positions."""
        while level != ROOT:
            level, parent = self.parents[level]
            positions = parent.take(positions)
        return positions


def encloses(outer: str, inner: str) -> bool:
    """Return True if items of level ``inner`` are inside items of level ``outer``."""
    return outer == ROOT or inner == outer or within(outer, inner)


def open_batch(batch: pa.RecordBatch, asked: WantedPlaces) -> Opened:
    """Return the flat values in ``batch`` of every requested path."""
    opening = _Opening(asked)
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        opening.open(name, column, ROOT)
    columns, missing = dict(opening.columns), dict[ColumnName, int]()
    for path, column in opening.columns.items() if asked.null_values else ():
        columns[path] = without_markers(column, markers_of(asked.null_values, path))
        missing[path] = columns[path].null_count - column.null_count
    return Opened(
        columns,
        opening.parents,
        batch.num_rows,
        tuple(opening.unfit),
        opening.documents,
        opening.entries,
        missing,
    )


class _Opening:
    """A batch being opened."""

    def __init__(self, asked: WantedPlaces) -> None:
        self.asked = asked
        self._read = PathIndex(asked.read)
        self.columns: dict[ColumnName, pa.Array] = {}
        self.parents: dict[str, tuple[str, pa.Array]] = {}
        self.unfit: list[Unfit] = []
        self.documents: dict[str, Documents] = {}
        self.entries: dict[str, Entries] = {}

    def open(self, path: str, column: pa.Array, level: str) -> None:
        """Collect the requested values at ``path`` and below."""
        if ColumnName(path) in self.asked.read:
            self.columns[ColumnName(path)] = column
        if not self._read.has_inside(path):
            return
        if is_list(column.type):
            self.parents[f"{path}[]"] = (level, pc.list_parent_indices(column))
            self.open(f"{path}[]", pc.list_flatten(column), f"{path}[]")
        elif pt.is_map(column.type):
            self._open_map(path, column, level)
        elif can_open(column.type):
            for field, child in zip(column.type, column.flatten(), strict=True):
                self.open(f"{path}.{field.name}", child, level)
        elif is_text(column.type) and self._read.has_inside(f"{path}.$"):
            opened = self.documents[path] = open_documents(path, column, self.asked)
            self.columns.update(opened.columns)
            self.parents.update(opened.parents)
            self.unfit += opened.unfit

    def _open_map(self, path: str, column: pa.Array, level: str) -> None:
        entries = self.entries[path] = entries_of(path, column, self.asked)
        self.unfit += unfit_maps(path, entries, self.asked)
        for number, inside in enumerate(entries.named.values()):
            self.open(inside, entries.of_key(number), level)
        rest = pa.array(entries.rest)
        self.parents[f"{path}[]"] = (level, pa.array(entries.parents).filter(rest))
        self.open(key_path(path), entries.keys.filter(rest), f"{path}[]")
        self.open(value_path(path), entries.items.filter(rest), f"{path}[]")


def close_batch(
    batch: pa.RecordBatch, results: Mapping[ColumnName, pa.Array], opened: Opened
) -> list[pa.Array | None]:
    """Return each column of ``batch`` rebuilt from ``results``; None for a column of which nothing
    is left.
    """
    closing = _Closing(results, opened, PathIndex(results))
    return [
        closing.close(name, column)
        for name, column in zip(batch.schema.names, batch.columns, strict=True)
    ]


@dataclass(frozen=True)
class _Closing:
    """A batch being closed again."""

    results: Mapping[ColumnName, pa.Array]
    opened: Opened
    index: PathIndex
    """Index of the results' paths."""

    def close(self, path: str, column: pa.Array) -> pa.Array | None:
        """Return ``column``, which is at ``path``, rebuilt; None if nothing of it is left."""
        if ColumnName(path) in self.results:
            return self.results[ColumnName(path)]
        if not self.index.has_inside(path):
            return None
        if is_list(column.type):
            inside = self.close(f"{path}[]", pc.list_flatten(column))
            return None if inside is None else _as_list(column, inside)
        if pt.is_map(column.type):
            return self._close_map(path, column)
        if not can_open(column.type):
            return self.opened.documents[path].closed(self.results).cast(document_type(column.type))
        return self._close_struct(path, column)

    def _close_struct(self, path: str, column: pa.Array) -> pa.Array | None:
        children = {
            field.name: self.close(f"{path}.{field.name}", child)
            for field, child in zip(column.type, column.flatten(), strict=True)
        }
        kept = {name: child for name, child in children.items() if child is not None}
        fields = [pa.field(name, child.type) for name, child in kept.items()]
        return pa.StructArray.from_arrays(list(kept.values()), fields=fields, mask=column.is_null())

    def _close_map(self, path: str, column: pa.Array) -> pa.Array | None:
        entries = self.opened.entries[path]
        named = {
            number: self.close(inside, entries.of_key(number))
            for number, inside in enumerate(entries.named.values())
        }
        rest = pa.array(entries.rest)
        keys = self.close(key_path(path), entries.keys.filter(rest))
        values = self.close(value_path(path), entries.items.filter(rest))
        return closed_map(
            column,
            entries,
            {number: value for number, value in named.items() if value is not None},
            None if keys is None or values is None else (keys, values),
            [bad for bad in self.opened.unfit if bad.column == path],
        )


def document_type(kind: pa.DataType) -> pa.DataType:
    """Return the output type of a column of documents of type ``kind``."""
    return pa.large_string() if pt.is_large_string(kind) else pa.string()


def _as_list(column: pa.Array, inside: pa.Array) -> pa.Array:
    """Return ``inside`` as lists with the lengths and nulls of ``column``."""
    large = pt.is_large_list(column.type)
    lengths = pc.fill_null(pc.list_value_length(column), 0).cast(
        pa.int64() if large else pa.int32()
    )
    zero = pa.array([0], lengths.type)
    offsets = pa.concat_arrays([zero, pc.cumulative_sum(lengths)])
    kind = pa.LargeListArray if large else pa.ListArray
    return kind.from_arrays(offsets, inside, mask=column.is_null())


def output_fields(schema: pa.Schema, results: Mapping[ColumnName, pa.DataType]) -> list[pa.Field]:
    """Return the fields that ``close_batch`` yields for ``results`` of the given types."""
    index = PathIndex(results)
    kinds = ((field.name, _output_type(field.name, field.type, results, index)) for field in schema)
    return [pa.field(name, kind) for name, kind in kinds if kind is not None]


def map_types(
    path: str, kind: pa.DataType, results: Mapping[ColumnName, pa.DataType], index: PathIndex
) -> tuple[pa.DataType | None, tuple[pa.DataType, ...], bool]:
    """Return the new types in the map at ``path``.

    The new type of keys that no rule names, the distinct new types of all values, and True if a
    value under a named key stays. ``index`` is that of the results.
    """
    keys = _output_type(key_path(path), kind.key_type, results, index)
    rest = _output_type(value_path(path), kind.item_type, results, index)
    inside = entry_keys(path, index.inside(path)).values()
    named = [_output_type(entry, kind.item_type, results, index) for entry in inside]
    values = dict.fromkeys(value for value in (*named, rest) if value is not None)
    return keys, tuple(values), any(value is not None for value in named)


def _output_type(
    path: str, kind: pa.DataType, results: Mapping[ColumnName, pa.DataType], index: PathIndex
) -> pa.DataType | None:
    if ColumnName(path) in results:
        return results[ColumnName(path)]
    if is_list(kind):
        inside = _output_type(f"{path}[]", kind.value_type, results, index)
        make: Callable[[pa.DataType], pa.DataType] = (
            pa.large_list if pt.is_large_list(kind) else pa.list_
        )
        return None if inside is None else make(inside)
    if pt.is_map(kind):
        keys, values, _ = map_types(path, kind, results, index)
        return pa.map_(keys or kind.key_type, values[0]) if values else None
    if can_open(kind):
        children = (
            (field.name, _output_type(f"{path}.{field.name}", field.type, results, index))
            for field in kind
        )
        fields = [pa.field(name, child) for name, child in children if child is not None]
        return pa.struct(fields) if fields else None
    return document_type(kind) if is_text(kind) and index.has_inside(f"{path}.$") else None
