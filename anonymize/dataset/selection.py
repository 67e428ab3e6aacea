"""Which columns and rows of a version a reader gets: what was asked for, compared with the keys."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from anonymize.dataset.opened_part import OpenedPart
from anonymize.dataset.row_filter import Filters, RowFilter, given, row_filter
from anonymize.errors import KeysError, Problem
from anonymize.nested.schema import leaves, projected

Columns = Sequence[str] | Literal["readable"]


class ColumnsLeftOut(UserWarning):
    """Warning: columns were not read because their key is not in the keyring."""


@dataclass(frozen=True)
class Selection:
    """What is read of each part: every key it takes is held."""

    schema: pa.Schema
    """The columns that a reader gets, in their order."""
    full: pa.Schema
    """All columns of the part."""
    rows: RowFilter | None = None

    def physical(self, file: pq.ParquetFile) -> list[str]:
        """Return Parquet's paths of the columns to decode: those of ``schema`` and the filter's."""
        from anonymize.io.sources.parquet_files import physical_paths

        filtered = self.rows.columns if self.rows else ()
        fields = [*self.schema, *(self.full.field(name) for name in filtered)]
        paths = {path for field in fields for path, _ in leaves(field.name, field.type)}
        return physical_paths(file, frozenset(paths))

    def groups(self, part: OpenedPart) -> list[int]:
        """Return the row groups to decode."""
        return self.rows.groups(part) if self.rows else list(range(part.file.num_row_groups))

    def taken(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows and columns of a decoded ``batch`` that a reader gets."""
        rows = (self.rows.rows(batch) if self.rows else batch).select(self.schema.names)
        return rows.replace_schema_metadata()  # the digests of the part's blocks


def select(
    full: pa.Schema,
    columns: Columns | None,
    filters: Filters | None,
    missing: Mapping[str, str],
    place: str,
) -> Selection:
    """Return what to read of parts with the schema ``full``.

    ``missing`` gives the reason for each column that the keyring does not open. None for
    ``columns`` is all others, with a warning about these; ``"readable"`` is the same without one.

    Raises:
        SourceError: no such column.
        KeysError: a column that is asked for, or that the filter reads, does not open.
        ArgumentError: see `row_filter`.
    """
    conditions = given(filters)
    rows = None if conditions is None else row_filter(conditions, full, missing, place)
    if columns is None or isinstance(columns, str):
        if missing and columns is None:
            warn_left_out(missing)
        return Selection(_readable(full, missing), full, rows)
    found = [
        field.with_metadata(full.field(field.name).metadata)
        for field in projected(full, columns, place)
    ]
    wanted = _as_asked(found, columns)
    if closed := [field.name for field in wanted if field.name in missing]:
        raise KeysError([Problem(f"column {name}", missing[name]) for name in closed])
    return Selection(wanted, full, rows)


def _readable(full: pa.Schema, missing: Mapping[str, str]) -> pa.Schema:
    return pa.schema([field for field in full if field.name not in missing])


def _as_asked(found: Sequence[pa.Field], columns: Sequence[str]) -> pa.Schema:
    """Return the columns in the order in which they, or the first place inside them, were
    requested.
    """
    first = {
        field.name: next(
            i
            for i, c in enumerate(columns)
            if f"{c}.".startswith((f"{field.name}.", f"{field.name}["))
        )
        for field in found
    }
    return pa.schema(sorted(found, key=lambda field: first[field.name]))


def warn_left_out(closed: Iterable[str]) -> None:
    """Warn once about columns that the reader does not get."""
    warnings.warn(
        f"left out {', '.join(sorted(closed))}: no key for them in the keyring",
        ColumnsLeftOut,
        stacklevel=2,
    )
