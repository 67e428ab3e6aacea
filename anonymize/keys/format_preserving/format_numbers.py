"""Format-preserving encryption of numbers, dates and timestamps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys.format_preserving.ff1 import MIN_DOMAIN
from anonymize.keys.format_preserving.permutation import Permutation
from anonymize.keys.primitives.byte_columns import Checked
from anonymize.keys.primitives.derive import PurposeKey

_EPOCH = date(1970, 1, 1)
_TICKS = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_EXACT = 2.0**53
"""Floats represent every integer exactly up to here."""
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
Unsigned = npt.NDArray[np.uint64]


def convert_numbers(plain: pa.Array, convert: Callable[[pa.Array], Checked]) -> Checked:
    """Return integers converted like their digits in text, and the mask of bad ones.

    ``convert`` is the conversion of text. So a number, the same digits in text, and the same number
    in a column of another type give the same digits. Integers of up to 32 bits, and whole floats,
    become 64 bits wide, because results may exceed their range.
    """
    kind = number_type(plain.type)
    bad = np.asarray(_without_digits(plain))
    known = pc.if_else(pa.array(bad), pa.scalar(None, plain.type), plain)
    texts = _wide(known, kind).cast(pa.string())
    result = convert(texts)
    bad = bad | np.asarray(result.bad)
    return Checked(result.values.cast(kind), pa.array(bad))


def number_type(kind: pa.DataType) -> pa.DataType:
    """Return the type of encrypted numbers of ``kind``."""
    return kind if pa.types.is_decimal(kind) or kind == pa.uint64() else pa.int64()


def _without_digits(plain: pa.Array) -> pa.BooleanArray:
    """Return a mask of numbers without digits that fit the result: fractions, NaN, infinities, the
    least integer.
    """
    if pa.types.is_floating(plain.type):
        numbers = np.asarray(plain.cast(pa.float64()).fill_null(0))
        return pa.array(
            ~((np.abs(numbers) < _EXACT) & (np.floor(numbers) == numbers)) & ~np.isnan(numbers)
        )
    if plain.type == pa.int64():
        return pc.equal(plain, pa.scalar(-(2**63), pa.int64())).fill_null(False)
    return pa.array(np.zeros(len(plain), np.bool_))


def _wide(plain: pa.Array, kind: pa.DataType) -> pa.Array:
    if not pa.types.is_floating(plain.type):
        return plain if pa.types.is_decimal(kind) else plain.cast(kind)
    numbers = plain.cast(pa.float64())
    known = np.asarray(numbers.fill_null(0))
    known = np.where(np.isnan(known), 0, known).astype(np.int64)
    missing = np.asarray(numbers.is_null()) | np.isnan(np.asarray(numbers.fill_null(0)))
    return pa.array(known, kind, mask=missing)


FIRST_NANOSECONDS, LAST_NANOSECONDS = date(1677, 9, 22), date(2262, 4, 10)
"""The first and the last whole day that 64 bits of nanoseconds can represent."""


def holds_span(kind: pa.DataType, first: date, last: date) -> bool:
    """Return True if a timestamp type can represent every moment of the days from ``first`` to
    ``last``.
    """
    return kind.unit != "ns" or (first >= FIRST_NANOSECONDS and last <= LAST_NANOSECONDS)


def convert_dates(
    key: PurposeKey,
    plain: pa.Array,
    span: tuple[date, date],
    tweak: bytes,
    *,
    permute: bool,
    back: bool,
) -> Checked:
    """Return dates or timestamps permuted within the days of ``span``, and a mask of those outside
    it.

    A timestamp is any tick of its unit within the span, a date any day.

    Raises:
        ValueError: the type cannot represent all of the span.
    """
    kind = plain.type
    if pa.types.is_timestamp(kind) and not holds_span(kind, *span):
        raise ValueError(f"{kind} holds the days from {FIRST_NANOSECONDS} to {LAST_NANOSECONDS}")
    stored = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    numbers = np.asarray(plain.cast(stored).fill_null(0)).astype(np.int64)
    ticks = _TICKS[kind.unit] if pa.types.is_timestamp(kind) else 1
    step = 86_400_000 if pa.types.is_date64(kind) else 1
    low, high = _first(span[0]) * ticks, (_first(span[1]) + 1) * ticks - 1
    days, rest = np.divmod(numbers, step)
    valid = np.asarray(plain.is_valid())
    bad = valid & ((days < low) | (days > high) | (rest != 0))
    rows = np.flatnonzero(valid & ~bad)
    out = np.zeros(len(days), np.int64)
    if len(rows):
        ranks = (days[rows] - low).astype(np.uint64)
        moved, wrong = _within(key, ranks, 0, high - low, tweak, permute=permute, back=back)
        out[rows], bad[rows] = (moved.astype(np.int64) + low) * step, wrong
    result = pa.array(out.astype(stored.to_pandas_dtype()), stored, mask=~valid | bad)
    return Checked(result.cast(kind), pa.array(bad))


def _within(
    key: PurposeKey,
    values: Unsigned,
    low: int,
    high: int,
    tweak: bytes,
    *,
    permute: bool,
    back: bool,
) -> tuple[Unsigned, bool]:
    """Return ``values`` permuted between ``low`` and ``high``, and True if the range is too
    small.
    """
    size = high - low + 1
    if size < MIN_DOMAIN and not permute:
        return np.zeros_like(values), True
    permutation = Permutation(key, size, tweak)
    ranks = values - np.uint64(low)
    numbers = [ranks >> _HALF, ranks & _LOW][-permutation.words :]
    moved = permutation.decrypt(numbers) if back else permutation.encrypt(numbers)
    joined = moved[-1] if len(moved) == 1 else moved[-2] << _HALF | moved[-1]
    return joined + np.uint64(low), False


def _first(day: date) -> int:
    return (datetime.combine(day, time()) - datetime.combine(_EPOCH, time())).days
