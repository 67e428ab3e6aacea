"""Reads ORC files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from anonymize.io.sources.column_names import Renames
from anonymize.io.sources.columnar import ColumnarPartition, columnar, damage_said
from anonymize.io.sources.places import FilePlace, readable


@dataclass(frozen=True)
class OrcPartition(ColumnarPartition):
    """One ORC file."""

    @property
    def kind(self) -> str:
        """The format's name."""
        return "ORC"

    def read(self, positions: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Yield the file's stripes; see `ColumnarPartition.read`."""
        from pyarrow import orc

        file = orc.ORCFile(readable(self.place))
        names = [file.schema.names[at] for at in positions]
        unique = len(set(file.schema.names)) == len(file.schema.names)
        for stripe in range(file.nstripes):
            batch = file.read_stripe(stripe, columns=names if unique else None)
            order = [batch.schema.get_field_index(name) for name in names] if unique else positions
            yield pa.RecordBatch.from_arrays(
                [batch.column(at) for at in order],
                schema=pa.schema([batch.schema.field(at) for at in order]),
            )


def open_orc(
    files: Sequence[FilePlace], types: Mapping[str, pa.DataType], renames: Renames
) -> tuple[ColumnarPartition, ...]:
    """Return the files as partitions of one schema; see `columnar`.

    Raises:
        SourceError: not ORC, or what `columnar` refuses.
    """
    states = {file: file.state() for file in files}
    schemas = [_schema(file) for file in files]
    return columnar(
        files,
        schemas,
        renames,
        types,
        lambda file, schema: OrcPartition(file, schema, states[file]),
    )


def _schema(place: FilePlace) -> tuple[pa.Schema, bool]:
    from pyarrow import orc

    with damage_said(place, "ORC"):
        file = orc.ORCFile(readable(place))
        return file.schema, file.nrows > 0
