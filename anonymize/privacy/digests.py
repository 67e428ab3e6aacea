"""Keyed digests of classes, people and values, which are counted and sent between processes instead
of the values.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys import PurposeKey, Secret
from anonymize.keys.primitives.cmac import Mac, tags_of
from anonymize.names import KeyId

Words = npt.NDArray[np.int64]
OF_PROCESS = PurposeKey(
    KeyId("process.0"), Secret(os.urandom(32)), domain="", entity="", action="first pass"
)
"""Key if no keyring is available: random in each process, shared with processes forked from it,
never stored.
"""
MISSING = 0
"""The digest of a sensitive value that is not there. No key makes it: a value that is there has it
with a chance of 2^-64, and counts as missing then, which makes no class look diverse.
"""
_AT_ONCE = 1 << 17
"""Number of rows whose digests are computed at a time, so that one large batch needs little
additional memory.
"""


class ClassDigests(NamedTuple):
    """The equivalence class of each row as 128 keyed bits: equal quasi-identifiers have equal
    digests.
    """

    high: Words
    """The first eight bytes."""
    low: Words
    """The last eight bytes."""

    @classmethod
    def of_keys(cls, keys: pa.Array | pa.ChunkedArray) -> ClassDigests:
        """Return the digests in ``keys``."""
        chunks = keys.chunks if isinstance(keys, pa.ChunkedArray) else [keys]
        words = [
            np.frombuffer(chunk.buffers()[1], np.int64)[
                2 * chunk.offset : 2 * (chunk.offset + len(chunk))
            ]
            for chunk in chunks
            if len(chunk)
        ]
        pairs = np.concatenate(words).reshape(-1, 2) if words else np.zeros((0, 2), np.int64)
        return cls(np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1]))

    def order(self) -> Words:
        """Return the order of the digests by their first halves, then their last.

        First halves are nearly always different, and one array is sorted faster than two.
        """
        order = np.argsort(self.high)
        high = self.high[order]
        if (high[1:] == high[:-1]).any():
            return np.lexsort((self.low, self.high))
        return order

    def keys(self) -> pa.Array:
        """Return the digests as a column of 16 bytes each."""
        data = np.stack([self.high, self.low], axis=1)
        return pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(16), len(data), [None, pa.py_buffer(data)]
        )


def countable(kind: pa.DataType) -> bool:
    """Return True if digests can distinguish values of ``kind``: all except nested types and
    intervals.
    """
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return not (
        pa.types.is_nested(kind)
        or pa.types.is_interval(kind)
        or isinstance(kind, pa.BaseExtensionType)
    )


def class_digests(key: PurposeKey, columns: Sequence[pa.Array]) -> ClassDigests:
    """Return the digest of each row's combination of ``columns``; null counts as a value.

    AES-256-CMAC over the joined values. ``columns`` are row-aligned and ``countable``, or structs
    and maps of such. Values that a file tells apart are different: -0.0 and 0.0, two kinds of NaN,
    a null and a struct of nulls. Two combinations share a digest with a chance below 2^-80 for 2^24
    classes.
    """
    words = _digests(key, "class", columns)
    return ClassDigests(np.ascontiguousarray(words[:, 0]), np.ascontiguousarray(words[:, 1]))


def number_digests(key: PurposeKey, use: str, column: pa.Array) -> Words:
    """Return 64 keyed bits for each value of ``column``; null counts as a value. ``use`` separates
    kinds of values.

    Two values that share a digest count as one, so people and distinct values are never counted too
    high.
    """
    return np.ascontiguousarray(_digests(key, use, [_one_zero(column)])[:, 0])


def value_digests(key: PurposeKey, column: pa.Array) -> Words:
    """Return the digest under which each sensitive value is counted, ``MISSING`` for null."""
    words = number_digests(key, "value", column)
    column = column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
    return np.where(np.asarray(column.is_null()), MISSING, words) if column.null_count else words


def _one_zero(column: pa.Array) -> pa.Array:
    """Return floats as text in which -0.0 is 0.0 and every NaN is one; others as they are."""
    column = column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
    if not pa.types.is_floating(column.type):
        return column
    return pc.add(column.cast(pa.float64()), pa.scalar(0.0)).cast(pa.string())


def _digests(key: PurposeKey, use: str, columns: Sequence[pa.Array]) -> npt.NDArray[np.int64]:
    mac, rows = Mac(key.derive(use, length=32)), len(columns[0])
    parts = [
        tags_of(mac, row_bytes([column.slice(start, _AT_ONCE) for column in columns]))
        for start in range(0, rows, _AT_ONCE)
    ]
    tags = np.concatenate(parts) if parts else np.zeros((0, 16), np.uint8)
    return np.ascontiguousarray(tags).view(np.int64)


def row_bytes(columns: Sequence[pa.Array]) -> pa.Array:
    """Return bytes per row that no other combination of values gives."""
    return pc.binary_join_element_wise(*[_framed(column) for column in columns], _bytes_scalar(b""))


def _framed(column: pa.Array) -> pa.Array:
    """Return each value as ``length:value``, null as ``-``, so that joined values are
    unambiguous.
    """
    raw = _as_bytes(column)
    length = pc.cast(pc.binary_length(raw), pa.string()).cast(pa.large_binary())
    framed = pc.binary_join_element_wise(length, raw, _bytes_scalar(b":"))
    return pc.fill_null(framed, _bytes_scalar(b"-"))


def _bytes_scalar(value: bytes) -> pa.Scalar:
    return pa.scalar(value, pa.large_binary())


def _as_bytes(column: pa.Array) -> pa.Array:
    """Return the bytes of each value: of text and bytes their own, of floats their bits, of other
    numbers their digits, of times their count, of structs and maps those of what is in them.
    """
    column = column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column
    kind, is_ = column.type, pa.types
    if is_.is_struct(kind):
        inside = row_bytes(column.flatten())
        column = pc.if_else(column.is_valid(), inside, pa.scalar(None, pa.large_binary()))
    elif is_.is_map(kind):
        entries = row_bytes([column.keys, column.items])
        ends = pa.array(np.asarray(column.offsets))
        inside = pc.binary_join(pa.ListArray.from_arrays(ends, entries), _bytes_scalar(b""))
        column = pc.if_else(column.is_valid(), inside, pa.scalar(None, pa.large_binary()))
    elif kind in (pa.string_view(), pa.binary_view()):
        column = column.cast(pa.large_string() if kind == pa.string_view() else pa.large_binary())
    elif is_.is_floating(kind):
        bits = {16: pa.int16(), 32: pa.int32(), 64: pa.int64()}[kind.bit_width]
        column = column.view(bits).cast(pa.string())
    elif is_.is_temporal(kind) and not is_.is_interval(kind):
        column = column.view(pa.int32() if kind.bit_width == 32 else pa.int64()).cast(pa.string())
    elif is_.is_fixed_size_binary(kind):
        column = column.cast(pa.binary())
    elif is_.is_boolean(kind) or is_.is_integer(kind) or is_.is_decimal(kind) or is_.is_null(kind):
        column = column.cast(pa.string())
    return column.cast(pa.large_binary())
