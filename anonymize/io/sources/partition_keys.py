"""Columns that are the names of folders, as Hive and Spark write them: ``year=2024/a.parquet``.

Values are treated like those of any column. They are in no error, because they may be personal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from anonymize.errors import Problem, SourceError
from anonymize.io.interface import Partition
from anonymize.io.sources.partition_of import PartitionOf
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_types import NotOfKind, convert, infer_kind, type_name
from anonymize.io.spread import Chosen
from anonymize.nested.schema import projected

_KEY = re.compile(r"([A-Za-z_][\w. -]*)=(.*)", re.DOTALL)
NULL = "__HIVE_DEFAULT_PARTITION__"
"""The folder's value that means null."""

Keys = tuple[tuple[str, str | None], ...]
"""Names and values, as text, of one file's folders."""


def key_in(folder: str) -> tuple[str, str | None] | None:
    """Return name and value of a folder such as ``year=2024``; None for other folders."""
    found = _KEY.fullmatch(folder)
    if found is None:
        return None
    value = unquote(found[2])
    return found[1], None if value in (NULL, "") else value


def keys_of(places: Sequence[FilePlace], source: str) -> tuple[Keys, ...]:
    """Return the keys of each file's folders.

    Raises:
        SourceError: files have other keys than the first, or a key twice.
    """
    keys = tuple(
        tuple(key for folder in place.folders if (key := key_in(folder))) for place in places
    )
    names = [name for name, _ in keys[0]]
    if len(set(names)) < len(names):
        raise SourceError("a folder inside another has the same key", place=source)
    if any([name for name, _ in other] != names for other in keys):
        told = ", ".join(sorted({name for key in keys for name, _ in key}))
        raise SourceError(
            f"is partitioned by folders, but not every file is in folders for {told}; name the"
            " files with a glob",
            place=source,
        )
    return keys


@dataclass(frozen=True)
class KeyedPartition(PartitionOf):
    """One file with the columns of its folders behind its own."""

    keys: tuple[tuple[str, object], ...]
    """Name and value of each column that the folders give."""

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, self.name)
        names = {name for name, _ in self.keys}
        own = None if columns is None else [one for one in columns if one not in names]
        own = own if own or own is None else [self.inner.schema.names[0]]
        for batch in self.inner.batches(own):
            yield self._with_keys(batch, schema)

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`."""
        for batch, positions, count in self.inner.chosen(first):
            yield self._with_keys(batch, self.schema), np.asarray(positions), count

    def _with_keys(self, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        values = dict(self.keys)
        return pa.RecordBatch.from_arrays(
            [
                pa.repeat(pa.scalar(values[field.name], field.type), batch.num_rows)
                if field.name in values
                else batch.column(field.name)
                for field in schema
            ],
            schema=schema,
        )


def keyed(
    partitions: Sequence[Partition],
    keys: Sequence[Keys],
    types: Mapping[str, pa.DataType],
    source: str,
) -> tuple[Partition, ...]:
    """Return ``partitions`` with the columns of their folders; types are the named ones, or those
    that keep every value.

    Raises:
        SourceError: a file has a column of the same name, or a value is not of its named type.
    """
    names = [name for name, _ in keys[0]]
    problems = [
        Problem(f"{source}: column {name}", "is in the files and in the names of their folders")
        for name in names
        if name in partitions[0].schema.names
    ]
    columns, fields = [], []
    for at, name in enumerate(names):
        texts = pa.array([key[at][1] for key in keys], pa.string())
        kind = types.get(name, infer_kind(texts))
        try:
            columns.append(convert(texts, kind, lossless=name not in types).to_pylist())
        except NotOfKind as error:
            what = f"{len(error.rows)} folders are not of type {type_name(kind)}, as types: says"
            problems.append(Problem(f"{source}: column {name}", what))
        fields.append(pa.field(name, kind))
    if problems:
        raise SourceError(problems)
    schema = pa.schema([*partitions[0].schema, *fields])
    return tuple(
        KeyedPartition(
            partition,
            schema,
            tuple((name, column[at]) for name, column in zip(names, columns, strict=True)),
        )
        for at, partition in enumerate(partitions)
    )
