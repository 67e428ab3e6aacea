"""Filters of rows: compared with what the keyring opens before Parquet sees them. Row groups that
their statistics rule out are not decoded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from anonymize.dataset.opened_part import OpenedPart
from anonymize.errors import ArgumentError, KeysError, Problem
from anonymize.nested.schema import projected

Filters: TypeAlias = Sequence[Any] | pc.Expression
"""``[(column, operator, value), …]``, all of which hold, a list of such lists, one of which holds,
or an expression of pyarrow. An empty list keeps all rows.
"""
_FORM = (
    "is not a filter; give [(column, operator, value), …], a list of such lists, or an expression"
    " of pyarrow.compute; operators: = == != < <= > >= in, not in"
)
_COMPARISONS = {"=", "==", "<", "<=", ">", ">="}
"""Operators that never hold for NaN, which statistics leave out."""
_NO_FIELD = re.compile(r"No match for FieldRef\.Name\((.*?)\) in ")


@dataclass(frozen=True)
class RowFilter:
    """A filter that fits the columns of a version, all of which the keyring opens."""

    expression: pc.Expression
    columns: tuple[str, ...]
    """The columns that it reads: flat ones."""
    comparisons_only: bool
    """True if NaN never passes, so that statistics of floating columns may be used."""

    def rows(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows of ``batch`` that pass, in their order. Null is no."""
        try:
            return batch.filter(self.expression)
        except (pa.ArrowException, NotImplementedError, TypeError, ValueError):
            raise _unfit() from None

    def groups(self, part: OpenedPart) -> list[int]:
        """Return the row groups that may hold rows that pass.

        The keys of ``columns`` are tried by reading a row first: pyarrow aborts the process if it
        is asked for statistics of a column whose key it does not get.
        """
        import pyarrow.dataset as ds
        import pyarrow.fs

        file, schema = part.file, part.schema
        numbers = range(file.metadata.num_row_groups)
        places = _flat_places(file, [c for c in self.columns if self._ranged(schema.field(c).type)])
        if not numbers or not places:
            return list(numbers)
        for group in part.loaded([0], list(places)):
            next(file.iter_batches(1, row_groups=[group], columns=list(places)), None)
        format_, nowhere = ds.ParquetFileFormat(), pyarrow.fs.LocalFileSystem()  # nothing is opened
        fragments = []
        for number in numbers:
            group = file.metadata.row_group(number)
            known = pc.scalar(True)
            for name, place in places.items():
                fact = _fact(schema.field(name), group.column(place).statistics, group.num_rows)
                known = known if fact is None else known & fact
            fragments.append(
                format_.make_fragment(str(number), nowhere, partition_expression=known)
            )
        all_groups = ds.FileSystemDataset(fragments, schema, format_, nowhere)
        return sorted(int(one.path) for one in all_groups.get_fragments(filter=self.expression))

    def _ranged(self, type_: pa.DataType) -> bool:
        """Return True if minimum and maximum of a column of that type say what it holds."""
        t = pa.types
        if t.is_floating(type_):
            return self.comparisons_only
        if t.is_timestamp(type_):
            return bool(type_.unit != "ns")  # Python's datetime, which pyarrow gives, has none
        if t.is_integer(type_):
            return bool(t.is_signed_integer(type_))  # pyarrow gives large unsigned ones as negative
        return bool(t.is_string(type_) or t.is_date32(type_) or t.is_boolean(type_))


def _flat_places(file: pq.ParquetFile, columns: Sequence[str]) -> dict[str, int]:
    """Return the position among Parquet's columns of each of ``columns``. A name with a dot is left
    out: it may be the path of a place in a struct too.
    """
    wanted = {name for name in columns if "." not in name}
    paths = (file.schema.column(i).path for i in range(file.metadata.num_columns))
    return {path: i for i, path in enumerate(paths) if path in wanted}


def _fact(field: pa.Field, statistics: Any, rows: int) -> pc.Expression | None:
    """Return what a row group's statistics say of a column; None if nothing."""
    column = pc.field(field.name)
    if statistics is None or not statistics.has_null_count:
        return None
    if statistics.null_count == rows:
        return column.is_null()
    if not statistics.has_min_max:
        return None
    low, high = (pa.scalar(one, field.type) for one in (statistics.min, statistics.max))
    above, below = column >= low, column <= high
    if statistics.null_count:
        return (above | column.is_null()) & (below | column.is_null())
    return above & below


