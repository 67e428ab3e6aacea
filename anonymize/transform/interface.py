"""The interfaces of transforms: pure column functions with a declared output type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import pyarrow as pa

from anonymize.names import ColumnName


@runtime_checkable
class Transform(Protocol):
    """A function from a column to a column of the same length; no I/O, no state."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the result for a column of ``input_type``.

        Raises:
            UnsupportedTypeError: the transform does not accept ``input_type``.
        """
        ...

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the transformed column: same length, null where ``column`` is null.

        Raises:
            BadValuesError: some values cannot be transformed; the error carries the other results.
        """
        ...


@dataclass(frozen=True)
class Row:
    """The other columns of the same rows, aligned with the column being transformed."""

    before: Mapping[ColumnName, pa.Array] = field(default_factory=dict)
    """Original values of the columns a transform names in ``reads``."""
    after: Mapping[ColumnName, pa.Array] = field(default_factory=dict)
    """Results of the columns that a transform names in ``reads``, if their step ran before."""


@runtime_checkable
class RowTransform(Protocol):
    """A transform that reads other columns of the same row."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Names of the columns it needs in ``Row``."""
        ...

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the result for a column of ``input_type``."""
        ...

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the transformed column; ``row``'s columns have the same length."""
        ...


def is_function_of_row(transform: object) -> bool:
    """Return True if a transform declares that equal rows give equal results, in every batch, pass
    and process.

    Declared by ``function_of_row = True`` on its class. Without it, a transform may draw random
    numbers, as noise does, or use other rows, as a shuffle does. Counts of one pass would then be
    wrong for the next.
    """
    return getattr(transform, "function_of_row", False) is True


class UnsupportedTypeError(TypeError):
    """A transform does not accept a type; ``takes`` describes the types that it accepts."""

    def __init__(self, input_type: pa.DataType, takes: str) -> None:
        """Store the refused type and the accepted ones."""
        self.input_type, self.takes = input_type, takes
        super().__init__(f"does not take {input_type}; it takes {takes}")


class BadValuesError(ValueError):
    """Some values of a column cannot be transformed.

    ``where`` is a BooleanArray of the column's length, true for the bad values. ``values`` is the
    complete result with nulls at those places. ``why`` gives the reason, and never quotes a value.
    The plan's ``on_bad_value`` decides what happens to those rows.
    """

    def __init__(self, where: pa.BooleanArray, values: pa.Array, why: str) -> None:
        """Store the mask, the partial result and the reason."""
        self.where, self.values, self.why = where, values, why
        super().__init__(why)
