"""Reads a sheet of Excel and OpenDocument workbooks with python-calamine."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import MissingExtraError, SourceError
from anonymize.io.sources.column_names import Renames
from anonymize.io.sources.columnar import ColumnarPartition, columnar
from anonymize.io.sources.csv_header import ROWS, Heading, is_row_of_data
from anonymize.io.sources.csv_layout import titles_above
from anonymize.io.sources.found import Found
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.sheet_bounds import refuse_large
from anonymize.io.sources.sheet_cells import as_type, column_of, merged
from anonymize.io.sources.totals_row import NOTE, is_totals

CHUNK_ROWS = 4_096
"""Rows that are Python objects at once, while they become Arrow; more fill the processor's cache
and cost a quarter more time.
"""


@dataclass(frozen=True)
class SheetLayout:
    """Where the table is in a workbook."""

    sheet: str | int | None = None
    """The sheet's name, or its number from 1; None for the only one that is not empty."""
    header: bool = True
    """True if the first row names the columns."""
    sure: bool = False
    """True if the user stated ``header``."""
    skip_rows: int | None = None
    """Rows of the sheet above the header; None if nobody stated it."""


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
            table = _table(_sheet(self.place, self.layout.sheet), self.layout, Found())
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
        SourceError: no workbook, an encrypted one, several sheets and none chosen, or what
            `columnar` refuses.
    """
    states = {file: file.state() for file in files}
    layouts, tables = {}, {}
    for file in files:
        sheet = _sheet(file, layout.sheet)
        layouts[file] = _settled(sheet, file, layout, heading, found)
        tables[file] = _table(sheet, layouts[file], found)
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
    )


def _own(schemas: Sequence[pa.Schema]) -> pa.Schema:
    """Return the first schema with types that all files' columns fit."""
    kinds = list(schemas[0].types)
    for other in schemas[1:]:
        if other.names == schemas[0].names:
            kinds = [merged(one, two) for one, two in zip(kinds, other.types, strict=True)]
    return pa.schema(list(zip(schemas[0].names, kinds, strict=True)))


def _sheet(place: FilePlace, wanted: str | int | None) -> Any:
    """Return the sheet to read.

    Raises:
        SourceError: the workbook cannot be read, has no such sheet, or several and none is named.
    """
    try:
        import python_calamine as calamine
    except ImportError:
        raise MissingExtraError.of("Excel and OpenDocument sheets", "excel") from None
    refuse_large(place)
    try:
        source = str(place.local) if place.local else place.open()
        book = calamine.load_workbook(source)
        return _chosen(book, wanted, place)
    except calamine.PasswordError:
        raise SourceError(
            "is encrypted with a password; save it without one", place=str(place)
        ) from None
    except (calamine.CalamineError, OSError, ValueError):
        raise SourceError(
            "cannot be read as a workbook: damaged, cut short or of another kind than its ending",
            place=str(place),
        ) from None


def _chosen(book: Any, wanted: str | int | None, place: FilePlace) -> Any:
    names = list(book.sheet_names)
    if wanted is not None:
        at = names.index(wanted) if wanted in names else _index(wanted)
        if not 0 <= at < len(names):
            raise SourceError(
                f"no such sheet; the workbook has {len(names)}, say sheet: 1 for the first",
                place=f"{place}: sheet",
            )
        return book.get_sheet_by_index(at)
    filled = [sheet for at in range(len(names)) if (sheet := book.get_sheet_by_index(at)).height]
    if not filled:
        raise SourceError("holds no cell with a value", place=str(place))
    if len(filled) > 1:
        raise SourceError(
            f"holds {len(filled)} sheets that are not empty; say sheet: NAME, or its number from 1"
            f" to {len(names)}",
            place=str(place),
        )
    return filled[0]


def _index(wanted: str | int) -> int:
    return int(wanted) - 1 if isinstance(wanted, int) or wanted.isdecimal() else -1


def _rows(sheet: Any, layout: SheetLayout) -> Iterator[list[Any]]:
    """Yield the rows from the header on, without empty rows before it. The reader leaves out empty
    columns at the left, but not empty rows.
    """
    first = sheet.start[0] if sheet.start else 0
    rows = itertools.islice(sheet.iter_rows(), max(layout.skip_rows or 0, first), None)
    return itertools.dropwhile(lambda row: not any(cell != "" for cell in row), rows)


def _settled(
    sheet: Any, place: FilePlace, layout: SheetLayout, heading: Heading | None, found: Found
) -> SheetLayout:
    """Return ``layout`` with the rows above the header, and refuse a first row that is data."""
    first = sheet.start[0] if sheet.start else 0
    looked_at = [_texts(row) for row in itertools.islice(_rows(sheet, layout), ROWS)]
    if layout.skip_rows is None:
        above = titles_above(looked_at, max(map(len, looked_at), default=0), heading)
        if above and layout.header and not layout.sure:
            rows = first + above
            why = f"because the first {above} rows of the sheet are no rows of the table"
            if not found.guess:
                raise SourceError(
                    f"rows stand above the header; say skip_rows: {rows}, {why}", place=str(place)
                )
            found.setting("skip_rows", rows, why)
            layout, looked_at = replace(layout, skip_rows=rows), looked_at[above:]
    compared = layout.header and not layout.sure and looked_at
    if compared and is_row_of_data(looked_at[0], looked_at[1:], heading):
        raise SourceError(
            "the first row is like the rows below it, not like column names; if it is data say"
            " header: false, else header: true",
            place=str(place),
        )
    return layout


def _texts(row: Sequence[Any]) -> list[str]:
    return ["" if cell is None else name_of(cell) for cell in row]


def name_of(cell: Any) -> str:
    """Return a cell as a column's name: 2024 for the number that a year in a header is."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _table(sheet: Any, layout: SheetLayout, found: Found) -> pa.Table:
    """Return the sheet's table with its types, without empty rows, and without columns that have
    neither a name nor a value.
    """
    rows = _rows(sheet, layout)
    names = _texts(next(rows, [])) if layout.header else []
    chunks: list[list[pa.Array]] = []
    several: set[int] = set()
    last: Sequence[Any] = ()
    while some := list(itertools.islice(rows, CHUNK_ROWS)):
        last = some[-1]
        names = names or [f"column_{at}" for at in range(1, len(last) + 1)]
        read = [column_of(values) for values in zip(*some, strict=True)]
        several |= {at for at, (_, mixed) in enumerate(read) if mixed}
        chunks.append([column for column, _ in read])
    if is_totals(last):
        found.note(NOTE)
    columns, kept = [], []
    for at, name in enumerate(names):
        parts = [chunk[at] for chunk in chunks]
        kind = functools.reduce(merged, [part.type for part in parts], pa.null())
        if name or not pa.types.is_null(kind):
            kept.append(name)
            columns.append(pa.chunked_array([as_type(part, kind) for part in parts], kind))
        if at in several or len({pa.types.is_string(part.type) for part in parts}) > 1:
            found.note(f"column {name or at + 1} holds cells of several kinds, read as text")
    return _without_empty_rows(pa.Table.from_arrays(columns, names=kept))


def _without_empty_rows(table: pa.Table) -> pa.Table:
    if not table.num_columns or not all(column.null_count for column in table.columns):
        return table
    filled = functools.reduce(pc.or_, [pc.is_valid(column) for column in table.columns])
    return table.filter(filled)
