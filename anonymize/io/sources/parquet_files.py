"""Reads Parquet files as record batches of plain types."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.column_names import Renames, final_names
from anonymize.io.sources.columnar import refuse_values_for_columns
from anonymize.io.sources.declared_types import declared, fitted
from anonymize.io.sources.file_partition import FilePartition
from anonymize.io.sources.key_counts import KeyCounts, KeysAreDataError
from anonymize.io.sources.parquet_pages import batch_rows, refuse_long_cells
from anonymize.io.sources.pieces import Span, grouped, refuse_other_rows
from anonymize.io.sources.places import FilePlace, readable
from anonymize.io.spread import Chosen, chosen_of, chosen_rows
from anonymize.nested.schema import (
    leaf_paths,
    leaves,
    plain_schema,
    projected,
    refuse_duplicates,
    structs,
)

BATCH_ROWS = 131_072
FILES_LOOKED_AT, GROUPS_LOOKED_AT, ROWS_LOOKED_AT = 16, 16, 4096
"""Sample for structs with keys: numbers of files, of row groups per file and of rows per row group,
spread evenly.
"""


@dataclass(frozen=True)
class ParquetPartition(FilePartition):
    """One Parquet file, or neighbouring row groups of it."""

    span: Span | None = None
    """The row groups of a piece; None for the whole file."""

    def pieces(self, slow: bool = False) -> tuple[ParquetPartition, ...]:
        """Return the file in pieces of whole row groups; see `Divisible.pieces`."""
        with self._opened() as file:
            sizes, rows = _groups(file.metadata)
        spans = [
            Span(first, end, sum(rows[:first]), sum(rows[first:end]), sum(sizes[first:end]))
            for first, end in grouped(sizes, slow)
        ]
        return tuple(replace(self, span=one) for one in spans) if len(spans) > 1 else (self,)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, str(self.place))
        wanted = [path for field in schema for path, _ in leaves(field.name, field.type)]
        with self._opened() as file:
            physical, kept = self._physical(file, schema, frozenset(wanted))
            groups = range(self.span.first, self.span.end) if self.span else None
            rows = 0
            for batch in file.iter_batches(
                batch_rows(file, BATCH_ROWS), row_groups=groups, columns=physical
            ):
                some = batch if kept is None else batch.select(kept)
                rows += batch.num_rows
                yield fitted(some, schema, str(self.place))
            refuse_other_rows(self.span, rows, str(self.place))

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`. Row groups without a chosen row are not
        read.
        """
        if self.span is not None:
            yield from chosen_of(self.batches(), first)
            return
        with self._opened() as file:
            at_once = batch_rows(file, BATCH_ROWS)
            for groups, rows in _stretches(file.metadata, first):
                if groups:
                    batches = file.iter_batches(at_once, row_groups=groups)
                    yield from chosen_of(
                        (fitted(batch, self.schema, str(self.place)) for batch in batches), first
                    )
                else:
                    nothing = pa.RecordBatch.from_pylist([], schema=self.schema)
                    yield nothing, np.zeros(0, np.int64), rows
                first += rows

    def _physical(
        self, file: pq.ParquetFile, schema: pa.Schema, wanted: frozenset[str]
    ) -> tuple[list[str] | None, list[int] | None]:
        """Return Parquet's paths of the columns to read, or None for all and the positions to keep,
        because columns of one name in the file cannot be told apart by it.
        """
        own = file.schema_arrow.names
        if len(set(own)) < len(own):
            return None, [self.schema.get_field_index(name) for name in schema.names]
        return physical_paths(file, wanted, self.schema.names), None

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        """Open the file; that it changed is said in place of the damage that comes of it."""
        self.place.check(self.state)
        try:
            with pq.ParquetFile(readable(self.place), page_checksum_verification=True) as file:
                yield file
        except (pa.ArrowException, OSError):
            self.place.check(self.state)
            raise SourceError(
                "cannot be read as Parquet: damaged or cut short", place=str(self.place)
            ) from None
        self.place.check(self.state)


