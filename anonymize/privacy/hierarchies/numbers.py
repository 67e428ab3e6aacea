"""Reads a column's values as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import PlanError
from anonymize.privacy.hierarchies.levels import Mask
from anonymize.privacy.hierarchies.texts import is_text

LARGEST = 2**53
"""Numbers at and beyond are not read: floats, which edges of bands are, do not tell them apart."""


@dataclass(frozen=True)
class Numbers:
    """Values as numbers."""

    numbers: npt.NDArray[Any] = field(repr=False)
    """int64 if they are whole, else float64; 0 where ``known`` is False. Shape (values,)."""
    known: Mask = field(repr=False)
    """False for null, NaN, infinities, text that is no number, and from 2^53 on."""

    @property
    def whole(self) -> bool:
        """Return True if they are whole by their type, or all texts are."""
        return self.numbers.dtype.kind == "i"


def read_numbers(name: str, values: pa.Array) -> Numbers:
    """Return the numbers in integers, floats, decimals, or text such as ``-12.50``.

    Floats and decimals with digits behind the point are floats even if all values are whole.

    Raises:
        PlanError: the type holds no numbers.
    """
    kind, is_ = values.type, pa.types
    if is_.is_null(kind):
        return Numbers(np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_))
    if is_text(kind):
        return _in_text(values)
    if is_.is_decimal(kind):
        values = values.cast(pa.float64() if kind.scale > 0 else _MANY_DIGITS, safe=False)
    elif is_.is_floating(kind):
        values = values.cast(pa.float64())
    elif not is_.is_integer(kind):
        raise PlanError(
            f"is {kind}, and ranges take numbers, and text with numbers", place=f"column {name}"
        )
    return _within(values)


_MANY_DIGITS = pa.decimal256(76, 0)
"""Holds the whole numbers of every decimal type, and the limits of those that are read."""


def _within(values: pa.Array) -> Numbers:
    """Return numbers of any numeric type; those that are too large are not known."""
    whole = not pa.types.is_floating(values.type)
    if pa.types.is_uint64(values.type):
        small = pc.less(values, pa.scalar(LARGEST, pa.uint64()))
    elif whole and not pa.types.is_decimal(values.type) and values.type.bit_width < 64:
        small = values.is_valid()
    else:
        limits = [pa.scalar(limit, pa.int64()).cast(values.type) for limit in (-LARGEST, LARGEST)]
        small = pc.and_(pc.greater(values, limits[0]), pc.less(values, limits[1]))
    known = np.asarray(small.fill_null(False), np.bool_)
    zero = pa.scalar(0, pa.int64()).cast(values.type)
    filled = pc.if_else(pa.array(known), values, zero)
    return Numbers(np.asarray(filled.cast(pa.int64() if whole else pa.float64())), known)


_WHOLE = r"^[-+]?\d{1,18}$"
_WITH_POINT = r"^[-+]?\d{1,15}\.\d{1,15}$"


def _in_text(texts: pa.StringArray) -> Numbers:
    trimmed = pc.utf8_trim_whitespace(texts)
    whole = np.asarray(pc.match_substring_regex(trimmed, _WHOLE).fill_null(False), np.bool_)
    pointed = np.asarray(pc.match_substring_regex(trimmed, _WITH_POINT).fill_null(False), np.bool_)
    known = whole | pointed
    digits = pc.utf8_ltrim(pc.if_else(pa.array(known), trimmed, pa.scalar("0")), "+")
    kind = pa.float64() if pointed.any() else pa.int64()
    return Numbers(np.asarray(digits.cast(kind)), known)
