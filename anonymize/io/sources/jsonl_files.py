"""Reads JSON Lines files as record batches. Every line is read for the schema before the first
batch.

Strings stay strings, except in fields whose every value in all files is an ISO date
(``2024-01-31``), a timestamp without zone (``2024-01-31T10:00:00``) or one with a zone (kept as the
instant, in UTC). These become date, timestamp and instant, unless ``types:`` has string for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa
import pyarrow.json

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.blocks import BLOCK_BYTES, Block, Splitter, parse_in_order
from anonymize.io.sources.divided_text import divided
from anonymize.io.sources.file_partition import FilePartition
from anonymize.io.sources.found import Found
from anonymize.io.sources.json_depth import TOO_DEEP, too_deep_at
from anonymize.io.sources.json_records import JsonLayout
from anonymize.io.sources.jsonl_rewrite import as_texts, fields_in_order
from anonymize.io.sources.jsonl_types import MixedTypes, SchemaScan, dotted, raw_path
from anonymize.io.sources.key_counts import KeysAreDataError
from anonymize.io.sources.pieces import Span, SpanStream, refuse_other_rows
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.record_ends import lines, spans_of
from anonymize.io.sources.text_streams import not_encoded, read_up_to, utf8_error_offset
from anonymize.io.spread import Chosen, chosen_of
from anonymize.nested.raw_names import told_path, types_hint
from anonymize.nested.schema import projected

LARGEST_BATCH_ROWS = 350_000
_CHANGED = re.compile(r"Column\((.*)\) changed from (\w+) to (\w+) in row (\d+)")
_TWICE = re.compile(r"Column\((.*)\) was specified twice in row (\d+)")
_NULL_LINE = re.compile(rb"(?:^|\n)[ \t\r]*n")
_ROW = re.compile(r"in row (\d+)")


class BadLines(ValueError):
    """Problems of a block; ``row`` counts from 0 within it, None if unknown."""

    def __init__(self, what: str, row: int | None = None, column: str = "", path: str = "") -> None:
        """Store the facts; never a value. ``path`` is that of a field that could be text."""
        self.what, self.row, self.column, self.path = what, row, column, path
        super().__init__(what)


@dataclass(frozen=True)
class JsonlPartition(FilePartition):
    """One JSON Lines file."""

    layout: JsonLayout
    texts: frozenset[str]
    """Leaves that are read as text whatever they hold, because ``types:`` has string for them."""
    span: Span | None = None
    """The bytes of a piece; None for the whole file."""

    def pieces(self, slow: bool = False) -> tuple[JsonlPartition, ...]:
        """Return the file in pieces that end with a line; see `Divisible.pieces`."""
        return divided(self, self._spans, self.layout.encoding, slow)

    def _spans(self, size_bytes: int, count: int) -> list[Span]:
        if self.layout.array:
            return []
        with self.layout.open(self.place) as stream:
            first = getattr(stream, "mark_bytes", 0)
        return spans_of(self.place, first, size_bytes, count, lines)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, str(self.place))
        parse = partial(_typed, schema, self.texts)
        rows = 0
        with self.unchanged():
            for batch in parsed_blocks(self.place, self.layout, parse, self.span):
                rows += batch.num_rows
                for start in range(0, batch.num_rows, LARGEST_BATCH_ROWS):
                    yield batch.slice(start, LARGEST_BATCH_ROWS)
            refuse_other_rows(self.span, rows, str(self.place))

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`."""
        yield from chosen_of(self.batches(), first)


