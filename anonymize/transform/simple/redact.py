"""Keeps columns, or replaces every value by one label or null."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import plain


@dataclass(frozen=True)
class Keep:
    """Returns the column unchanged."""

    function_of_row: ClassVar[bool] = True

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return ``input_type``; accepts every type."""
        return input_type

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return ``column``."""
        return column


@dataclass(frozen=True)
class Redact:
    """One label in place of every value, or null everywhere."""

    function_of_row: ClassVar[bool] = True
    label: str | None
    """Replacement for every value that is not null; None makes every value null."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text for a label and ``input_type`` for null; accepts every type."""
        return input_type if self.label is None else pa.string()

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the label for each value of ``column``, null for null."""
        if self.label is None:
            return pa.nulls(len(column), column.type)
        return pc.if_else(
            plain(column).is_valid(), pa.scalar(self.label), pa.scalar(None, pa.string())
        )
