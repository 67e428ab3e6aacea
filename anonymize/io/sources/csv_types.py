"""Infers types of CSV columns from rows at the beginning, the end and in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import PurePath

import pyarrow as pa

from anonymize.errors import SourceError
from anonymize.io.sources.blocks import Block, Recut, Splitter
from anonymize.io.sources.csv_cells import (
    CellReader,
    CsvDialect,
    CsvHead,
    RaggedRowsError,
    cut_outside_quotes,
)
from anonymize.io.sources.files import COMPRESSIONS
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_streams import is_utf8, open_text, skip
from anonymize.io.sources.text_types import infer_kind

WHOLE_BYTES = 16 << 20
"""A first file up to this size is sampled from its whole."""
FIRST_BYTES = 4 << 20
"""Number of bytes sampled at the beginning of a larger first file; a quarter for later files."""
PROBE_BYTES = 256 << 10
PROBES = 16
"""Number of further places that are sampled in each file, the last of them its end."""
MOST_FILES = 32


def infer_schema(
    files: Sequence[FilePlace],
    heads: Sequence[CsvHead],
    dialect: CsvDialect,
    types: Mapping[str, pa.DataType],
) -> pa.Schema:
    """Return each column's type: the named one, else the one that keeps every sampled value.

    Values outside the sample are not lost either: a value that its column's type would change is
    refused when it is read.
    """
    step = max(1, len(files) // MOST_FILES)
    chosen = [(file, head) for file, head in zip(files, heads, strict=True) if head.has_rows][
        ::step
    ]
    samples = [
        batch
        for i, (file, head) in enumerate(chosen)
        for batch in _sample(file, head, dialect, first=i == 0)
    ]
    fields = []
    for name in heads[0].names:
        if name in types:
            fields.append(pa.field(name, types[name]))
            continue
        values = pa.chunked_array(
            [batch.column(name) for batch in samples], pa.string()
        ).combine_chunks()
        fields.append(pa.field(name, infer_kind(values)))
    return pa.schema(fields)


def _sample(
    file: FilePlace, head: CsvHead, dialect: CsvDialect, *, first: bool
) -> Iterator[pa.RecordBatch]:
    cells = CellReader(head.names, head.names, dialect, str(file))
    size = FIRST_BYTES if first else FIRST_BYTES >> 2
    if first and file.state().size_bytes <= WHOLE_BYTES:
        size = WHOLE_BYTES
    cut = partial(cut_outside_quotes, delimiter=dialect.delimiter.encode(), newline=head.newline)
    with open_text(file, dialect.encoding) as stream:
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
        and PurePath(file.name).suffix.lower() not in COMPRESSIONS
    ):
        yield from _probes(file, head, cells, size)


def _probes(
    file: FilePlace, head: CsvHead, cells: CellReader, start: int
) -> Iterator[pa.RecordBatch]:
    """Yield rows from places spread over the rest; skips a place inside a quoted cell."""
    size = file.state().size_bytes
    last = max(start, size - PROBE_BYTES)
    with file.open() as stream:
        for place in range(PROBES):
            offset = start + (last - start) * place // (PROBES - 1)
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
