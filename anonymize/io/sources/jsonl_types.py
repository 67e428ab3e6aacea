"""Determines the schema of JSON Lines: merges the types of all blocks, recognizes dates in text."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.io.sources.key_counts import KeyCounts
from anonymize.io.sources.text_types import INSTANT, TIMESTAMP
from anonymize.nested.raw_names import told_path, types_hint
from anonymize.nested.schema import (
    is_list,
    leaf_paths,
    leaves,
    projected,
    rebuilt,
    refuse_duplicates,
)

EXACT = float(2**53)
"""Floats represent every integer exactly up to here."""


class MixedTypes(ValueError):
    """A field holds different kinds of values."""

    def __init__(self, column: str, one: str, other: str) -> None:
        """Store the field's path and the kinds."""
        self.column = told_path(column)
        remedy = (
            types_hint(self.column) if self.column else "its name looks like data, rename it first"
        )
        super().__init__(f"holds {one} in some rows and {other} in others; {remedy}")


def dotted(arrow_path: str) -> str:
    """Return ``profile.email`` or ``events[].ip`` for Arrow's ``/profile/email`` or
    ``/events/[]/ip``.

    The path ends above a key that may be data.
    """
    return told_path(raw_path(arrow_path))


def raw_path(arrow_path: str) -> str:
    """Return the whole path, which may contain a key that is data."""
    return arrow_path.strip("/").replace("/[]", "[]").replace("/", ".")


def merged(
    path: str, one: pa.DataType, other: pa.DataType, mixed: set[str] | None = None
) -> pa.DataType:
    """Return the type that can hold values of both. If ``mixed`` is given, that is text for plain
    values of several types, and their path is added to it.

    Raises:
        MixedTypes: there is none.
    """
    t = pa.types
    if one.equals(other) or t.is_null(other):
        return one
    if t.is_null(one):
        return other
    if t.is_struct(one) and t.is_struct(other):
        fields = {f.name: f.type for f in one}
        for field in other:
            known = fields.get(field.name)
            fields[field.name] = (
                field.type
                if known is None
                else merged(f"{path}.{field.name}", known, field.type, mixed)
            )
        return pa.struct(list(fields.items()))
    if is_list(one) and is_list(other):
        return pa.list_(merged(f"{path}[]", one.value_type, other.value_type, mixed))
    if {str(one), str(other)} == {"int64", "double"}:
        return pa.float64()
    if mixed is not None and not t.is_nested(one) and not t.is_nested(other):
        mixed.add(path)
        return pa.string()
    raise MixedTypes(path, _word(one), _word(other))


def _word(type_: pa.DataType) -> str:
    t = pa.types
    if t.is_struct(type_):
        return "objects"
    if is_list(type_):
        return "lists"
    if t.is_boolean(type_):
        return "truth values"
    return "text" if t.is_string(type_) else "numbers"


class SchemaScan:
    """The types seen so far. Blocks are added in order; other threads may read hints."""

    def __init__(self, types: Mapping[str, pa.DataType], *, mixed_as_text: bool = False) -> None:
        """Start with the types that the caller named; ``mixed_as_text`` reads fields with values of
        several types as text.
        """
        self.mixed_as_text = mixed_as_text
        self.mixed: set[str] = set()
        """Fields that are text for that reason."""
        self._types = dict(types)
        self._fields: dict[str, pa.DataType] = {}
        self._dates: dict[str, pa.DataType | None] = {}
        self._hints: pa.Schema | None = _named_texts(types)
        self._lock = threading.Lock()
        self.keys = KeyCounts()
        """Keys of objects and their frequencies."""
        self.natural: pa.Schema | None = None
        """Fields in the order of the file's first lines, because Arrow puts hinted fields first."""
        self.rows = 0

    def hints(self) -> pa.Schema | None:
        """Return the fields to read as text: those declared so, and those that Arrow once read as
        timestamps.
        """
        return self._hints

    def hinted(self, schema: pa.Schema) -> pa.Schema | None:
        """Return new hints if ``schema`` holds timestamps that Arrow made of text, else None."""
        if not any(
            pa.types.is_timestamp(type_)
            for field in schema
            for _, type_ in leaves(field.name, field.type)
        ):
            return None
        found = pa.schema(
            [(f.name, kept) for f in schema if (kept := _timestamps_as_text(f.type)) is not None]
        )
        with self._lock:
            if self._hints is not None:
                both = {f.name: f.type for f in self._hints}
                for field in found:
                    both[field.name] = merged(
                        field.name, both.get(field.name, pa.null()), field.type
                    )
                found = pa.schema(list(both.items()))
            self._hints = found
        return found

    def note(self, batch: pa.RecordBatch) -> None:
        """Add a block's types and the form of its texts.

        Raises:
            KeysAreDataError: objects have an address or a number as a key.
            MixedTypes: a field holds values that no earlier type can represent.
        """
        self.rows += batch.num_rows
        self.keys.note(batch)
        for field, column in zip(batch.schema, batch.columns, strict=True):
            if field.name == "\0":
                continue
            self._fields[field.name] = merged(
                field.name,
                self._fields.get(field.name, pa.null()),
                field.type,
                self.mixed if self.mixed_as_text else None,
            )
            for path, values in leaf_values(field.name, column):
                self._note_leaf(path, values)

    def _note_leaf(self, path: str, values: pa.Array) -> None:
        inexact = pa.types.is_floating(values.type) and path not in self._types
        if inexact and pc.any(pc.greater_equal(pc.abs(values), EXACT)).as_py():
            raise MixedTypes(path, "numbers", "numbers too long to keep exactly")
        if not pa.types.is_string(values.type) or self._dates.get(path, INSTANT) is None:
            return
        if values.null_count == len(values):
            return
        kind, known = _date_kind(values), self._dates.get(path)
        same = path not in self._dates or (
            kind is not None and known is not None and known.equals(kind)
        )
        self._dates[path] = kind if same else None

    def schema(self, place: str) -> pa.Schema:
        """Return the schema of all blocks so far.

        Raises:
            KeysAreDataError: objects are keyed by values.
            SourceError: ``types`` names a field that does not occur.
        """
        self.keys.refuse_data()
        dates = {path: kind for path, kind in self._dates.items() if kind is not None}
        kinds = {**dates, **dict.fromkeys(self.mixed, pa.string()), **self._types}
        fields = pa.struct(
            [(name, type_) for name, type_ in self._fields.items() if not _hollow(type_)]
        )
        if self.natural is not None:
            fields = _ordered(fields, pa.struct(list(self.natural)))
        plain = pa.schema([(field.name, _settled(field.name, field.type, {})) for field in fields])
        if self._types:
            projected(plain, list(self._types), place)
        refuse_duplicates(leaf_paths(plain), place)
        return pa.schema([(field.name, _settled(field.name, field.type, kinds)) for field in plain])


