"""Arrow columns as rectangular byte blocks: rows of one length at a time, no Python object per
value.
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
"""Above this length a value is handled on its own by the usual library, which then costs less."""
_LEAD_OF_U0300 = 0xCC
"""First byte in UTF-8 of U+0300; no byte of a lower code point is as large."""


class Checked(NamedTuple):
    """The result of a keyed function that can meet values it must not pass on."""

    values: pa.Array
    """Of the column's length; null where the column is null or bad."""
    bad: pa.BooleanArray
    """True at values that are refused; never null."""


@dataclass(frozen=True)
class Flat:
    """A column's bytes: where each value starts and how long it is; not copied from Arrow."""

    data: Bytes
    edges: npt.NDArray[np.int32] | npt.NDArray[np.int64]
    """Where each value starts, and where the last one ends."""
    valid: npt.NDArray[np.bool_]

    @cached_property
    def starts(self) -> Rows:
        """Return where each value starts."""
        return self.edges[:-1].astype(np.int64)

    @cached_property
    def lengths(self) -> Rows:
        """Return how long each value is; zero where null."""
        return np.where(self.valid, np.diff(self.edges).astype(np.int64), 0)

    def part(self, rows: slice) -> Flat:
        """Return some rows that follow each other."""
        return Flat(self.data, self.edges[rows.start : rows.stop + 1], self.valid[rows])

    def __len__(self) -> int:
        """Return the number of rows, nulls included."""
        return len(self.valid)


def distinct_of(values: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array | None]:
    """Return a plain array, and indices into it where ``values`` is dictionary-encoded."""
    if isinstance(values, pa.ChunkedArray):
        values = values.unify_dictionaries().combine_chunks()
        if isinstance(values, pa.ChunkedArray):
            values = values.chunk(0) if values.num_chunks else pa.nulls(0, values.type)
    if pa.types.is_dictionary(values.type):
        return values.dictionary, values.indices
    return values, None


def as_bytes(values: pa.Array) -> pa.Array:
    """Return ``values`` as a string or binary array; integers, booleans, dates and times as their
    ISO text.

    Raises:
        TypeError: the type has no one text form (floats, nested types).
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
    not touched.
    """
    values = as_bytes(values)
    is_text = pa.types.is_string(values.type) or pa.types.is_large_string(values.type)
    return (
        pc.utf8_normalize(values, form="NFC")
        if is_text and not _all_below_u0300(values)
        else values
    )


def _all_below_u0300(values: pa.Array) -> bool:
    """Return whether every code point is below U+0300: text of those alone is in normal form C.

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
    """Return a view of every ``width`` bytes of ``data``, one item per position; nothing is
    copied.
    """
    return np.ndarray((data.size - width + 1,), f"V{width}", data, strides=(1,))


def as_items(rows: Bytes, at: int, width: int) -> npt.NDArray[np.void]:
    """Return a view of ``width`` bytes of each row as one item, which NumPy copies faster than
    columns of bytes.
    """
    return np.ndarray((len(rows),), f"V{width}", rows, offset=at, strides=(rows.shape[1],))


def groups(flat: Flat) -> Iterator[tuple[Rows, Bytes]]:
    """Yield (row numbers, matrix of their bytes) for rows of one length, a few MiB at a time; nulls
    are left out.
    """
    for first in range(0, len(flat), CHUNK_ROWS):
        lengths = flat.lengths[first : first + CHUNK_ROWS]
        valid = flat.valid[first : first + CHUNK_ROWS]
        # NumPy sorts 16-bit numbers by radix: many times as fast.
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
    """Return ``table[rows]``; ``bytes.translate`` is many times as fast as NumPy's indexing."""
    return np.frombuffer(rows.tobytes().translate(table.tobytes()), np.uint8).reshape(rows.shape)


class Ragged:
    """A string or binary array under construction: lengths first, then rows of one length at a
    time.
    """

    def __init__(self, lengths: Rows, valid: npt.NDArray[np.bool_]) -> None:
        """Lay out the rows; null rows take no bytes."""
        self._valid = valid
        self._offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(np.where(valid, lengths, 0), out=self._offsets[1:])
        self._data: Bytes = np.zeros(int(self._offsets[-1]), np.uint8)

    def put(self, rows: Rows, matrix: Bytes) -> None:
        """Write the bytes of ``rows``, each as long as ``matrix`` is wide."""
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
    """Return the text type for a result beside ``values``: large where the input is large."""
    large = values.type in (
        pa.large_string(),
        pa.large_binary(),
        pa.string_view(),
        pa.binary_view(),
    )
    return pa.large_string() if large else pa.string()


def take(result: pa.Array, indices: pa.Array | None) -> pa.Array:
    """Return an Arrow result for distinct values spread over the rows of a dictionary column."""
    return result if indices is None else result.take(indices)


def spread(result: npt.NDArray[Any], indices: pa.Array | None) -> npt.NDArray[Any]:
    """Return a NumPy result for distinct values spread over the rows of a dictionary column, zeros
    at nulls.
    """
    if indices is None:
        return result
    padded = np.concatenate([result, np.zeros((1, *result.shape[1:]), result.dtype)])
    rows: npt.NDArray[np.int64] = np.asarray(indices.cast(pa.int64()).fill_null(len(result)))
    return padded[rows]


def spread_bad(bad: pa.BooleanArray, indices: pa.Array | None) -> pa.BooleanArray:
    """Return the mask of distinct values spread over a dictionary column's rows, false at nulls."""
    return bad if indices is None else bad.take(indices).fill_null(False)
