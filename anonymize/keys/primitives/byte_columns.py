"""Arrow columns as rectangular byte blocks: rows of one length at a time, without a Python object
per value.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Bytes = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.int64]

CHUNK_ROWS = 1 << 16
CHUNK_BYTES = 1 << 23
LONG = 2048
"""Longer values are processed one by one with `cryptography`, which is faster there."""
_LEAD_OF_U0300 = 0xCC
"""First UTF-8 byte of U+0300; all bytes of lower code points are smaller."""


class Checked(NamedTuple):
    """The result of a keyed function that must refuse some values."""

    values: pa.Array
    """As long as the column; null for null and bad values."""
    bad: pa.BooleanArray
    """True for refused values; never null."""


@dataclass(frozen=True)
class Flat:
    """A column's bytes with the offset and length of each value; not copied from Arrow."""

    data: Bytes
    edges: npt.NDArray[np.int32] | npt.NDArray[np.int64]
    """Offset of each value, and the end of the last one."""
    valid: npt.NDArray[np.bool_]

    @cached_property
    def starts(self) -> Rows:
        """Return the offset of each value."""
        return self.edges[:-1].astype(np.int64)

    @cached_property
    def lengths(self) -> Rows:
        """Return the length of each value; zero for null."""
        return np.where(self.valid, np.diff(self.edges).astype(np.int64), 0)

    def part(self, rows: slice) -> Flat:
        """Return a range of consecutive rows."""
        return Flat(self.data, self.edges[rows.start : rows.stop + 1], self.valid[rows])

    def __len__(self) -> int:
        """Return the number of rows, nulls included."""
        return len(self.valid)


def distinct_of(values: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array | None]:
    """Return a plain array, and indices into it if ``values`` is dictionary-encoded."""
    if isinstance(values, pa.ChunkedArray):
        values = values.unify_dictionaries().combine_chunks()
        if isinstance(values, pa.ChunkedArray):
            values = values.chunk(0) if values.num_chunks else pa.nulls(0, values.type)
    if pa.types.is_dictionary(values.type):
        return values.dictionary, values.indices
    return values, None


def as_bytes(values: pa.Array) -> pa.Array:
    """Return ``values`` as a string or binary array; integers, Booleans, dates and times as their
    ISO text.

    Raises:
        TypeError: the type has no unique text form (floats, nested types).
    """
    kind, is_ = values.type, pa.types
    if is_.is_null(kind):
        return values.cast(pa.string())
    if (
        is_.is_string(kind)
        or is_.is_large_string(kind)
        or is_.is_binary(kind)
        or is_.is_large_binary(kind)
    ):
        return values
    if kind in (pa.string_view(), pa.binary_view()):
        return values.cast(pa.large_string() if kind == pa.string_view() else pa.large_binary())
    if is_.is_fixed_size_binary(kind):
        return values.cast(pa.binary())
    if (
        is_.is_integer(kind)
        or is_.is_boolean(kind)
        or is_.is_temporal(kind)
        or is_.is_decimal(kind)
    ):
        return values.cast(pa.string())
    raise TypeError(
        f"keyed functions take text, bytes, integers, decimals, dates and times, not {kind}"
    )


def as_nfc(values: pa.Array) -> pa.Array:
    """Return ``as_bytes(values)`` with text in Unicode normal form C; Latin letters and bytes are
    not changed.
    """
    values = as_bytes(values)
    is_text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    return (
        pc.utf8_normalize(values, form="NFC")
        if is_text and not _all_below_u0300(values)
        else values
    )


def _all_below_u0300(values: pa.Array) -> bool:
    """Return True if every code point is below U+0300. Such text is in normal form C.

    Source: Unicode Standard Annex 15, section 9: the first code point whose NFC_Quick_Check is not
    Yes is U+0300.
    """
    flat = flatten(values)
    data = flat.data[int(flat.edges[0]) : int(flat.edges[-1])]
    return not len(data) or int(data.max()) < _LEAD_OF_U0300


def flatten(values: pa.Array) -> Flat:
    """Return the bytes of a string or binary array, slices and nulls included."""
    large = pa.types.is_large_string(values.type) or pa.types.is_large_binary(values.type)
    _, offsets, data = values.buffers()
    width = np.int64 if large else np.int32
    n = len(values)
    edges: Any = (
        np.frombuffer(offsets, width)[values.offset : values.offset + n + 1]
        if n
        else np.zeros(1, width)
    )
    valid = np.asarray(values.is_valid()) if values.null_count else np.ones(n, np.bool_)
    flat_data = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return Flat(flat_data, edges, valid)


def windows(data: Bytes, width: int) -> npt.NDArray[np.void]:
    """Return a view of every ``width`` bytes of ``data``, one item per position, without
    copying.
    """
    return np.ndarray((data.size - width + 1,), f"V{width}", data, strides=(1,))