def _groups(metadata: pq.FileMetaData) -> tuple[list[int], list[int]]:
    """Return the bytes, decompressed, and the rows of each row group."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    return [group.total_byte_size for group in groups], [group.num_rows for group in groups]


def _stretches(metadata: pq.FileMetaData, first: int) -> Iterator[tuple[list[int], int]]:
    """Yield row groups to read together (none if they can be skipped) and their number of rows."""
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


def physical_paths(
    file: pq.ParquetFile, wanted: frozenset[str], names: Sequence[str] | None = None
) -> list[str]:
    """Return Parquet's dotted paths of the leaves in ``wanted``, from the file's schema; ``names``
    are the columns' names in ``wanted``, if they are others than the file's.
    """
    arrow = [
        path
        for name, field in zip(names or file.schema_arrow.names, file.schema_arrow, strict=True)
        for path, type_ in leaves(name, field.type)
        for _ in range(_width(type_))
    ]
    return [file.schema.column(i).path for i, path in enumerate(arrow) if path in wanted]


def _width(type_: pa.DataType) -> int:
    """Return the number of Parquet columns of a leaf: a map has those of its keys and its items."""
    if pa.types.is_map(type_):
        return sum(
            _width(t) for child in (type_.key_type, type_.item_type) for _, t in leaves("", child)
        )
    return 1


def open_parquet(
    files: Sequence[FilePlace], types: Mapping[str, pa.DataType], renames: Renames = ()
) -> tuple[ParquetPartition, ...]:
    """Return the files as partitions of one schema.

    Raises:
        SourceError: not Parquet, encrypted, schemas that differ, no rows, names that occur twice.
    """
    states = [file.state() for file in files]
    opened = [_open(file) for file in files]
    schema = opened[0][0]
    names = final_names(schema.names, renames, str(files[0]))
    refuse_values_for_columns(names, str(files[0]))
    problems = [
        Problem(str(file), f"other columns or types than {files[0].name}")
        for file, (other, _) in zip(files, opened, strict=True)
        if not other.equals(schema)
    ]
    if problems:
        raise SourceError(problems)
    _refuse_data_for_names(files, schema)
    if not any(rows for _, rows in opened):
        raise SourceError("holds column names and no rows", place=str(files[0]))
    schema = pa.schema([pa.field(n, f.type) for n, f in zip(names, schema, strict=True)])
    refuse_duplicates(leaf_paths(schema), str(files[0]))
    if types:
        schema = declared(schema, types, str(files[0]))
    return tuple(
        ParquetPartition(file, schema, state) for file, state in zip(files, states, strict=True)
    )


def _refuse_data_for_names(files: Sequence[FilePlace], schema: pa.Schema) -> None:
    """Refuse structs that are keyed by values, recognized by how few rows have each key. Reads row
    groups all over the files.

    Raises:
        SourceError: the error quotes no key.
    """
    keyed = [f.name for f in schema if any(kind.num_fields for _, kind in structs(f.name, f.type))]
    if not keyed:
        return
    counts = KeyCounts()
    try:
        for file in files[:: -(-len(files) // FILES_LOOKED_AT)]:
            for batch in _first_rows(file, keyed):
                counts.note(batch)
        counts.refuse_data()
    except KeysAreDataError as error:
        what = f"{error.keys}; write it as a map, or as JSON in text"
        raise SourceError(what, place=f"{files[0]}: column {error.column}") from None


def _first_rows(file_place: FilePlace, columns: list[str]) -> Iterator[pa.RecordBatch]:
    """Yield the first rows of row groups all over a file."""
    with pq.ParquetFile(readable(file_place)) as file:
        for group in range(
            0, file.num_row_groups, -(-file.num_row_groups // GROUPS_LOOKED_AT) or 1
        ):
            yield from itertools.islice(
                file.iter_batches(ROWS_LOOKED_AT, row_groups=[group], columns=columns), 1
            )


def _open(place: FilePlace) -> tuple[pa.Schema, int]:
    with place.open() as raw:
        magic = raw.read(4)
    if magic == b"PARE":
        raise SourceError(
            "is encrypted Parquet; sources are read in the clear, datasets with coatcheck's reader",
            place=str(place),
        )
    try:
        with pq.ParquetFile(readable(place)) as file:
            refuse_long_cells(file, place)
            return plain_schema(file.schema_arrow), file.metadata.num_rows
    except (pa.ArrowException, OSError):
        raise SourceError(
            "cannot be read as Parquet: damaged or cut short", place=str(place)
        ) from None
