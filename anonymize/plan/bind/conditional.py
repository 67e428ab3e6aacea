"""Implements ``when:`` and ``otherwise:``: one transform for the rows that match a filter, another
for the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.names import ColumnName
from anonymize.plan.bind.filters import filter_mask
from anonymize.policy import Filter
from anonymize.transform.columns import is_text, plain, value_type
from anonymize.transform.interface import (
    BadValuesError,
    Row,
    RowTransform,
    Transform,
    UnsupportedTypeError,
    is_function_of_row,
)


def call(transform: Transform | RowTransform, column: pa.Array, row: Row) -> pa.Array:
    """Return ``transform`` applied to ``column``; passes the other columns if the transform reads
    any.
    """
    if isinstance(transform, RowTransform):
        return transform(column, row)
    return transform(column)


@dataclass(frozen=True)
class Conditional:
    """One transform for the rows that match a filter, and another for the others. Both give one
    type.
    """

    when: Filter
    """The filter."""
    then: Transform | RowTransform
    """The transform for rows that match."""
    otherwise: Transform | RowTransform
    """The transform for all other rows."""
    reads: tuple[ColumnName, ...]
    """Columns of the filter and of both transforms."""

    @property
    def function_of_row(self) -> bool:
        """Return True if both transforms are functions of the row; the filter always is."""
        return is_function_of_row(self.then) and is_function_of_row(self.otherwise)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type that both transforms give. If both give text, it is the column's text
        type, or large text.

        Raises:
            UnsupportedTypeError: they give different types.
        """
        kinds = [self.then.output_type(input_type), self.otherwise.output_type(input_type)]
        if kinds[0] != kinds[1] and all(is_text(value_type(kind)) for kind in kinds):
            return value_type(input_type) if is_text(value_type(input_type)) else pa.large_string()
        if kinds[0] != kinds[1]:
            takes = f"an otherwise: that gives {kinds[0]} too, not {kinds[1]}"
            raise UnsupportedTypeError(input_type, takes)
        return kinds[0]

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return each row's value from the transform that applies to it."""
        held, kind = filter_mask(self.when, row.before, len(column)), self.output_type(column.type)
        parts: list[BadValuesError] = []
        first = _part(parts, lambda: call(self.then, _where(held, column), row))
        second = _part(parts, lambda: call(self.otherwise, _where(pc.invert(held), column), row))
        values = pc.if_else(held, _one_text(plain(first)), _one_text(plain(second)))
        values = _in_layout(values, kind)
        if parts:
            where = pc.or_(parts[0].where, parts[-1].where)
            raise BadValuesError(
                where, values, "; ".join(dict.fromkeys(part.why for part in parts))
            )
        return values


def _where(held: pa.BooleanArray, column: pa.Array) -> pa.Array:
    """Return ``column`` with null in the rows that are not in the mask."""
    # pyarrow makes no null scalar of dictionaries of dates, times or decimals, but an array of them
    return pc.if_else(held, column, pa.nulls(1, column.type)[0])


def _in_layout(values: pa.Array, kind: pa.DataType) -> pa.Array:
    """Return plain values as ``kind``; a dictionary is made by encoding, because pyarrow casts only
    some types to one.
    """
    if pa.types.is_dictionary(kind) and values.type == kind.value_type:
        encoded = values.dictionary_encode()
        indices = encoded.indices.cast(kind.index_type)
        return pa.DictionaryArray.from_arrays(indices, encoded.dictionary, ordered=kind.ordered)
    return values.cast(kind) if values.type != kind else values


def _one_text(values: pa.Array) -> pa.Array:
    """Return text of any layout as large text, so that rows of two columns can be combined."""
    return values.cast(pa.large_string()) if is_text(values.type) else values


def _part(parts: list[BadValuesError], work: Callable[[], pa.Array]) -> pa.Array:
    try:
        return work()
    except BadValuesError as error:
        parts.append(error)
        return error.values
