"""Reads Arrow IPC files and streams; Feather is the same format as such files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow as pa

from anonymize.errors import SourceError
from anonymize.io.sources.column_names import Renames
from anonymize.io.sources.columnar import ColumnarPartition, columnar, damage_said
from anonymize.io.sources.places import FilePlace

_FILE, _FEATHER_1 = b"ARROW1", b"FEA1"


@dataclass(frozen=True)
class ArrowPartition(ColumnarPartition):
    """One Arrow file."""

    @property
    def kind(self) -> str:
        """The format's name."""
        return "Arrow"

    def read(self, positions: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Yield the file's batches; see `ColumnarPartition.read`."""
        with _opened(self.place) as reader:
            for batch in _batches(reader):
                some = pa.RecordBatch.from_arrays(
                    [batch.column(at) for at in positions],
                    schema=pa.schema([batch.schema.field(at) for at in positions]),
                )
                some.validate(full=True)  # wrong offsets in a file would be read beyond its end
                yield some


@contextmanager
def _opened(place: FilePlace) -> Iterator[pa.RecordBatchFileReader | pa.RecordBatchStreamReader]:
    with place.open() as raw:
        magic = raw.read(6)
    if magic.startswith(_FEATHER_1):
        raise SourceError(
            "is Feather of version 1, which no longer is written; convert it to Parquet",
            place=str(place),
        )
    source = pa.OSFile(str(place.local)) if place.local else pa.PythonFile(place.open(), "r")
    with source:
        yield pa.ipc.open_file(source) if magic == _FILE else pa.ipc.open_stream(source)


def _batches(
    reader: pa.RecordBatchFileReader | pa.RecordBatchStreamReader,
) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.RecordBatchStreamReader):
        yield from reader
        return
    for at in range(reader.num_record_batches):
        yield reader.get_batch(at)


def open_arrow(
    files: Sequence[FilePlace], types: Mapping[str, pa.DataType], renames: Renames
) -> tuple[ColumnarPartition, ...]:
    """Return the files as partitions of one schema; see `columnar`.

    Raises:
        SourceError: not Arrow, or what `columnar` refuses.
    """
    states = {file: file.state() for file in files}
    schemas = [_schema(file) for file in files]
    return columnar(
        files,
        schemas,
        renames,
        types,
        lambda file, schema: ArrowPartition(file, schema, states[file]),
    )


def _schema(place: FilePlace) -> tuple[pa.Schema, bool]:
    with damage_said(place, "Arrow"), _opened(place) as reader:
        return reader.schema, any(batch.num_rows for batch in _batches(reader))