def as_items(rows: Bytes, at: int, width: int) -> npt.NDArray[np.void]:
    """Return a view of ``width`` bytes of each row as one item, which NumPy copies faster than
    columns of bytes.
    """
    return np.ndarray((len(rows),), f"V{width}", rows, offset=at, strides=(rows.shape[1],))


def groups(flat: Flat) -> Iterator[tuple[Rows, Bytes]]:
    """Yield (row numbers, matrix of their bytes) for rows of one length, a few MiB at a time;
    without nulls.
    """
    for first in range(0, len(flat), CHUNK_ROWS):
        lengths = flat.lengths[first : first + CHUNK_ROWS]
        valid = flat.valid[first : first + CHUNK_ROWS]
        # NumPy sorts 16-bit numbers with radix sort, which is many times as fast
        short = lengths.max(initial=0) <= 0xFFFF
        rows = np.argsort(lengths.astype(np.uint16) if short else lengths, kind="stable")
        rows = rows if valid.all() else rows[valid[rows]]
        ordered = lengths[rows]
        edges = [0, *(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1), len(rows)]
        for start, end in itertools.pairwise(edges):
            if end > start:
                yield from _matrices(flat, rows[start:end] + first)


def _matrices(flat: Flat, rows: Rows) -> Iterator[tuple[Rows, Bytes]]:
    length = int(flat.lengths[rows[0]])
    step = max(1, CHUNK_BYTES // max(length, 64))
    for first in range(0, len(rows), step):
        part = rows[first : first + step]
        if length:
            matrix = (
                windows(flat.data, length)[flat.starts[part]]
                .view(np.uint8)
                .reshape(len(part), length)
            )
        else:
            matrix = np.zeros((len(part), 0), np.uint8)
        yield part, matrix


def mapped(table: Bytes, rows: Bytes) -> Bytes:
    """Return ``table[rows]``, computed with ``bytes.translate``, which is many times as fast as
    NumPy's indexing.
    """
    return np.frombuffer(rows.tobytes().translate(table.tobytes()), np.uint8).reshape(rows.shape)


class Ragged:
    """A string or binary array under construction: lengths first, then bytes, rows of one length at
    a time.
    """

    def __init__(self, lengths: Rows, valid: npt.NDArray[np.bool_]) -> None:
        """Compute the offsets; null rows take no bytes."""
        self._valid = valid
        self._offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(np.where(valid, lengths, 0), out=self._offsets[1:])
        self._data: Bytes = np.zeros(int(self._offsets[-1]), np.uint8)

    def put(self, rows: Rows, matrix: Bytes) -> None:
        """Write the bytes of ``rows``; each has the width of ``matrix``."""
        width = matrix.shape[1]
        if width and len(rows):
            items = np.ascontiguousarray(matrix).view(f"V{width}").ravel()
            windows(self._data, width)[self._offsets[rows]] = items

    def array(self, kind: pa.DataType, bad: npt.NDArray[np.bool_] | None = None) -> pa.Array:
        """Return the finished array of type ``kind``; rows that are null or ``bad`` are null."""
        valid = self._valid if bad is None else self._valid & ~bad
        return build(kind, self._offsets, self._data, valid)


def build(kind: pa.DataType, offsets: Rows, data: Bytes, valid: npt.NDArray[np.bool_]) -> pa.Array:
    """Return a string or binary array over these buffers.

    Raises:
        ValueError: a 32-bit ``kind`` cannot hold the result; pass smaller batches or a large type.
    """
    large = pa.types.is_large_string(kind) or pa.types.is_large_binary(kind)
    if not large and offsets[-1] > 2**31 - 1:
        raise ValueError(
            "the result exceeds 2 GiB in one array; pass smaller batches or a large_string column"
        )
    edges = offsets if large else offsets.astype(np.int32)
    bits = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(kind, len(valid), [bits, pa.py_buffer(edges), pa.py_buffer(data)])


def text_like(values: pa.Array) -> pa.DataType:
    """Return the text type for a result: large if the input is large."""
    large = values.type in (
        pa.large_string(),
        pa.large_binary(),
        pa.string_view(),
        pa.binary_view(),
    )
    return pa.large_string() if large else pa.string()


def take(result: pa.Array, indices: pa.Array | None) -> pa.Array:
    """Return an Arrow result for distinct values, expanded to the rows of a dictionary column."""
    return result if indices is None else result.take(indices)


def spread(result: npt.NDArray[Any], indices: pa.Array | None) -> npt.NDArray[Any]:
    """Return a NumPy result for distinct values, expanded to the rows of a dictionary column, zeros
    for nulls.
    """
    if indices is None:
        return result
    padded = np.concatenate([result, np.zeros((1, *result.shape[1:]), result.dtype)])
    rows: npt.NDArray[np.int64] = np.asarray(indices.cast(pa.int64()).fill_null(len(result)))
    return padded[rows]


def spread_bad(bad: pa.BooleanArray, indices: pa.Array | None) -> pa.BooleanArray:
    """Return the mask of distinct values, expanded to a dictionary column's rows, false for
    nulls.
    """
    return bad if indices is None else bad.take(indices).fill_null(False)
