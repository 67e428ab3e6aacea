"""Infers types of CSV columns from rows at the beginning, the end and in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePath

import pyarrow as pa

from anonymize.errors import SourceError
from anonymize.io.sources.archives import ZipMember
from anonymize.io.sources.blocks import Block, Recut, Splitter
from anonymize.io.sources.csv_cells import CellReader, RaggedRowsError, cut_outside_quotes
from anonymize.io.sources.csv_dialect import CsvDialect
from anonymize.io.sources.csv_head import CsvHead
from anonymize.io.sources.files import COMPRESSIONS
from anonymize.io.sources.fixed_width import cell_reader
from anonymize.io.sources.found import Found
from anonymize.io.sources.numbers_written import Numbers
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_streams import is_utf8, skip
from anonymize.io.sources.text_types import infer_kind, writes_twice
from anonymize.nested.raw_names import told_path, types_hint

WHOLE_BYTES = 16 << 20
"""A first file up to this size is sampled from its whole."""
FIRST_BYTES = 4 << 20
"""Number of bytes sampled at the beginning of a larger first file."""
LATER_BYTES = 16 << 20
"""The same of all later files together, and at most `FIRST_BYTES` / 4 of each."""
PROBE_BYTES = 256 << 10
PROBES = 16
"""Number of further places that are sampled in a file, the last of them its end."""
ALL_PROBES = 64
"""The same of all files together; with more files, two in each."""
MOST_FILES = 32


def sampled(
    files: Sequence[FilePlace], heads: Sequence[CsvHead], dialect: CsvDialect
) -> list[pa.RecordBatch]:
    """Return rows from all over the files, as text; the last rows of small files are among them."""
    step = max(1, len(files) // MOST_FILES)
    chosen = [(file, head) for file, head in zip(files, heads, strict=True) if head.has_rows][
        ::step
    ]
    return [
        batch
        for i, (file, head) in enumerate(chosen)
        for batch in _sample(file, head, dialect, files=len(chosen), first=i == 0)
    ]


def infer_schema(
    samples: Sequence[pa.RecordBatch],
    names: Sequence[str],
    numbers: Numbers,
    types: Mapping[str, pa.DataType],
    found: Found,
) -> pa.Schema:
    """Return each column's type: the named one, else the one that keeps every sampled value.

    Values outside the sample are not lost either: a value that its column's type would change is
    refused when it is read, and so are two spellings of one number that are read together.
    """
    fields = []
    for name in names:
        if name in types:
            fields.append(pa.field(name, types[name]))
            continue
        values = column_of(samples, name)
        kind = _kind(values, numbers)
        fields.append(pa.field(name, kind))
        if pa.types.is_string(kind) and writes_twice(numbers.plainly(values)[0]):
            shown = told_path(name) or f"number {names.index(name) + 1}"
            found.note(
                f"column {shown} writes numbers in two ways, as 1.10 and 1.1, and is read as text;"
                f" if it holds measurements {types_hint(shown, 'float')}"
            )
    return pa.schema(fields)


def column_of(samples: Sequence[pa.RecordBatch], name: str) -> pa.StringArray:
    """Return the sampled texts of one column."""
    return pa.chunked_array([batch.column(name) for batch in samples], pa.string()).combine_chunks()


def _kind(values: pa.StringArray, numbers: Numbers) -> pa.DataType:
    kind = infer_kind(values)
    if numbers.plain or not (
        pa.types.is_string(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
    ):
        return kind
    plain, others = numbers.plainly(values)
    if len(others):
        return pa.string()
    kind = infer_kind(plain)
    return kind if pa.types.is_integer(kind) or pa.types.is_floating(kind) else pa.string()


def _sample(
    file: FilePlace, head: CsvHead, dialect: CsvDialect, *, files: int, first: bool
) -> Iterator[pa.RecordBatch]:
    cells = cell_reader(head.names, head.names, dialect, str(file))
    size = FIRST_BYTES if first else min(FIRST_BYTES >> 2, LATER_BYTES // files)
    if first and file.state().size_bytes <= WHOLE_BYTES:
        size = WHOLE_BYTES
    cut = partial(cut_outside_quotes, delimiter=dialect.delimiter.encode(), newline=head.newline)
    with dialect.open(file) as stream:
        skip(stream, head.size_bytes)
        splitter = Splitter(stream, str(file), room=cells.room, size=size, start=head.size_bytes)
        splitter.newline = head.newline
        block = splitter.next()
        while block is not None:
            try:
                yield cells(block)
                break
            except RaggedRowsError:
                break  # refused with its row number when it is read
            except Recut:
                splitter.take_back([block])
                again = splitter.next(cut)
                if again is None or again.length == block.length:
                    break
                block = again
    if (
        file.state().size_bytes > size
        and is_utf8(dialect.encoding)
        and not (dialect.comment or dialect.skip_footer)
        and not isinstance(file, ZipMember)
        and PurePath(file.name).suffix.lower() not in COMPRESSIONS
    ):
        count = max(2, min(PROBES, ALL_PROBES // files))
        yield from _probes(file, head, cells, size, count)


def _probes(
    file: FilePlace, head: CsvHead, cells: CellReader, start: int, count: int
) -> Iterator[pa.RecordBatch]:
    """Yield rows from places spread over the rest; skips a place inside a quoted cell."""
    size = file.state().size_bytes
    last = max(start, size - PROBE_BYTES)
    with file.open() as stream:
        for place in range(count):
            offset = start + (last - start) * place // (count - 1)
            stream.seek(offset)
            raw = stream.read(PROBE_BYTES)
            begin = raw.find(head.newline) + 1
            end = len(raw) if offset == last else raw.rfind(head.newline) + 1
            if end <= begin:
                continue
            data = bytearray(raw[begin:end]) + bytearray(cells.room)
            try:
                yield cells(Block(data, end - begin, offset))
            except (Recut, RaggedRowsError, SourceError):
                continue
