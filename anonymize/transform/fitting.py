"""Transforms that need facts about the whole column first."""

from __future__ import annotations

from typing import Any, Protocol, Self, runtime_checkable

import pyarrow as pa

from anonymize.transform.interface import Row, RowTransform, Transform


class Facts(Protocol):
    """What part of a column taught; small, picklable, and the same in whatever order parts are merged."""

    def merge(self, other: Self) -> Self:
        """Return what both parts taught."""
        ...


@runtime_checkable
class Unfitted(Protocol):
    """A transform before its first pass: it measures batches, and facts make it a transform."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the result once fitted."""
        ...

    def measure(self, column: pa.Array, row: Row) -> Any:
        """Return the facts of one batch; ``row`` holds the columns named in ``reads``, where it has such."""
        ...

    def fitted(self, facts: Any) -> Transform | RowTransform:
        """Return the transform that the whole column's facts make.

        Raises:
            UnfitError: the facts do not allow it.
        """
        ...


class UnfitError(ValueError):
    """A column's facts do not allow what its rule asks; the text says why, without a value."""
