"""Converts columns of numbers to NumPy arrays, and back to their type."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import is_text, seen_text, value_type
from anonymize.transform.interface import UnsupportedTypeError

Numbers = npt.NDArray[Any]
"""Integers or floats."""


def as_numbers(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return ``values`` as integers or floats, and a mask of values that are not finite numbers."""
    if is_text(values.type):
        texts = pc.utf8_trim_whitespace(seen_text(values))
        shaped = pc.match_substring_regex(texts, r"^[-+]?\d{1,15}(\.\d{1,15})?$")
        numbers = pc.if_else(shaped, texts, pa.scalar(None, pa.string())).cast(pa.float64())
        return numbers, pc.and_(texts.is_valid(), numbers.is_null())
    if pa.types.is_decimal(values.type) or pa.types.is_null(values.type):
        values = values.cast(pa.float64())
    if pa.types.is_floating(values.type):
        return values, pc.invert(pc.is_finite(values))
    return values, pc.and_(values.is_null(), values.is_valid())


def known_numbers(numbers: pa.Array, bad: pa.Array) -> Numbers:
    """Return ``numbers`` with 0 for ``bad`` or missing ones; floats with 64 bits."""
    known = np.asarray(pc.if_else(bad, pa.scalar(0, numbers.type), numbers).fill_null(0))
    return known.astype(np.float64) if known.dtype.kind == "f" else known


def check_numbers(input_type: pa.DataType) -> pa.DataType:
    """Return the type of the numbers in a column of ``input_type``: float64 for those in text.

    Raises:
        UnsupportedTypeError: it cannot hold numbers.
    """
    kind = value_type(input_type)
    if is_text(kind) or pa.types.is_null(kind):
        return pa.float64()
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise UnsupportedTypeError(
            input_type, "integers, floats, decimals and text that holds numbers"
        )
    return kind


def largest_of(kind: pa.DataType) -> float:
    """Return the largest number of a type, as a float that is not larger."""
    if pa.types.is_integer(kind):
        info = np.iinfo(kind.to_pandas_dtype())
        return float(np.nextafter(float(info.max), 0)) if info.bits == 64 else float(info.max)
    if pa.types.is_decimal(kind):
        whole = kind.precision - kind.scale
        return (
            float(np.nextafter(10.0**whole, 0))
            if kind.precision > 15
            else 10.0**whole - 10.0**-kind.scale
        )
    return float(np.finfo(kind.to_pandas_dtype()).max)


def as_kind(numbers: Numbers, kind: pa.DataType, missing: npt.NDArray[np.bool_]) -> pa.Array:
    """Return ``numbers`` as an array of ``kind``: rounded to its digits, clipped to its range."""
    if numbers.dtype.kind in "iu":
        return pa.array(numbers, kind, mask=missing)
    largest = largest_of(kind)
    least = 0.0 if pa.types.is_unsigned_integer(kind) else -largest
    if pa.types.is_signed_integer(kind):
        least = float(np.iinfo(kind.to_pandas_dtype()).min)
    if pa.types.is_integer(kind):
        numbers = np.rint(numbers)
    elif pa.types.is_decimal(kind):
        numbers = np.round(numbers, kind.scale)
    return pa.array(np.clip(numbers, least, largest), mask=missing).cast(kind, safe=False)


def grain_of(kind: pa.DataType) -> float:
    """Return the distance between neighbouring values of a type: 1 for integers, 0.01 for two
    decimals, 0 for floats.
    """
    if pa.types.is_integer(kind):
        return 1.0
    return float(10.0**-kind.scale) if pa.types.is_decimal(kind) else 0.0