def parsed_blocks(
    file: FilePlace, layout: JsonLayout, parse: object, span: Span | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield ``parse(block)`` for the blocks of the file, or of a piece of it, in order; turns a
    `BadLines` into an error with its row.
    """
    rows = span.first_row if span else 0
    with SpanStream(file, span.first, span.end) if span else layout.open(file) as stream:
        start = span.first if span else getattr(stream, "mark_bytes", 0)
        splitter = Splitter(stream, str(file), size=BLOCK_BYTES, start=start)

        def guarded(block: Block) -> pa.RecordBatch | BadLines:
            try:
                refuse_not_utf8(block, str(file), layout.encoding)
                refuse_deep(block)
                return parse(block)  # type: ignore[operator]
            except BadLines as error:
                return error

        for parsed in parse_in_order(splitter, guarded):
            if isinstance(parsed, BadLines):
                where = f"row {rows + parsed.row + 1}: " if parsed.row is not None else ""
                place = f"{file}: column {parsed.column}" if parsed.column else str(file)
                raise SourceError(Problem(place, where + parsed.what))
            rows += parsed.num_rows
            if parsed.num_rows:
                yield parsed


def refuse_not_utf8(block: Block, place: str, encoding: str) -> None:
    """Refuse a block that is not UTF-8, with the position. Arrow's JSON reader does not check this.

    Raises:
        SourceError: with the offset of the first wrong byte.
    """
    bad = utf8_error_offset(block.text())
    if bad is not None:
        raise not_encoded(place, encoding, block.offset + bad)


def refuse_deep(block: Block) -> None:
    """Refuse a block with a row that is nested too deeply for parsers.

    Raises:
        BadLines: with the row.
    """
    at = too_deep_at(block.data, block.length)
    if at is not None:
        raise BadLines(f"{TOO_DEEP}; it is no table", bytes(block.data[:at]).strip().count(b"\n"))


def parse_lines(
    block: Block, schema: pa.Schema | None, *, others: str, texts: frozenset[str] = frozenset()
) -> pa.Table:
    """Return the block's objects as a table; ``others`` decides about fields that are not in
    ``schema``.

    Raises:
        BadLines: a line that is not a JSON object, or fields whose type changes.
    """
    data: memoryview | bytes = block.text()
    if b"{" not in block.data[: block.length]:
        if not bytes(data).strip():
            return pa.table({})
        raise BadLines("not JSON Lines: one object a line", 0)
    if found := _NULL_LINE.search(
        data
    ):  # Arrow accepts null as a row, and crashes if all lines are null
        raise BadLines(
            "not JSON Lines: one object a line",
            bytes(data[: found.start() + 1]).strip().count(b"\n"),
        )
    try:
        table = _read(data, schema, others)
    except pa.ArrowInvalid as error:
        if not (texts and _CHANGED.search(str(error))):
            raise _bad_lines(str(error)) from None
        try:
            table = _read(as_texts(bytes(data), texts), schema, others)
        except pa.ArrowInvalid as again:
            raise _bad_lines(str(again)) from None
    _refuse_other_lines(table, bytes(data))
    return table


def _read(data: memoryview | bytes, schema: pa.Schema | None, others: str) -> pa.Table:
    json = pa.json
    return json.read_json(
        pa.BufferReader(pa.py_buffer(data)),
        read_options=json.ReadOptions(use_threads=False, block_size=len(data) + 1),
        parse_options=json.ParseOptions(explicit_schema=schema, unexpected_field_behavior=others),
    )


def _bad_lines(message: str) -> BadLines:
    """Return the problem in Arrow's message, without the values that it may quote."""
    if changed := _CHANGED.search(message):
        path, before, after, row = changed.groups()
        if not path:
            return BadLines(f"not JSON Lines: one object a line, this is of type {after}", int(row))
        column = dotted(path)
        remedy = types_hint(column) if column else "its name looks like data, rename it first"
        plain = {before, after} <= {"string", "number", "boolean"}
        return BadLines(
            f"holds {after} where other rows hold {before}; {remedy}",
            int(row),
            column,
            raw_path(path) if plain else "",
        )
    if twice := _TWICE.search(message):
        return BadLines("the same object names this field twice", int(twice[2]), dotted(twice[1]))
    row_ = _ROW.search(message)
    return BadLines("not valid JSON: one object a line", int(row_[1]) if row_ else None)


def _refuse_other_lines(table: pa.Table, data: bytes) -> None:
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    if table.num_rows != lines and table.num_rows != sum(
        1 for line in data.split(b"\n") if line.strip()
    ):
        raise BadLines("not JSON Lines: one whole object on each line")


def _typed(schema: pa.Schema, texts: frozenset[str], block: Block) -> pa.RecordBatch:
    table = parse_lines(block, _as_read(schema), others="ignore", texts=texts)
    if not table.num_rows:
        return pa.RecordBatch.from_pylist([], schema=schema)
    batch = table.combine_chunks().to_batches()[0]
    arrays = []
    for field in schema:
        try:
            arrays.append(batch.column(field.name).cast(field.type))
        except pa.ArrowInvalid:
            raise BadLines(f"a value is not of type {field.type}", None, field.name) from None
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _as_read(schema: pa.Schema) -> pa.Schema:
    from anonymize.io.sources.jsonl_types import as_read

    return as_read(schema)


def open_jsonl(
    files: Sequence[FilePlace],
    layout: JsonLayout,
    types: Mapping[str, pa.DataType],
    found: Found,
) -> tuple[JsonlPartition, ...]:
    """Return the files as partitions of one schema, which is found by reading every line once.

    Raises:
        SourceError: no object at all, lines that are not objects, fields of mixed type, unknown
            names in ``types``.
    """
    states = [file.state() for file in files]
    texts = frozenset(path for path, type_ in types.items() if pa.types.is_string(type_))
    scan = SchemaScan(types, mixed_as_text=found.guess)
    scan.natural = _first_lines_schema(files[0], layout)
    for file in files:
        try:
            for batch in parsed_blocks(file, layout, partial(_scanned, scan, texts)):
                scan.note(batch)
        except (KeysAreDataError, MixedTypes) as error:
            raise _refusal(file, error) from None
    if not scan.rows:
        raise SourceError("holds no JSON object", place=str(files[0]))
    try:
        schema = scan.schema(str(files[0]))
    except KeysAreDataError as error:
        raise _refusal(files[0], error) from None
    if not schema.names:
        raise SourceError("holds no field in any object", place=str(files[0]))
    for file, state in zip(files, states, strict=True):
        file.check(state)
    for path in sorted(scan.mixed):
        kept = dict(found.settings.get("types", {}))  # type: ignore[call-overload]
        found.settings["types"] = {**kept, path: "string"}
        column = told_path(path) or "a field"
        found.note(f"column {column} holds values of several types, read as text")
    return tuple(
        JsonlPartition(file, schema, state, layout, texts | scan.mixed)
        for file, state in zip(files, states, strict=True)
    )


def _refusal(file: FilePlace, error: KeysAreDataError | MixedTypes) -> SourceError:
    place = f"{file}: column {error.column}" if error.column else str(file)
    return SourceError(Problem(place, str(error)))


def _first_lines_schema(file: FilePlace, layout: JsonLayout) -> pa.Schema | None:
    """Return the fields of the first lines in their order; None if they cannot be read, which is
    reported later.
    """
    try:
        with layout.open(file) as stream:
            head = read_up_to(stream, 1 << 20)
    except SourceError:
        return None
    if b"{" not in head or too_deep_at(head, len(head)) is not None:
        return None
    head = head[: head.rfind(b"\n") + 1] or head
    try:
        return _read(head, None, "infer").schema
    except pa.ArrowInvalid:  # for example, a field whose type changes
        return fields_in_order(head)


def _scanned_lines(
    scan: SchemaScan, texts: frozenset[str], block: Block, hints: pa.Schema | None
) -> pa.Table:
    """Return a block's rows; fields of mixed types become text where that is allowed."""
    while True:
        known = texts | scan.mixed
        try:
            return parse_lines(block, hints, others="infer", texts=known)
        except BadLines as error:
            if not scan.mixed_as_text or not error.path or error.path in known:
                raise
            scan.mixed.add(error.path)


def _scanned(scan: SchemaScan, texts: frozenset[str], block: Block) -> pa.RecordBatch:
    """Return one block in its own types, with dates as text."""
    table = _scanned_lines(scan, texts, block, scan.hints())
    hints = scan.hinted(table.schema)
    if hints is not None:
        table = _scanned_lines(scan, texts, block, hints)
    if not table.num_rows or not table.num_columns:
        return (
            pa.RecordBatch.from_arrays([pa.nulls(table.num_rows)], ["\0"])
            if table.num_rows
            else pa.RecordBatch.from_pylist([])
        )
    return table.combine_chunks().to_batches()[0]
