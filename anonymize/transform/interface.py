"""What every transform is: a pure column function with a declared output type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import pyarrow as pa

from anonymize.names import ColumnName


@runtime_checkable
class Transform(Protocol):
    """A column in, a column of the same length out; no I/O, no state."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the result for a column of ``input_type``.

        Raises:
            UnsupportedTypeError: the transform does not take ``input_type``.
        """
        ...

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the transformed column: same length, null where ``column`` is null.

        Raises:
            BadValuesError: some values cannot be transformed; the error carries the rest.
        """
        ...


@dataclass(frozen=True)
class Row:
    """The other columns of the same rows, aligned with the column being transformed."""

    before: Mapping[ColumnName, pa.Array] = field(default_factory=dict)
    """Original values of the columns a transform names in ``reads``."""
    after: Mapping[ColumnName, pa.Array] = field(default_factory=dict)
    """Results of the columns a transform names in ``reads``, where they have a step that ran
    before.
    """


@runtime_checkable
class RowTransform(Protocol):
    """A transform that looks at other columns of the same row."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Names of the columns it needs in ``Row``."""
        ...

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the result for a column of ``input_type``."""
        ...

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the transformed column; ``row``'s columns have its length."""
        ...


def is_function_of_row(transform: object) -> bool:
    """Return whether a transform says that it gives equal rows equal results, in every batch, pass
    and process.

    It says so by ``function_of_row = True`` on its class. What says nothing may draw anew, as noise
    does, or take
    from other rows, as a shuffle does: counts of one pass are then not true of the next.
    """
    return getattr(transform, "function_of_row", False) is True


class UnsupportedTypeError(TypeError):
    """A transform does not take a type; ``takes`` says in words what it does take."""

    def __init__(self, input_type: pa.DataType, takes: str) -> None:
        """Keep the refused type and the accepted ones."""
        self.input_type, self.takes = input_type, takes
        super().__init__(f"does not take {input_type}; it takes {takes}")


class BadValuesError(ValueError):
    """Some values of a column cannot be transformed.

    ``where`` is a BooleanArray of the column's length, true at the bad values; ``values`` is the
    finished result with nulls at those places; ``why`` says in words what is wrong, never quoting
    a value. The plan decides by ``on_bad_value`` what becomes of those rows.
    """

    def __init__(self, where: pa.BooleanArray, values: pa.Array, why: str) -> None:
        """Keep the mask, the partial result and the reason."""
        self.where, self.values, self.why = where, values, why
        super().__init__(why)
