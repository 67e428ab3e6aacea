"""Format-preserving encryption of integers, dates and timestamps, which keep their type."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.keys.columns import Checked
from anonymize.keys.derive import PurposeKey
from anonymize.keys.ff1 import MIN_DOMAIN
from anonymize.keys.permutation import Permutation

_EPOCH = date(1970, 1, 1)
_TICKS = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
Unsigned = npt.NDArray[np.uint64]


def convert_integers(key: PurposeKey, plain: pa.Array, tweak: bytes, *, permute: bool, back: bool) -> Checked:
    """Return integers with the same sign and number of digits, and which have too few digits for that.

    Numbers of n digits are permuted among themselves, as far as the column's type reaches.
    """
    kind = plain.type
    limit = 2 ** (kind.bit_width - (0 if str(kind).startswith("u") else 1)) - 1
    numbers = np.asarray(plain.fill_null(0))
    valid = np.asarray(plain.is_valid())
    negative = numbers < 0
    sizes = np.where(negative, (-numbers.astype(np.int64)).view(np.uint64), numbers.astype(np.uint64))
    bad = valid & negative & (sizes > np.uint64(limit))
    out = np.zeros(len(sizes), np.uint64)
    for sign, signed_tweak in ((False, tweak + b"+"), (True, tweak + b"-")):
        for digits in range(1, len(str(limit)) + 1):
            low = 10 ** (digits - 1) if digits > 1 or sign else 0
            high = min(10**digits - 1, limit)
            rows = np.flatnonzero(valid & (negative == sign) & (sizes >= np.uint64(low)) & (sizes <= np.uint64(high)))
            if len(rows):
                out[rows], bad[rows] = _within(key, sizes[rows], low, high, signed_tweak, permute=permute, back=back)
    signed = np.where(negative, (-out.astype(np.int64)).view(np.uint64), out)
    result = signed.astype(numbers.dtype) if kind.bit_width < 64 else signed.view(numbers.dtype)
    return Checked(pa.array(result, kind, mask=~valid | bad), pa.array(bad))


def convert_dates(
    key: PurposeKey, plain: pa.Array, span: tuple[date, date], tweak: bytes, *, permute: bool, back: bool
) -> Checked:
    """Return dates or timestamps permuted within the days of ``span``, and which lie outside.

    A timestamp is any tick of its unit within the span, a date any day.
    """
    kind = plain.type
    stored = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    numbers = np.asarray(plain.cast(stored).fill_null(0)).astype(np.int64)
    ticks = _TICKS[kind.unit] if pa.types.is_timestamp(kind) else 1
    step = 86_400_000 if pa.types.is_date64(kind) else 1
    low, high = _first(span[0]) * ticks, _first(span[1] + timedelta(days=1)) * ticks - 1
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
    key: PurposeKey, values: Unsigned, low: int, high: int, tweak: bytes, *, permute: bool, back: bool
) -> tuple[Unsigned, bool]:
    """Return ``values`` permuted between ``low`` and ``high``, and whether there are too few for that."""
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
