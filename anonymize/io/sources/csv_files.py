"""Reads CSV files as typed record batches: blocks are parsed ahead, and every character is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import pyarrow as pa

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.blocks import BLOCK_BYTES, Block, Splitter, UnclosedQuote, parse_in_order
from anonymize.io.sources.comment_lines import WithoutComments
from anonymize.io.sources.csv_cells import CellReader, RaggedRowsError, cut_outside_quotes
from anonymize.io.sources.csv_dialect import CsvDialect
from anonymize.io.sources.csv_footer import footer_hint, refuse_lines, without_totals
from anonymize.io.sources.csv_head import CsvHead, read_head
from anonymize.io.sources.csv_header import Heading
from anonymize.io.sources.csv_spread import NotPlainError, chosen_lines
from anonymize.io.sources.csv_types import column_of, infer_schema, sampled
from anonymize.io.sources.divided_text import divided
from anonymize.io.sources.file_partition import FilePartition
from anonymize.io.sources.files import folder_of
from anonymize.io.sources.fixed_width import cell_reader
from anonymize.io.sources.footer import WithoutFooter
from anonymize.io.sources.found import Found
from anonymize.io.sources.numbers_written import Numbers, only_thousands, writing_of
from anonymize.io.sources.pieces import Span, SpanStream, refuse_other_rows
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.record_ends import CsvRecords, spans_of
from anonymize.io.sources.text_streams import WithoutMark, skip
from anonymize.io.sources.text_types import NotOfKind, SpelledTwice, type_name
from anonymize.io.spread import Chosen, chosen_of
from anonymize.nested.raw_names import counted, types_hint
from anonymize.nested.schema import projected

LARGEST_BATCH_ROWS = 350_000
_LOOKED_AT = 1 << 16
"""Number of bytes of a block that are searched for another delimiter."""


class _Refused(ValueError):
    """Cells of one block that do not have the column's type; rows count from 0 within the block."""

    def __init__(self, rows: Sequence[int], what: tuple[str, str], column: str = "") -> None:
        """Store the facts; ``what`` is the message for one row and for several."""
        self.rows, self.what, self.column = rows, what, column
        super().__init__(what[1])