def given(filters: Filters | None) -> Filters | None:
    """Return None for an empty list: all of its conditions hold for every row."""
    return None if isinstance(filters, list | tuple) and not filters else filters


def row_filter(
    filters: Filters, schema: pa.Schema, missing: Mapping[str, str], place: str
) -> RowFilter:
    """Return ``filters`` as a filter over a version's ``schema``; ``missing`` gives the reason for
    each column that the keyring does not open.

    Raises:
        ArgumentError: it is no filter, does not fit the columns' types, or reads nested columns.
        SourceError: no such column.
        KeysError: it reads a column that the keyring does not open.
    """
    expression, named, comparisons_only = _expression(filters, schema)
    if named:
        projected(schema, named, place)
        _refuse_closed(named, missing)
    nested = {field.name for field in schema if pa.types.is_nested(field.type)}
    if "FieldPath(" in str(expression):
        raise ArgumentError("reads a column by its position; name it", place="filters")
    _bind(expression, schema, place)
    columns = tuple(name for name in schema.names if not _binds(expression, _without(schema, name)))
    _refuse_closed(columns, missing)
    if inside := sorted(nested.intersection(columns)):
        what = f"reads nested columns: {', '.join(inside)}; filter on flat ones"
        raise ArgumentError(what, place="filters")
    return RowFilter(expression, columns, comparisons_only)


def _expression(filters: Filters, schema: pa.Schema) -> tuple[pc.Expression, list[str], bool]:
    """Return the expression, the columns that lists name, and if only comparisons are in them."""
    if isinstance(filters, pc.Expression):
        return filters, [], False
    try:
        lists = [filters] if isinstance(filters[0][0], str) else list(filters)
        terms = [(column, operator, value) for one in lists for column, operator, value in one]
        expression = pq.filters_to_expression(
            [
                [(name, how, _of_type(value, name, schema)) for name, how, value in one]
                for one in lists
            ]
        )
    except (pa.ArrowException, LookupError, TypeError, ValueError, NotImplementedError):
        raise ArgumentError(_FORM, place="filters") from None
    except OverflowError:
        raise ArgumentError(
            "holds a number above int64; give pa.scalar(…)", place="filters"
        ) from None
    if nulls := sorted({str(column) for column, _, value in terms if value is None}):
        what = f"compares {', '.join(nulls)} with None, which no row equals; use an expression with"
        raise ArgumentError(f"{what} is_null() or is_valid()", place="filters")
    names = list(dict.fromkeys(column for column, _, _ in terms))
    return expression, names, {operator for _, operator, _ in terms} <= _COMPARISONS


def _of_type(value: Any, name: str, schema: pa.Schema) -> Any:
    """Return whole numbers for a decimal column as decimals: pyarrow has no room for others."""
    if name not in schema.names or not pa.types.is_decimal(schema.field(name).type):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_of_type(one, name, schema) for one in value]
    return Decimal(value) if type(value) is int else value


def _bind(expression: pc.Expression, schema: pa.Schema, place: str) -> None:
    """Refuse an expression that does not fit ``schema``. pyarrow's text may quote its values."""
    try:
        schema.empty_table().filter(expression)
    except (pa.ArrowException, NotImplementedError, TypeError, ValueError) as error:
        if found := _NO_FIELD.match(str(error)):
            projected(schema, [found[1]], place)
        raise _unfit() from None


def _binds(expression: pc.Expression, schema: pa.Schema) -> bool:
    try:
        schema.empty_table().filter(expression)
    except (pa.ArrowException, NotImplementedError, TypeError, ValueError):
        return False
    return True


def _without(schema: pa.Schema, name: str) -> pa.Schema:
    return pa.schema([field for field in schema if field.name != name])


def _refuse_closed(columns: Sequence[str], missing: Mapping[str, str]) -> None:
    if closed := [name for name in columns if name in missing]:
        raise KeysError([Problem(f"filters: column {name}", missing[name]) for name in closed])


def _unfit() -> ArgumentError:
    what = "does not fit the types of the columns it reads (a decimal is compared with"
    return ArgumentError(f"{what} decimal.Decimal)", place="filters")
