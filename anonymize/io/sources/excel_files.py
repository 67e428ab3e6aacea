"""Reads a sheet of Excel and OpenDocument workbooks with python-calamine."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.io.sources.column_names import Renames
from anonymize.io.sources.columnar import ColumnarPartition, columnar
from anonymize.io.sources.csv_header import Heading
from anonymize.io.sources.footer import refuse_rows, why_left_out, without_footer
from anonymize.io.sources.found import Found
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.sheet_cells import as_type, column_of, merged
from anonymize.io.sources.sheet_header import (
    SheetLayout,
    first_column,
    first_row,
    joined,
    merged_cells,
    rows_from,
    settled,
    spans_by_row,
    texts,
)
from anonymize.io.sources.totals_row import rows_of_totals, summaries
from anonymize.io.sources.workbooks import sheet_of

CHUNK_ROWS = 4_096
"""Rows that are Python objects at once, while they become Arrow; more fill the processor's cache
and cost a quarter more time.
"""


@dataclass(frozen=True)
class ExcelPartition(ColumnarPartition):
    """One workbook's sheet."""

    layout: SheetLayout
    own: pa.Schema
    """Names and types, equal for all files."""
    table: pa.Table | None = field(default=None, compare=False, repr=False)
    """The rows, kept from when the types were found; left out when it is sent to a process."""

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "table": None}

    @property
    def kind(self) -> str:
        """The format's name."""
        return "a workbook"

    def read(self, positions: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Yield the sheet's rows; see `ColumnarPartition.read`."""
        table = self.table
        if table is None:
            sheet = sheet_of(self.place, self.layout.sheet, Found())
            table, _ = _table(sheet, self.layout, Found(), str(self.place))
        fields = [self.own.field(at) for at in positions]
        for batch in table.select(list(positions)).to_batches():
            columns = [as_type(c, f.type) for c, f in zip(batch.columns, fields, strict=True)]
            yield pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def open_excel(
    files: Sequence[FilePlace],
    layout: SheetLayout,
    types: Mapping[str, pa.DataType],
    renames: Renames,
    heading: Heading | None,
    found: Found,
) -> tuple[ColumnarPartition, ...]:
    """Return the files as partitions of one schema. Each sheet is read as a whole.

    Raises:
        MissingExtraError: python-calamine is not installed.
        SourceError: what `sheet_of`, `settled` and `columnar` refuse.
    """
    states = {file: file.state() for file in files}
    layouts, tables, positions = {}, {}, {}
    for file in files:
        sheet = sheet_of(file, layout.sheet, found)
        layouts[file] = settled(sheet, file, layout, heading, found)
        layouts[file], tables[file], positions[file] = _without_totals(
            sheet, file, layouts[file], found, alone=len(files) == 1
        )
    own = _own([table.schema for table in tables.values()])
    schemas = [
        (own if table.schema.names == own.names else table.schema, table.num_rows > 0)
        for table in tables.values()
    ]
    return columnar(
        files,
        schemas,
        renames,
        types,
        lambda file, schema: ExcelPartition(
            file, schema, states[file], layouts[file], own, tables[file]
        ),
        positions[files[0]],
    )


def _own(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """Return the first schema with types that all files' columns fit."""
    kinds = list(schemas[0].types)
    for other in schemas[1:]:
        if other.names == schemas[0].names:
            kinds = [merged(one, two) for one, two in zip(kinds, other.types, strict=True)]
    return pa.schema(list(zip(schemas[0].names, kinds, strict=True)))


def _without_totals(
    sheet: Any, file: FilePlace, layout: SheetLayout, found: Found, *, alone: bool
) -> tuple[SheetLayout, pa.Table, tuple[int, ...]]:
    """Return `_table` of the sheet. Totals at its end are left out if guesses are allowed and the
    file is ``alone``: of several files, another's last row may be one of the table.
    """
    own = Found()
    table, positions = _table(sheet, layout, own, str(file))
    if alone and found.guess and not layout.skip_footer and (count := rows_of_totals(table)):
        filled = [at for at, row in enumerate(rows_from(sheet, 0), 1) if any(map(_is_value, row))]
        found.setting("skip_footer", count, why_left_out("row", filled[-count], count))
        layout, own = replace(layout, skip_footer=count), Found()
        table, positions = _table(sheet, layout, own, str(file))
    for note in (*own.notes, *summaries(table, layout.skip_footer)):
        found.note(note)
    return layout, table, positions


def _is_value(cell: object) -> bool:
    return cell is not None and cell != ""


def _table(
    sheet: Any, layout: SheetLayout, found: Found, place: str
) -> tuple[pa.Table, tuple[int, ...]]:
    """Return the sheet's table with its types, without empty rows, without the last rows that
    ``layout`` leaves out, and without columns that have neither a name nor a value; and the
    position of each column in the sheet, 1 for A.

    Raises:
        SourceError: a row that is left out looks like a row of the table.
    """
    top, left = first_row(sheet, layout), first_column(sheet)
    rows = rows_from(sheet, top)
    names = texts(next(rows, [])) if layout.header else []
    if layout.header_rows == 2:
        names = joined(names, texts(next(rows)), spans_by_row(sheet)[top])
    body = top + (layout.header_rows if layout.header else 0)
    if any(bottom >= body for _, bottom, _, _ in merged_cells(sheet)):
        found.note("cells of the table are merged: the first holds the value, the others are null")
    left_out: list[list[Any]] = []
    if layout.skip_footer:
        rows = without_footer(rows, layout.skip_footer, left_out)
    chunks: list[list[pa.Array]] = []
    several: set[int] = set()
    while some := list(itertools.islice(rows, CHUNK_ROWS)):
        names = names or [f"column_{left + at}" for at in range(1, len(some[0]) + 1)]
        read = [column_of(values) for values in zip(*some, strict=True)]
        several |= {at for at, (_, mixed) in enumerate(read) if mixed}
        chunks.append([column for column, _ in read])
    columns, kept = [], []
    for at, name in enumerate(names):
        parts = [chunk[at] for chunk in chunks]
        kind = functools.reduce(merged, [part.type for part in parts], pa.null())
        if name or not pa.types.is_null(kind):
            kept.append(at)
            columns.append(pa.chunked_array([as_type(part, kind) for part in parts], kind))
        if at in several or len({pa.types.is_string(part.type) for part in parts}) > 1:
            shown = name or left + at + 1
            found.note(f"column {shown} holds cells of several kinds, read as text")
    table = pa.Table.from_arrays(columns, names=[names[at] for at in kept])
    table = _without_empty_rows(table)
    refuse_rows(left_out, table.num_columns, table.num_rows, place)
    return table, tuple(left + at + 1 for at in kept)


def _without_empty_rows(table: pa.Table) -> pa.Table:
    if not table.num_columns or not all(column.null_count for column in table.columns):
        return table
    filled = functools.reduce(pc.or_, [pc.is_valid(column) for column in table.columns])
    return table.filter(filled)
