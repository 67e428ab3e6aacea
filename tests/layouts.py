"""Equal Arrow values in every layout that Arrow has for them: Hypothesis strategies that several
rooms share.

``array_of(kind)`` draws an array of a plain type; ``laid_out(array)`` draws another array of equal
values: sliced, with offsets that do not begin at zero, with nulls that still own values, as views,
run-end encoded, as dictionaries with unused, repeated and null entries.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pt
from hypothesis import strategies as st

Draw = Callable[..., Any]
HIDDEN = "hidden value"
"""A text that no row holds: it lies under nulls, outside slices and among dictionaries' unused
entries.
"""

TEXT = pa.string()
ITEM = pa.struct([("who", TEXT), ("note", TEXT), ("n", pa.int64())])
NESTED: dict[str, pa.DataType] = {
    "text": TEXT,
    "number": pa.int64(),
    "list": pa.list_(TEXT),
    "large list": pa.large_list(TEXT),
    "fixed size list": pa.list_(TEXT, 2),
    "struct": ITEM,
    "list of structs": pa.list_(ITEM),
    "struct of lists": pa.struct([("tags", pa.list_(TEXT)), ("pair", pa.list_(TEXT, 2))]),
    "map": pa.map_(TEXT, TEXT),
    "map of lists": pa.map_(TEXT, pa.list_(TEXT)),
    "list of lists": pa.list_(pa.list_(TEXT)),
    "list of fixed size lists": pa.list_(pa.list_(TEXT, 2)),
    "dictionary": pa.dictionary(pa.int32(), TEXT),
    "list of dictionaries": pa.list_(pa.dictionary(pa.int32(), TEXT)),
}
"""Plain types, nested in the ways that rules can open."""

_WORDS = ("ann lee", "bo li", "call ann lee", "a", "", "x-1")


@cache
def value_of(kind: pa.DataType) -> st.SearchStrategy[Any]:
    """Return a strategy of values of ``kind``, nulls at every level."""
    if pt.is_dictionary(kind):
        return value_of(kind.value_type)
    if pt.is_map(kind):
        entries = st.dictionaries(
            st.sampled_from(("k", "l", "m")), value_of(kind.item_type), max_size=3
        )
        return st.none() | entries.map(lambda made: list(made.items()))
    if pt.is_struct(kind):
        return st.none() | st.fixed_dictionaries(
            {field.name: value_of(field.type) for field in kind}
        )
    if pt.is_fixed_size_list(kind):
        return st.none() | st.lists(
            value_of(kind.value_type), min_size=kind.list_size, max_size=kind.list_size
        )
    if pt.is_nested(kind):
        return st.none() | st.lists(value_of(kind.value_type), max_size=3)
    return st.none() | (st.sampled_from(_WORDS) if pt.is_string(kind) else st.integers(-9, 9))


def array_of(kind: pa.DataType, rows: int) -> st.SearchStrategy[pa.Array]:
    """Return a strategy of arrays of ``rows`` values of ``kind``, as ``pa.array`` lays them out."""
    return st.lists(value_of(kind), min_size=rows, max_size=rows).map(
        lambda values: pa.array(values, kind)
    )


@st.composite
def laid_out(draw: Draw, array: pa.Array, *, same_type: bool = False) -> pa.Array:
    """Return an array of the same values in a drawn layout; ``same_type`` leaves out layouts that
    are types.
    """
    before, behind = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    padded = _padded(draw, array, before, behind)
    made = _other_layout(draw, padded, same_type)
    return made.slice(before, len(array))


def _filler(kind: pa.DataType) -> Any:
    """Return a value that no row of a test holds."""
    if pt.is_dictionary(kind):
        return _filler(kind.value_type)
    if pt.is_map(kind):
        return [(HIDDEN, _filler(kind.item_type))]
    if pt.is_struct(kind):
        return {field.name: _filler(field.type) for field in kind}
    if pt.is_nested(kind):
        return [_filler(kind.value_type)] * (kind.list_size if pt.is_fixed_size_list(kind) else 2)
    return HIDDEN if pt.is_string(kind) else 99


def _padded(draw: Draw, array: pa.Array, before: int, behind: int) -> pa.Array:
    rows = [_filler(array.type)] * before, array.to_pylist(), [_filler(array.type)] * behind
    return pa.array([row for part in rows for row in part], array.type)


def _other_layout(draw: Draw, array: pa.Array, same_type: bool) -> pa.Array:
    kind = array.type
    if pt.is_dictionary(kind):
        return _dictionary(draw, array)
    if pt.is_map(kind):
        return _map(draw, array, same_type)
    if pt.is_struct(kind):
        return _struct(draw, array, same_type)
    if pt.is_fixed_size_list(kind):
        return _fixed_size_list(draw, array, same_type)
    if pt.is_list(kind) or pt.is_large_list(kind):
        return _list(draw, array, same_type)
    if not same_type and len(array) and draw(st.booleans()):
        return _run_end_encoded(array)
    return array


def _null(array: pa.Array) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return array.is_null().to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _owning(draw: Draw, array: pa.Array) -> list[Any]:
    """Return the rows with values in some of the null ones."""
    filler = _filler(array.type)
    return [filler if row is None and draw(st.booleans()) else row for row in array.to_pylist()]


def _list(draw: Draw, array: pa.Array, same_type: bool) -> pa.Array:
    large, rows = pt.is_large_list(array.type), _owning(draw, array)
    inner = array.type.value_type
    null, width = pa.array(_null(array)), pa.int64() if large else pa.int32()
    lengths = [len(row) if row is not None else 0 for row in rows]
    gap = draw(st.integers(0, 2))
    values = [_filler(inner)] * gap + [item for row in rows for item in row or ()]
    child = _other_layout(draw, pa.array(values, inner), same_type)
    starts = gap + np.cumsum([0, *lengths])
    if not same_type and draw(st.booleans()):
        view = pa.LargeListViewArray if large else pa.ListViewArray
        return view.from_arrays(
            pa.array(starts[:-1], width), pa.array(lengths, width), child, mask=null
        )
    made = pa.LargeListArray if large else pa.ListArray
    return made.from_arrays(pa.array(starts, width), child, mask=null)


def _fixed_size_list(draw: Draw, array: pa.Array, same_type: bool) -> pa.Array:
    size, inner = array.type.list_size, array.type.value_type
    values = [item for row in _owning(draw, array) for item in row or [None] * size]
    child = _other_layout(draw, pa.array(values, inner), same_type)
    return pa.FixedSizeListArray.from_arrays(child, size, mask=pa.array(_null(array)))


def _map(draw: Draw, array: pa.Array, same_type: bool) -> pa.Array:
    rows = _owning(draw, array)
    gap = draw(st.integers(0, 2))
    entries = [(HIDDEN, _filler(array.type.item_type))] * gap + [
        entry for row in rows for entry in row or ()
    ]
    starts = gap + np.cumsum([0, *(len(row or ()) for row in rows)])
    keys = pa.array([key for key, _ in entries], array.type.key_type)
    items = _other_layout(
        draw, pa.array([item for _, item in entries], array.type.item_type), same_type
    )
    return pa.MapArray.from_arrays(
        pa.array(starts, pa.int32()), keys, items, mask=pa.array(_null(array))
    )


def _struct(draw: Draw, array: pa.Array, same_type: bool) -> pa.Array:
    rows, children = _owning(draw, array), []
    for field in array.type:
        values = [row[field.name] if row is not None else None for row in rows]
        child = draw(laid_out(pa.array(values, field.type), same_type=same_type))
        children.append(child)
    fields = [pa.field(f.name, child.type) for f, child in zip(array.type, children, strict=True)]
    return pa.StructArray.from_arrays(children, fields=fields, mask=pa.array(_null(array)))


def _dictionary(draw: Draw, array: pa.DictionaryArray) -> pa.Array:
    """Return the rows over a dictionary with an unused, a repeated and a null entry, in a drawn
    order.
    """
    rows = array.to_pylist()
    held = [*dict.fromkeys(row for row in rows if row is not None), HIDDEN, None]
    entries = draw(st.permutations(held + held[:1]))
    places: dict[Any, list[int | None]] = {}
    for at, entry in enumerate(entries):
        places.setdefault(entry, []).append(at)
    places[None].append(None)
    indices = [draw(st.sampled_from(places[row])) for row in rows]
    kind = array.type
    return pa.DictionaryArray.from_arrays(
        pa.array(indices, kind.index_type), pa.array(entries, kind.value_type)
    )


def _run_end_encoded(array: pa.Array) -> pa.Array:
    ends = pa.array(range(1, len(array) + 1), pa.int32())
    return pa.RunEndEncodedArray.from_arrays(ends, array)
