"""Schemas: simplifies types, selects columns and nested leaves."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence

import pyarrow as pa

from anonymize.errors import Problem, SourceError
from anonymize.nested.raw_names import counted


def plain_type(type_: pa.DataType) -> pa.DataType:
    """Return ``type_`` without variants that differ only in encoding: dictionaries, large and view
    types.
    """
    t = pa.types
    if t.is_dictionary(type_):
        return plain_type(type_.value_type)
    if isinstance(type_, pa.BaseExtensionType):
        return plain_type(type_.storage_type)
    if t.is_large_string(type_) or t.is_string_view(type_):
        return pa.string()
    if t.is_large_binary(type_) or t.is_binary_view(type_):
        return pa.binary()
    if t.is_null(type_):
        return pa.string()
    if t.is_map(type_):
        return pa.map_(plain_type(type_.key_type), plain_type(type_.item_type))
    return rebuilt(type_, plain_type)


def rebuilt(type_: pa.DataType, leaf: Callable[[pa.DataType], pa.DataType]) -> pa.DataType:
    """Return ``type_`` with ``leaf`` applied to the types inside structs and lists; else ``type_``
    itself.
    """
    t = pa.types
    if t.is_struct(type_):
        return pa.struct([pa.field(f.name, leaf(f.type)) for f in type_])
    if t.is_fixed_size_list(type_):
        return pa.list_(leaf(type_.value_type), type_.list_size)
    if is_list(type_):
        return pa.list_(leaf(type_.value_type))
    return type_


def is_list(type_: pa.DataType) -> bool:
    """Return True if ``type_`` is any kind of list."""
    t = pa.types
    return bool(t.is_list(type_) or t.is_large_list(type_) or t.is_fixed_size_list(type_)
                or t.is_list_view(type_) or t.is_large_list_view(type_))  # fmt: skip


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return ``schema`` with plain types and no metadata, which may contain anything."""
    return pa.schema([pa.field(f.name, plain_type(f.type)) for f in schema])


def leaf_paths(schema: pa.Schema) -> tuple[str, ...]:
    """Return the path of every leaf: ``id``, ``profile.email``, ``events[].ip``, ``tags[]``."""
    return tuple(path for field in schema for path, _ in leaves(field.name, field.type))


def leaves(path: str, type_: pa.DataType) -> Iterable[tuple[str, pa.DataType]]:
    """Yield each leaf below ``path`` with its type; a map counts as one leaf."""
    if pa.types.is_struct(type_):
        for child in type_:
            yield from leaves(f"{path}.{child.name}", child.type)
    elif is_list(type_):
        yield from leaves(f"{path}[]", type_.value_type)
    else:
        yield path, type_


def structs(path: str, type_: pa.DataType) -> Iterable[tuple[str, pa.StructType]]:
    """Yield each struct at and below ``path`` with its type."""
    if is_list(type_):
        yield from structs(f"{path}[]", type_.value_type)
    if pa.types.is_struct(type_):
        yield path, type_
        for child in type_:
            yield from structs(f"{path}.{child.name}", child.type)


def projected(schema: pa.Schema, columns: Sequence[str] | None, place: str) -> pa.Schema:
    """Return ``schema`` with only ``columns``, in the schema's order; structs keep the requested
    leaves.

    Raises:
        SourceError: a column does not exist; the nearest name is given.
    """
    if columns is None:
        return schema
    if not columns:
        raise SourceError("no column is asked for", place=place)
    fields, found = [], set[str]()
    for field in schema:
        kept = _prune(field.name, field.type, frozenset(columns), found)
        if kept is not None:
            fields.append(pa.field(field.name, kept))
    _refuse_missing([c for c in columns if c not in found], schema, place)
    return pa.schema(fields)


def _refuse_missing(missing: list[str], schema: pa.Schema, place: str) -> None:
    names = [*schema.names, *leaf_paths(schema)]
    problems = []
    for name in missing:
        near = difflib.get_close_matches(name, names, 1)
        problems.append(
            Problem(place, f"no column '{name}'" + (f"; did you mean '{near[0]}'" if near else ""))
        )
    if problems:
        raise SourceError(problems)


def _prune(
    path: str, type_: pa.DataType, wanted: frozenset[str], found: set[str]
) -> pa.DataType | None:
    if path in wanted:
        found.add(path)
        return type_
    if pa.types.is_struct(type_):
        kept = [(f.name, _prune(f"{path}.{f.name}", f.type, wanted, found)) for f in type_]
        fields = [pa.field(name, child) for name, child in kept if child is not None]
        return pa.struct(fields) if fields else None
    if is_list(type_):
        child = _prune(f"{path}[]", type_.value_type, wanted, found)
        return None if child is None else rebuilt(type_, lambda _: child)
    return None


def refuse_duplicates(
    names: Sequence[str],
    place: str,
    mend: str = "rename them",
    positions: Sequence[int] = (),
) -> None:
    """Refuse names that occur twice, all of them at once; ``mend`` is the advice for this kind of
    source, ``positions`` are the columns' own where they do not count from 1.

    Raises:
        SourceError: one problem for each such name, with its positions instead of its text, which
            may be a value.
    """
    where: dict[str, list[int]] = {}
    for position, name in zip(positions or range(1, len(names) + 1), names, strict=True):
        where.setdefault(name, []).append(position)
    problems = [
        Problem(place, f"{counted(at)} have one name; {mend}")
        for at in where.values()
        if len(at) > 1
    ]
    if problems:
        raise SourceError(problems)
