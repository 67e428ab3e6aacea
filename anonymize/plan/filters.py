"""Filters of the policy language (pyarrow's form) as row masks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.names import ColumnName
from anonymize.policy import Condition, Filter
from anonymize.transform.columns import plain

_COMPARE: Mapping[str, Callable[[pa.Array, pa.Scalar], pa.Array]] = {
    "=": pc.equal,
    "==": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


def groups(where: Filter) -> tuple[tuple[Condition, ...], ...]:
    """Return the filter as alternatives, each a tuple of conditions that must all hold."""
    if where and not isinstance(where[0][0], str):
        return where  # type: ignore[return-value]
    return (where,)  # type: ignore[return-value]


def conditions(where: Filter) -> Iterator[Condition]:
    """Yield every condition of the filter."""
    for group in groups(where):
        yield from group


def filter_mask(where: Filter, columns: Mapping[ColumnName, pa.Array], rows: int) -> pa.BooleanArray:
    """Return true for each of ``rows`` rows that the filter holds for; a null value holds no condition.

    ``columns`` are row-aligned. Compile-time ``condition_problem`` has excluded what cannot be compared.
    """
    masks = []
    for group in groups(where):
        mask = pa.repeat(True, rows)
        for name, comparison, value in group:
            mask = pc.and_(mask, pc.fill_null(_holds(columns[ColumnName(name)], comparison, value), False))
        masks.append(mask)
    return reduce(pc.or_, masks)


def condition_problem(condition: Condition, kind: pa.DataType) -> str | None:
    """Return what is wrong with comparing a column of type ``kind`` so; None where it can be done."""
    name, comparison, value = condition
    try:
        _holds(pa.array([], kind), comparison, value)
    except (pa.ArrowException, TypeError, ValueError):
        return f"{name} is {kind}, which cannot be compared with the given value by '{comparison}'"
    return None


def _holds(column: pa.Array, comparison: str, value: Any) -> pa.Array:
    column = plain(column)
    if comparison in ("in", "not in"):
        kept = pc.is_in(column, value_set=pa.array(list(value), column.type))
        held = kept if comparison == "in" else pc.invert(kept)
        return pc.and_(held, column.is_valid())
    return _COMPARE[comparison](column, pa.scalar(value, column.type))


def columns_in(where: Filter) -> frozenset[ColumnName]:
    """Return the columns that the filter's conditions name."""
    return frozenset(ColumnName(condition[0]) for condition in conditions(where))
