"""Transforms that need facts about the whole column first."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import pyarrow as pa

from anonymize.transform.interface import Row, RowTransform, Transform


class Facts(Protocol):
    """What part of a column taught; the same in whatever order parts are merged.

    It may hold raw values, so it leaves its process only encrypted: ``as_batch`` is what is
    encrypted.
    """

    def merge(self, other: Self) -> Self:
        """Return what both parts taught."""
        ...

    def as_batch(self) -> pa.RecordBatch:
        """Return it all as one record batch."""
        ...

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> Self:
        """Return what ``as_batch`` was made of."""
        ...


@runtime_checkable
class Unfitted(Protocol):
    """A transform before its first pass: it measures batches, and facts make it a transform."""

    facts: ClassVar[type[Facts]]
    """What ``measure`` returns."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the result once fitted."""
        ...

    def measure(self, column: pa.Array, row: Row) -> Any:
        """Return the facts of one batch; ``row`` holds the columns named in ``reads``, where it has
        such.
        """
        ...

    def fitted(self, facts: Any) -> Transform | RowTransform:
        """Return the transform that the whole column's facts make.

        Raises:
            UnfitError: the facts do not allow it.
        """
        ...


class UnfitError(ValueError):
    """A column's facts do not allow what its rule asks; the text says why, without a value."""