@dataclass(frozen=True)
class CsvPartition(FilePartition):
    """One CSV file."""

    head: CsvHead
    dialect: CsvDialect
    declared: frozenset[str]
    """Columns whose type the caller named. Their text may lose its form, for example leading
    zeros.
    """
    span: Span | None = None
    """The bytes of a piece; None for the whole file."""

    def pieces(self, slow: bool = False) -> tuple[CsvPartition, ...]:
        """Return the file in pieces that end with a record; see `Divisible.pieces`."""
        return divided(self, self._spans, self.dialect.encoding, slow)

    def _spans(self, size_bytes: int, count: int) -> list[Span]:
        first, dialect = self.head.size_bytes, self.dialect
        if dialect.comment or dialect.widths or dialect.skip_footer:
            return []
        with dialect.open(self.place) as stream:
            first += getattr(stream, "mark_bytes", 0)
        find = CsvRecords(dialect.delimiter.encode(), len(self.head.names) == 1)
        return spans_of(self.place, first, size_bytes, count, find)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, str(self.place))
        with self.unchanged():
            cells = self._cells(schema)
            rows = before = self.span.first_row if self.span else 0
            try:
                for parsed in self._parsed(cells, schema):
                    if isinstance(parsed, _Refused):
                        raise self._refusal(parsed, rows)
                    rows += parsed.num_rows
                    yield from _slices(parsed)
            except UnclosedQuote as error:
                row = rows + self._rows_before_quote(error.block, cells) + 1
                raise SourceError(
                    f"row {row}: a quoted cell is not closed", place=str(self.place)
                ) from None
            refuse_other_rows(self.span, rows - before, str(self.place))

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`."""
        schema, read = self.schema, 0
        if self.span is not None:
            yield from chosen_of(self.batches(), first)
            return
        self.place.check(self.state)
        cells = self._cells(schema)

        def parse(block: Block) -> pa.RecordBatch | None:
            typed = _typed(cells, schema, self.declared, block)
            return None if isinstance(typed, _Refused) else typed

        try:
            with self.dialect.open(self.place) as stream:
                splitter = self._splitter(stream, cells)
                delimiter = self.dialect.delimiter.encode()
                for chosen in chosen_lines(splitter, parse, delimiter, first, cells.room):
                    read += chosen[2]
                    yield chosen
        except NotPlainError:  # read the file as a run does, so that the error names the row
            yield from chosen_of(_behind(self.batches(), read), first + read)
        self.place.check(self.state)

    def _cells(self, schema: pa.Schema) -> CellReader:
        return cell_reader(self.head.names, tuple(schema.names), self.dialect, str(self.place))

    def _cut(self, data: bytearray, length: int) -> int:
        return cut_outside_quotes(data, length, self.dialect.delimiter.encode(), self.head.newline)

    def _rows_before_quote(self, block: Block, cells: CellReader) -> int:
        end = self._cut(block.data, block.length)
        try:
            return (
                cells(Block(block.data[:end] + bytearray(cells.room), end, block.offset)).num_rows
                if end
                else 0
            )
        except RaggedRowsError as error:
            return error.rows[0][0]

    def _parsed(self, cells: CellReader, schema: pa.Schema) -> Iterator[pa.RecordBatch | _Refused]:
        rows = 0
        with self._opened() as stream:
            splitter = self._splitter(stream, cells)
            typed = partial(_typed, cells, schema, self.declared)
            for parsed in parse_in_order(splitter, typed, self._cut):
                rows += 0 if isinstance(parsed, _Refused) else parsed.num_rows
                yield parsed
            if isinstance(stream, WithoutFooter):
                refuse_lines(stream.left_out, self.dialect, self.head, rows, str(self.place))

    def _opened(self) -> WithoutMark | WithoutComments | WithoutFooter | SpanStream:
        if self.span is None:
            return self.dialect.open(self.place)
        return SpanStream(self.place, self.span.first, self.span.end)

    def _splitter(self, stream: io.RawIOBase, cells: CellReader) -> Splitter:
        """Return the splitter for the rows after the header, or for those of the piece."""
        if self.span is None:
            skip(stream, self.head.size_bytes)
            start = self.head.size_bytes + getattr(stream, "mark_bytes", 0)
        else:
            start = self.span.first
        splitter = Splitter(stream, str(self.place), room=cells.room, size=BLOCK_BYTES, start=start)
        splitter.newline = self.head.newline
        return splitter

    def _refusal(self, refused: _Refused, rows_before: int) -> SourceError:
        shown = ", ".join(str(rows_before + row + 1) for row in refused.rows[:3])
        more = ", …" if len(refused.rows) > 3 else ""
        column = f": column {refused.column}" if refused.column else ""
        rows = "rows" if len(refused.rows) > 1 else "row"
        what = refused.what[0] if len(refused.rows) == 1 else refused.what[1]
        return SourceError(Problem(f"{self.place}{column}", f"{rows} {shown}{more} {what}"))


def _typed(
    cells: CellReader, schema: pa.Schema, declared: frozenset[str], block: Block
) -> pa.RecordBatch | _Refused:
    """Return one block's rows in their types, or the cells that do not fit. Runs in a worker
    thread.
    """
    try:
        text = cells(block)
    except RaggedRowsError as error:
        if cells.dialect.widths:
            what = f"longer than all widths together, {error.expected} characters"
            return _Refused([row for row, _ in error.rows], (f"is {what}", f"are {what}"))
        counts = ", ".join(str(count) for _, count in error.rows[:3])
        cells_ = "cell" if counts == "1" else "cells"
        what = f"{counts} {cells_} instead of {error.expected}"
        what += _other_delimiter(cells, block) or footer_hint(cells, block, error)
        return _Refused([row for row, _ in error.rows], (f"has {what}", f"have {what}"))
    arrays = []
    for column, field in zip(text.columns, schema, strict=True):
        try:
            arrays.append(cells.typed(column, field.type, lossless=field.name not in declared))
        except NotOfKind as error:
            twice = isinstance(error, SpelledTwice)
            refusal = _twice(field) if twice else _mixed(field, field.name in declared)
            return _Refused(error.rows.tolist(), refusal, field.name)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _other_delimiter(cells: CellReader, block: Block) -> str:
    """Return a hint if another delimiter gives header and first rows of a block the same number of
    cells.
    """
    used = cells.dialect.delimiter
    lines = [
        used.join(cells.names),
        *bytes(block.text()[:_LOOKED_AT]).decode("utf-8", "replace").splitlines()[:20],
    ]
    for other, said in ((";", "';'"), ("\t", "tab"), ("|", "'|'"), (",", "','")):
        try:
            counts = {
                len(row)
                for row in csv.reader(lines[:-1] if len(lines) > 2 else lines, delimiter=other)
                if row
            }
        except csv.Error:
            continue
        if other != used and len(counts) == 1 and counts.pop() > 1:
            return f"; say delimiter: {said}, by which all rows looked at have one number of cells"
    return ""


def _mixed(field: pa.Field, declared: bool) -> tuple[str, str]:
    kind = type_name(field.type)
    what = f"not hold a value of type {kind}, as types: says"
    if not declared:
        what = f"not hold a plain {kind} as the sampled rows do; {types_hint(field.name)}"
    return f"does {what}", f"do {what}"


def _twice(field: pa.Field) -> tuple[str, str]:
    what = (
        "write a number that other rows write otherwise (as 1.10 and 1.1); if they are codes"
        f" {types_hint(field.name)}, if measurements {types_hint(field.name, 'float')}"
    )
    return what.replace("write", "writes", 1), what


def _behind(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the data after the first ``rows`` rows."""
    for batch in batches:
        passed = min(rows, batch.num_rows)
        rows -= passed
        if passed < batch.num_rows:
            yield batch.slice(passed)


def _slices(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for start in range(0, batch.num_rows, LARGEST_BATCH_ROWS):
        yield batch.slice(start, LARGEST_BATCH_ROWS)


def open_csv(
    files: Sequence[FilePlace],
    dialect: CsvDialect,
    types: Mapping[str, pa.DataType],
    heading: Heading | None,
    found: Found,
) -> tuple[CsvPartition, ...]:
    """Return the files as partitions of one schema. Types are the named ones, or inferred from rows
    all over the files.

    Raises:
        SourceError: headers that differ, no rows at all, or a name in ``types`` that is not a
            column.
    """
    states = [file.state() for file in files]
    headers = set[tuple[str, ...]]()
    heads = [read_head(file, dialect, heading, headers) for file in files]
    _refuse_different(files, heads)
    if not any(head.has_rows for head in heads):
        raise SourceError(
            "holds column names and no rows",
            place=str(files[0] if len(files) == 1 else folder_of(files[0])),
        )
    names = heads[0].names
    _refuse_unknown_types(types, names, str(files[0]))
    samples = sampled(files, heads, dialect)
    dialect, samples = without_totals(files, heads, dialect, samples, found)
    if found.guess and dialect.numbers.plain and samples:
        open_ = [column_of(samples, name) for name in names if name not in types]
        written, why = writing_of(open_), "by the numbers of a column"
        if written is None and dialect.delimiter == ";" and only_thousands(open_):
            # semicolons are where a comma is the decimal mark
            written = Numbers(",", ".")
            why = "is a guess by semicolons, and three digits behind each point: check the numbers"
        if written is not None:
            dialect = replace(dialect, numbers=written)
            _said(written, found, why)
    schema = infer_schema(samples, names, dialect.numbers, types, found)
    return tuple(
        CsvPartition(file, schema, state, head, dialect, frozenset(types))
        for file, head, state in zip(files, heads, states, strict=True)
    )


def _said(written: Numbers, found: Found, why: str) -> None:
    if written.decimal != ".":
        found.setting("decimal", written.decimal, why)
    if written.thousands:
        found.setting("thousands", written.thousands, why)


def _refuse_different(files: Sequence[FilePlace], heads: Sequence[CsvHead]) -> None:
    first, known = set(heads[0].names), heads[0].names
    problems = []
    for file, head in zip(files, heads, strict=True):
        names = set(head.names)
        lacks = [at for at, name in enumerate(known, 1) if name not in names]
        adds = [at for at, name in enumerate(head.names, 1) if name not in first]
        if lacks and {one.casefold() for one in names} == {one.casefold() for one in first}:
            what = f"its column names differ from those of {files[0].name} in capitals only; write"
            problems.append(Problem(str(file), f"{what} them alike"))
        elif not first & names:  # one of the two headers may be a row of data, so neither is quoted
            what = (
                f"its first row and that of {files[0].name} share no column name; does one of them"
                " lack its header"
            )
            problems.append(Problem(str(file), what))
        elif lacks or adds:
            parts = (
                [f"lacks {counted(lacks)} of that"] if lacks else []
            )  # one of the two may be data, so neither is quoted
            parts += [f"adds {counted(adds)}"] if adds else []
            problems.append(
                Problem(str(file), f"other columns than {files[0].name}: {'; '.join(parts)}")
            )
    if problems:
        raise SourceError(problems)


def _refuse_unknown_types(
    types: Mapping[str, pa.DataType], names: Sequence[str], place: str
) -> None:
    if types:
        projected(pa.schema([(name, pa.string()) for name in names]), list(types), place)
