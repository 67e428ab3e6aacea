"""Parquet files as record batches of plain types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from anonymize.errors import Problem, SourceError
from anonymize.io.files import FileState
from anonymize.io.shape import leaf_paths, leaves, plain_schema, projected, refuse_duplicates
from anonymize.io.spread import Chosen, chosen_of, chosen_rows

BATCH_ROWS = 131_072


@dataclass(frozen=True)
class ParquetPartition:
    """One Parquet file."""

    path: Path
    schema: pa.Schema
    state: FileState

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, str(self.path))
        self.state.check(self.path)
        wanted = [path for field in schema for path, _ in leaves(field.name, field.type)]
        try:
            with pq.ParquetFile(self.path, page_checksum_verification=True) as file:
                physical = physical_paths(file, frozenset(wanted))
                for batch in file.iter_batches(BATCH_ROWS, columns=physical):
                    yield _cast(batch, schema)
        except (pa.ArrowException, OSError):
            self.state.check(self.path)
            raise SourceError("cannot be read as Parquet: damaged or cut short", place=str(self.path)) from None
        self.state.check(self.path)

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`. Row groups of which none is chosen are not read."""
        self.state.check(self.path)
        try:
            with pq.ParquetFile(self.path, page_checksum_verification=True) as file:
                for groups, rows in _stretches(file.metadata, first):
                    if groups:
                        batches = file.iter_batches(BATCH_ROWS, row_groups=groups)
                        yield from chosen_of((_cast(batch, self.schema) for batch in batches), first)
                    else:
                        yield pa.RecordBatch.from_pylist([], schema=self.schema), np.zeros(0, np.int64), rows
                    first += rows
        except (pa.ArrowException, OSError):
            self.state.check(self.path)
            raise SourceError("cannot be read as Parquet: damaged or cut short", place=str(self.path)) from None
        self.state.check(self.path)


def _stretches(metadata: pq.FileMetaData, first: int) -> Iterator[tuple[list[int], int]]:
    """Yield row groups to be read together, none where they may be passed over, and how many rows they hold."""
    groups: list[int] = []
    read = passed = 0
    for number in range(metadata.num_row_groups):
        rows = metadata.row_group(number).num_rows
        wanted = bool(len(chosen_rows(first + read + passed, rows)))
        if wanted and passed:
            yield [], passed
            first, passed = first + passed, 0
        elif not wanted and groups:
            yield groups, read
            first, groups, read = first + read, [], 0
        if wanted:
            groups.append(number)
            read += rows
        else:
            passed += rows
    if read or passed:
        yield groups, read or passed


def physical_paths(file: pq.ParquetFile, wanted: frozenset[str]) -> list[str]:
    """Return Parquet's own dotted paths of the leaves in ``wanted``, from the file's schema alone."""
    arrow = [
        path
        for field in file.schema_arrow
        for path, type_ in leaves(field.name, field.type)
        for _ in range(_width(type_))
    ]
    return [file.schema.column(i).path for i, path in enumerate(arrow) if path in wanted]


def _width(type_: pa.DataType) -> int:
    """How many Parquet columns a leaf takes: a map has its keys' and its items'."""
    if pa.types.is_map(type_):
        return sum(_width(t) for child in (type_.key_type, type_.item_type) for _, t in leaves("", child))
    return 1


def _cast(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    columns = [batch.column(field.name) for field in schema]
    return pa.RecordBatch.from_arrays(
        [c if c.type.equals(f.type) else c.cast(f.type) for c, f in zip(columns, schema, strict=True)], schema=schema
    )


def open_parquet(files: Sequence[Path], types: Mapping[str, pa.DataType]) -> tuple[ParquetPartition, ...]:
    """Return the files as partitions of one schema.

    Raises:
        SourceError: not Parquet, encrypted, schemas that differ, no rows, names that occur twice.
    """
    if types:
        raise SourceError("types: is for CSV and JSON Lines; Parquet names its own types", place=str(files[0]))
    states = [FileState.of(file) for file in files]
    opened = [_open(file) for file in files]
    schema = opened[0][0]
    refuse_duplicates(schema.names, str(files[0]))
    refuse_duplicates(leaf_paths(schema), str(files[0]))
    problems = [Problem(str(file), f"other columns or types than {files[0].name}")
                for file, (other, _) in zip(files, opened, strict=True) if not other.equals(schema)]  # fmt: skip
    if problems:
        raise SourceError(problems)
    if not any(rows for _, rows in opened):
        raise SourceError("holds column names and no rows", place=str(files[0]))
    return tuple(ParquetPartition(file, schema, state) for file, state in zip(files, states, strict=True))


def _open(path: Path) -> tuple[pa.Schema, int]:
    with open(path, "rb") as raw:
        magic = raw.read(4)
    if magic == b"PARE":
        raise SourceError(
            "is encrypted Parquet; sources are read in the clear, datasets with coatcheck's reader", place=str(path)
        )
    try:
        with pq.ParquetFile(path) as file:
            return plain_schema(file.schema_arrow), file.metadata.num_rows
    except (pa.ArrowException, OSError):
        raise SourceError("cannot be read as Parquet: damaged or cut short", place=str(path)) from None
