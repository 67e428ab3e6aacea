"""Converts Arrow arrays to their plain layout, without slices, views, unused dictionary values and
values under nulls.

Arrow has many layouts of equal values: a null list may still have values, a slice shares its
parent's buffers, a dictionary may have nulls or values that no row uses. Index arithmetic over the
children of such arrays pairs values with the wrong row. Here each is converted to the layout that
``pa.array`` makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

_Numbers = npt.NDArray[np.int64]


def plain_type(kind: pa.DataType, *, views: bool = False) -> pa.DataType:
    """Return the type of ``plain_layout(values)`` for values of ``kind``.

    Extension types become their storage, run-end encoded values are expanded, list views become
    lists, text views become text unless ``views`` keeps them. Inner fields are nullable and without
    metadata, which nothing uses.
    """
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type, views=views)
    if pt.is_run_end_encoded(kind):
        return plain_type(kind.value_type, views=views)
    if kind in (pa.string_view(), pa.binary_view()) and not views:
        return pa.string() if kind == pa.string_view() else pa.binary()
    if pt.is_dictionary(kind):
        inner = plain_type(kind.value_type, views=views)
        flat = not (pt.is_nested(inner) or pt.is_dictionary(inner))
        return pa.dictionary(kind.index_type, inner, kind.ordered) if flat else inner
    if pt.is_map(kind):
        return pa.map_(
            plain_type(kind.key_type, views=views), plain_type(kind.item_type, views=views)
        )
    if pt.is_struct(kind):
        return pa.struct(
            [pa.field(field.name, plain_type(field.type, views=views)) for field in kind]
        )
    return _plain_list_type(kind, views)


def _plain_list_type(kind: pa.DataType, views: bool) -> pa.DataType:
    """Return the plain type of a list of any layout; any other type unchanged."""
    if pt.is_fixed_size_list(kind):
        return pa.list_(plain_type(kind.value_type, views=views), kind.list_size)
    if pt.is_list(kind) or pt.is_list_view(kind):
        return pa.list_(plain_type(kind.value_type, views=views))
    if pt.is_large_list(kind) or pt.is_large_list_view(kind):
        return pa.large_list(plain_type(kind.value_type, views=views))
    return kind


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """Return ``schema`` with plain types (text views stay) and without metadata."""
    return pa.schema([pa.field(field.name, plain_type(field.type, views=True)) for field in schema])


def plain_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return ``batch`` with every column in its plain layout, without metadata; flat columns are
    not copied.
    """
    return pa.RecordBatch.from_arrays(
        [plain_layout(column) for column in batch.columns], names=batch.schema.names
    )


def plain_layout(values: pa.Array) -> pa.Array:
    """Return equal values of type ``plain_type(values.type)``, in the layout of ``pa.array``.

    No null list, map or struct has values, nothing is outside the slice, every value of a
    dictionary is used and none is null. Flat values are returned unchanged.
    """
    kind = values.type
    if isinstance(kind, pa.BaseExtensionType):
        return plain_layout(values.storage)
    if pt.is_run_end_encoded(kind):
        ends = np.asarray(values.run_ends.cast(pa.int64()))
        rows = np.arange(values.offset, values.offset + len(values))
        return _taken(
            plain_layout(values.values), pa.array(np.searchsorted(ends, rows, side="right"))
        )
    if kind in (pa.string_view(), pa.binary_view()):
        return values.cast(plain_type(kind))
    if pt.is_dictionary(kind):
        return _dictionary(values)
    if pt.is_map(kind):
        starts, lengths, null = _of_offsets(values)
        keys, items = (_selected(child, starts, lengths) for child in (values.keys, values.items))
        return pa.MapArray.from_arrays(_offsets(lengths, pa.int32()), keys, items, mask=null)
    if pt.is_struct(kind) and kind.num_fields:
        return _struct(values)
    return _list(values)


def _list(values: pa.Array) -> pa.Array:
    """Return a list of any layout as a plain one; anything else unchanged."""
    kind = values.type
    if pt.is_fixed_size_list(kind):
        return _fixed_size_list(values)
    if pt.is_list_view(kind) or pt.is_large_list_view(kind):
        null = values.is_null()
        lengths = np.where(_truths(null), 0, _numbers(values.sizes))
        starts = _numbers(values.offsets)
    elif pt.is_list(kind) or pt.is_large_list(kind):
        starts, lengths, null = _of_offsets(values)
    else:
        return values
    large = pt.is_large_list(kind) or pt.is_large_list_view(kind)
    made = pa.LargeListArray if large else pa.ListArray
    offsets = _offsets(lengths, pa.int64() if large else pa.int32())
    return made.from_arrays(offsets, _selected(values.values, starts, lengths), mask=null)


def _of_offsets(values: pa.Array) -> tuple[_Numbers, _Numbers, pa.BooleanArray]:
    """Return the first child of each list or map, its number of children (0 for null), and the
    nulls.
    """
    null = values.is_null()
    if not len(values):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), null
    edges = _numbers(values.offsets)
    return edges[:-1], np.where(_truths(null), 0, np.diff(edges)), null


