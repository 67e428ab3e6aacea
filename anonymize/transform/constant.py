"""Columns replaced by one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


@dataclass(frozen=True)
class Constant:
    """One value in place of every value; the same for nulls where ``nulls_too``."""

    value: Any
    """A boolean, number, date, time or text."""
    nulls_too: bool = False
    """Whether nulls get the value as well, so that missing values do not show."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the value's type, or ``input_type`` where that holds the value; every type is taken."""
        try:
            pa.scalar(self.value, input_type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError, TypeError, OverflowError):
            return pa.scalar(self.value).type
        return input_type

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the value, null where ``column`` is null unless ``nulls_too``."""
        kind = self.output_type(column.type)
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        every = pa.repeat(pa.scalar(self.value, kind), len(column))
        result = every if self.nulls_too else pc.if_else(column.is_valid(), every, pa.scalar(None, kind))
        return result.cast(self.output_type(column.type))
