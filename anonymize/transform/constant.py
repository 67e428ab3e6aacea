"""Columns replaced by one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import is_text, value_type


@dataclass(frozen=True)
class Constant:
    """One value in place of every value; the same for nulls where ``nulls_too``."""

    value: Any
    """A boolean, number, date, time or text."""
    nulls_too: bool = False
    """Whether nulls get the value as well, so that missing values do not show."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the column's values where that holds the value, else the value's; every type is taken."""
        kind = value_type(input_type)
        try:
            pa.scalar(self.value, kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, ValueError, TypeError, OverflowError):
            return pa.scalar(self.value).type
        return kind

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the value, null where ``column`` is null unless ``nulls_too``."""
        kind = self.output_type(column.type)
        plain = pa.string() if is_text(kind) else kind
        every = pa.repeat(pa.scalar(self.value, plain), len(column))
        result = every if self.nulls_too else pc.if_else(column.is_valid(), every, pa.scalar(None, plain))
        return result.cast(kind)
