"""Replaces every value of a column by one value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import is_text, plain, value_type
from anonymize.transform.interface import UnsupportedTypeError

_FAMILIES = (
    (bool, (pa.types.is_boolean,)),
    (int, (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)),
    (float, (pa.types.is_floating, pa.types.is_decimal)),
    (str, (is_text,)),
    (datetime, (pa.types.is_timestamp,)),
    (date, (pa.types.is_date,)),
    (time, (pa.types.is_time,)),
)
"""Types that can hold a value without a change of meaning: 5 is not a date, and 1.5 is not an
integer.
"""


def _holds(kind: pa.DataType, value: Any) -> bool:
    """Return True if a column of ``kind`` can hold ``value`` without a change of meaning."""
    suits = next((suits for family, suits in _FAMILIES if isinstance(value, family)), ())
    if not any(suit(kind) for suit in suits):
        return False
    try:
        pa.scalar(value, kind)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return False
    return True


@dataclass(frozen=True)
class Constant:
    """One value in place of every value; also of nulls if ``nulls_too``."""

    function_of_row: ClassVar[bool] = True
    value: Any
    """A Boolean, number, date, time or text."""
    nulls_too: bool = False
    """True to replace nulls too, so that missing values are not visible."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the column's type if it can hold the value, else the value's type; accepts every
        type.

        Raises:
            UnsupportedTypeError: the value is an integer of more than 64 bits, which needs a
                decimal column.
        """
        kind = value_type(input_type)
        if _holds(kind, self.value):
            return kind
        if isinstance(self.value, int) and not -(2**63) <= self.value < 2**63:
            raise UnsupportedTypeError(
                input_type, "a value: of up to 64 bits there, or the number as text in quotes"
            )
        return pa.scalar(self.value).type

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the value, null where ``column`` is null unless ``nulls_too``."""
        kind = self.output_type(column.type)
        made = pa.string() if is_text(kind) else kind
        every = pa.repeat(pa.scalar(self.value, made), len(column))
        result = (
            every
            if self.nulls_too
            else pc.if_else(plain(column).is_valid(), every, pa.scalar(None, made))
        )
        return result.cast(kind)
