"""Interfaces of transforms that first need facts about the whole column."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, Self, runtime_checkable

import pyarrow as pa

from anonymize.transform.interface import Row, RowTransform, Transform


class Facts(Protocol):
    """Facts about a part of a column. The result of merging does not depend on the order.

    May hold raw values, so it leaves its process only encrypted, as ``as_batch``.
    """

    def merge(self, other: Self) -> Self:
        """Return the facts of both parts."""
        ...

    def as_batch(self) -> pa.RecordBatch:
        """Return the facts as one record batch."""
        ...

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> Self:
        """Return the facts that ``as_batch`` wrote."""
        ...


@runtime_checkable
class Unfitted(Protocol):
    """A transform before its first pass: it measures batches, and the facts turn it into a
    transform.
    """

    facts: ClassVar[type[Facts]]
    """Type of the facts that ``measure`` returns."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the result after the first pass."""
        ...

    def measure(self, column: pa.Array, row: Row) -> Any:
        """Return the facts of one batch; ``row`` holds the columns named in ``reads``, if it has
        that.
        """
        ...

    def fitted(self, facts: Any) -> Transform | RowTransform:
        """Return the transform for the whole column's facts.

        Raises:
            UnfitError: the facts do not allow it.
        """
        ...

    def alike(self, one: Any, other: Any) -> bool:
        """Return True if both facts give transforms that treat every value alike, so that rows of
        the one need not be written again for the other. False where that is not known.
        """
        ...


class UnfitError(ValueError):
    """A column's facts do not allow its rule; the text gives the reason, without a value."""