def _selected(children: pa.Array, starts: _Numbers, lengths: _Numbers) -> pa.Array:
    """Return the children of the given ranges, in sequence, in their plain layout."""
    some = lengths > 0
    if not some.any():
        return plain_layout(children.slice(0, 0))
    first, last = int(starts[some].min()), int((starts + lengths)[some].max())
    within = plain_layout(children.slice(first, last - first))
    before = np.cumsum(lengths) - lengths
    if last - first == lengths.sum() and (starts[some] - first == before[some]).all():
        return within
    wanted = np.repeat(starts - first - before, lengths) + np.arange(lengths.sum())
    return _taken(within, pa.array(wanted))


def _fixed_size_list(values: pa.Array) -> pa.Array:
    size, null = values.type.list_size, values.is_null()
    if not size or not len(values):
        rows: list[Any] = [None if missing else [] for missing in null.to_pylist()]
        return pa.array(rows, plain_type(values.type))
    children = plain_layout(values.values.slice(values.offset * size, len(values) * size))
    owned = _emptied(children, np.repeat(_truths(null), size))
    return pa.FixedSizeListArray.from_arrays(owned, size, mask=null)


def _struct(values: pa.StructArray) -> pa.Array:
    null = values.is_null()
    children = [
        _emptied(plain_layout(values.field(at)), _truths(null))
        for at in range(values.type.num_fields)
    ]
    fields = [
        pa.field(field.name, child.type) for field, child in zip(values.type, children, strict=True)
    ]
    return pa.StructArray.from_arrays(children, fields=fields, mask=null)


def _emptied(values: pa.Array, null: npt.NDArray[np.bool_]) -> pa.Array:
    """Return ``values``, null where ``null`` is true."""
    return _taken(values, pa.array(np.arange(len(values)), mask=null)) if null.any() else values


def _taken(values: pa.Array, positions: pa.Array) -> pa.Array:
    """Return the values, in plain layout, at ``positions``; unused dictionary values are
    removed.
    """
    made = values.take(positions)
    return plain_layout(made) if _has_dictionary(made.type) else made


def _has_dictionary(kind: pa.DataType) -> bool:
    if pt.is_dictionary(kind):
        return True
    return any(_has_dictionary(kind.field(at).type) for at in range(kind.num_fields))


def _dictionary(values: pa.DictionaryArray) -> pa.Array:
    """Return a dictionary array whose dictionary has exactly the rows' values, each once, and no
    null.
    """
    kind, dictionary = plain_type(values.type), plain_layout(values.dictionary)
    if not pt.is_dictionary(kind):
        return _taken(dictionary, values.indices)
    used = pc.unique(values.indices.drop_null())
    if len(used) == len(dictionary) and not dictionary.null_count and _each_once(dictionary):
        return pa.DictionaryArray.from_arrays(values.indices, dictionary, ordered=kind.ordered)
    indices = pc.index_in(values.indices, value_set=used, skip_nulls=True)
    held = dictionary.take(used)
    coded = held.dictionary_encode()
    return pa.DictionaryArray.from_arrays(
        coded.indices.take(indices).cast(kind.index_type), coded.dictionary, ordered=kind.ordered
    )


def _each_once(values: pa.Array) -> bool:
    return bool(pc.count_distinct(values, mode="all").as_py() == len(values))


def _offsets(lengths: _Numbers, kind: pa.DataType) -> pa.Array:
    return pa.array(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)).cast(kind)


def _numbers(values: Any) -> _Numbers:
    return np.asarray(values, dtype=np.int64)


def _truths(values: pa.BooleanArray) -> npt.NDArray[np.bool_]:
    return values.to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def differences(
    schema: pa.Schema, expected: pa.Schema, columns: Sequence[str]
) -> list[tuple[str, str]]:
    """Return (column, difference) for each of ``columns`` in which ``schema`` differs from
    ``expected``.

    Types are compared by their values' meaning (as in ``plain_schema``). Inner names of the given
    schema may be data, so only the kind of type is given.
    """
    problems = []
    for name in columns:
        found, wanted = schema.get_all_field_indices(name), expected.field(name).type
        if len(found) != 1:
            problems.append((name, "is missing" if not found else f"is there {len(found)} times"))
            continue
        given = plain_type(schema.field(found[0]).type, views=True)
        if not given.equals(wanted):
            inside = pt.is_nested(given) and given.id == wanted.id
            what = "differs inside" if inside else f"is {_kind_of(given)}"
            problems.append((name, f"{what}; the plan was made for {_kind_of(wanted)}"))
    return problems


def _kind_of(kind: pa.DataType) -> str:
    """Return a type in words that quote no name of its fields."""
    if pt.is_dictionary(kind):
        return f"a dictionary of {kind.value_type} under {kind.index_type}" + (
            ", ordered" if kind.ordered else ""
        )
    if pt.is_fixed_size_list(kind):
        return f"lists of {kind.list_size} of {_kind_of(kind.value_type)}"
    if pt.is_list(kind) or pt.is_large_list(kind):
        return f"{'large ' * pt.is_large_list(kind)}lists of {_kind_of(kind.value_type)}"
    if pt.is_map(kind):
        return f"maps of {_kind_of(kind.key_type)} to {_kind_of(kind.item_type)}"
    if pt.is_struct(kind):
        return f"structs of {kind.num_fields} fields"
    return "a union" if pt.is_union(kind) else str(kind)