def _named_texts(types: Mapping[str, pa.DataType]) -> pa.Schema | None:
    """Return a schema that reads the fields declared as string as text."""
    tree: dict[str, object] = {}
    for path, type_ in types.items():
        if not pa.types.is_string(type_):
            continue
        node = tree
        *parents, last = path.replace("[]", ".[]").split(".")
        for part in parents:
            node = node.setdefault(part, {})  # type: ignore[assignment]
        node[last] = None
    return pa.schema([(name, _built(child)) for name, child in tree.items()]) if tree else None


def _built(node: object) -> pa.DataType:
    if not isinstance(node, dict):
        return pa.string()
    if "[]" in node:
        return pa.list_(_built(node["[]"]))
    return pa.struct([(name, _built(child)) for name, child in node.items()])


def _timestamps_as_text(type_: pa.DataType) -> pa.DataType | None:
    """Return ``type_`` with only its timestamps, as text; None if it has none."""
    if pa.types.is_timestamp(type_):
        return pa.string()
    if pa.types.is_struct(type_):
        kept = [
            (f.name, child) for f in type_ if (child := _timestamps_as_text(f.type)) is not None
        ]
        return pa.struct(kept) if kept else None
    if is_list(type_):
        child = _timestamps_as_text(type_.value_type)
        return None if child is None else pa.list_(child)
    return None


def leaf_values(path: str, column: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    """Yield each leaf's path and values; those of lists in sequence."""
    if pa.types.is_struct(column.type):
        for field, child in zip(column.type, column.flatten(), strict=True):
            yield from leaf_values(f"{path}.{field.name}", child)
    elif is_list(column.type):
        yield from leaf_values(f"{path}[]", column.flatten())
    else:
        yield path, column


def _date_kind(values: pa.StringArray) -> pa.DataType | None:
    values = values.drop_null()
    if not len(values):
        return None
    shortest = pc.min(pc.binary_length(values)).as_py()
    for kind in (pa.date32(),) if shortest <= 10 else (TIMESTAMP, INSTANT):
        for some in (values.slice(0, 10), values):
            try:
                some.cast(kind)
            except pa.ArrowInvalid:
                break
        else:
            return kind
    return None


def _ordered(type_: pa.DataType, natural: pa.DataType) -> pa.DataType:
    """Return ``type_`` with its fields in ``natural``'s order, followed by those that ``natural``
    lacks.
    """
    if pa.types.is_struct(type_) and pa.types.is_struct(natural):
        known = {field.name: field.type for field in natural}
        order = {name: place for place, name in enumerate(known)}
        fields = sorted(type_, key=lambda field: order.get(field.name, len(order)))
        return pa.struct([(f.name, _ordered(f.type, known.get(f.name, pa.null()))) for f in fields])
    if is_list(type_) and is_list(natural):
        return pa.list_(_ordered(type_.value_type, natural.value_type))
    return type_


def _hollow(type_: pa.DataType) -> bool:
    """Return True if a field holds nothing but empty objects in all rows."""
    if pa.types.is_struct(type_):
        return all(_hollow(f.type) for f in type_)
    return bool(
        is_list(type_) and pa.types.is_struct(type_.value_type) and _hollow(type_.value_type)
    )


def _settled(path: str, type_: pa.DataType, kinds: Mapping[str, pa.DataType]) -> pa.DataType:
    if pa.types.is_struct(type_):
        return pa.struct(
            [
                (f.name, _settled(f"{path}.{f.name}", f.type, kinds))
                for f in type_
                if not _hollow(f.type)
            ]
        )
    if is_list(type_):
        return pa.list_(_settled(f"{path}[]", type_.value_type, kinds))
    return kinds.get(path, pa.string() if pa.types.is_null(type_) else type_)


def as_read(schema: pa.Schema) -> pa.Schema:
    """Return ``schema`` for Arrow's JSON reader: dates and times as text, to be cast later."""
    return pa.schema([(field.name, _temporal_as_text(field.type)) for field in schema])


def _temporal_as_text(type_: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_temporal(type_) else rebuilt(type_, _temporal_as_text)
