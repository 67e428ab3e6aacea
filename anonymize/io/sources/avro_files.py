"""Reads Avro object container files with fastavro."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import pyarrow as pa

from anonymize.errors import MissingExtraError, Problem, SourceError
from anonymize.io.sources.avro_types import NoArrowType, arrow_schema
from anonymize.io.sources.column_names import Renames
from anonymize.io.sources.columnar import ColumnarPartition, columnar
from anonymize.io.sources.places import FilePlace
from anonymize.nested.raw_names import told_path

ROWS = 8_192
"""Rows that become Arrow at once."""


@dataclass(frozen=True)
class AvroPartition(ColumnarPartition):
    """One Avro file."""

    own: pa.Schema
    """The file's names and types."""

    @property
    def kind(self) -> str:
        """The format's name."""
        return "Avro"

    def read(self, positions: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Yield the file's rows; see `ColumnarPartition.read`."""
        fields = [self.own.field(at) for at in positions]
        records = _records(self.place)
        while some := list(itertools.islice(records, ROWS)):
            columns = [_column([row[f.name] for row in some], f, self.place) for f in fields]
            yield pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))


def _column(values: list[Any], field: pa.Field, place: FilePlace) -> pa.Array:
    try:
        if any(isinstance(value, UUID) for value in values):
            values = [None if value is None else str(value) for value in values]
        return pa.array(values, field.type)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        what = f"holds values that are not of type {field.type}"
        raise SourceError(Problem(f"{place}: column {told_path(field.name)}", what)) from None


def _reader(stream: Any, place: FilePlace) -> Any:
    try:
        import fastavro
    except ImportError:
        raise MissingExtraError.of("Avro files", "avro") from None
    try:
        return fastavro.reader(stream)
    except Exception:  # noqa: BLE001 - its errors quote what it read
        raise _damaged(place) from None


def _records(place: FilePlace) -> Iterator[dict[str, Any]]:
    with io.BufferedReader(cast(io.RawIOBase, place.open()), 1 << 20) as stream:
        reader = _reader(stream, place)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except Exception:  # noqa: BLE001 - its errors quote what it read
                raise _damaged(place) from None
            yield row


def _damaged(place: FilePlace) -> SourceError:
    return SourceError("cannot be read as Avro: damaged or cut short", place=str(place))


def open_avro(
    files: Sequence[FilePlace], types: Mapping[str, pa.DataType], renames: Renames
) -> tuple[ColumnarPartition, ...]:
    """Return the files as partitions of one schema; see `columnar`.

    Raises:
        MissingExtraError: fastavro is not installed.
        SourceError: not Avro, types that Arrow cannot represent, or what `columnar` refuses.
    """
    states = {file: file.state() for file in files}
    schemas = [_schema(file) for file in files]
    return columnar(
        files,
        schemas,
        renames,
        types,
        lambda file, schema: AvroPartition(file, schema, states[file], schemas[0][0]),
    )


def _schema(place: FilePlace) -> tuple[pa.Schema, bool]:
    with io.BufferedReader(cast(io.RawIOBase, place.open())) as stream:
        written = _reader(stream, place).writer_schema
    try:
        schema = arrow_schema(written)
    except NoArrowType as error:
        where = f"{place}: column {told_path(error.path)}" if error.path else str(place)
        raise SourceError(error.what, place=where) from None
    except (KeyError, TypeError, ValueError, pa.ArrowException):
        raise _damaged(place) from None
    return schema, next(_records(place), None) is not None
