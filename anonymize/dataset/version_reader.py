"""One opened version as record batches. Its manifest is checked when it is opened, each file when
it is read.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anonymize.dataset.checked_copy import checked_copy
from anonymize.dataset.manifest import FileEntry, Manifest
from anonymize.dataset.openparts import absent, closed_columns, does_not_open, open_part
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.dataset.view import DatasetView
from anonymize.errors import AnonymizeError, DatasetError, KeysError, Problem
from anonymize.io.sink.parquet_keys import Envelopes
from anonymize.nested.schema import leaves, projected

BATCH_ROWS = 131_072


class ColumnsLeftOut(UserWarning):
    """Warning: columns were not read because their key is not in the keyring."""


@dataclass(frozen=True)
class VersionReader:
    """One opened version. Its manifest is checked; its files are checked when they are read."""

    dataset: DatasetView
    manifest: Manifest
    keyring: Keyring
    sidecars: Mapping[str, frozenset[str]]
    role: str = "data"

    @property
    def folder(self) -> Path:
        """Return the version's folder."""
        return self.dataset.folder(self.manifest.version)

    def files(self) -> tuple[FileEntry, ...]:
        """Return the entries of the parts that hold what is read, in order."""
        return tuple(entry for entry in self.manifest.files if entry.role == self.role)

    def open(self, entry: FileEntry, envelopes: Envelopes) -> pq.ParquetFile:
        """Open a copy of one part after checking the copy's digest; see `checked_copy`."""
        path = self.folder / entry.path
        self.dataset.bring_part(self.manifest.version, entry.path)
        copied = checked_copy(path, entry)
        self.dataset.drop_part(self.manifest.version, entry.path)
        return open_part(path, copied, envelopes)

    def closed(self, entry: FileEntry, envelopes: Envelopes) -> frozenset[str]:
        """Return the columns that the keyring does not open."""
        digests = {entry.sidecar_sha256, *self.sidecars.get(entry.path, ())}
        return closed_columns(self.folder / entry.path, entry, self.keyring, envelopes, digests)

    def batches(self, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `iter_batches`."""
        schema: pa.Schema | None = None
        for entry in self.files():
            envelopes = Envelopes(self.keyring)
            closed = self.closed(entry, envelopes)
            with self.open(entry, envelopes) as file:
                wanted = _wanted(file.schema_arrow, columns, closed, self, entry)
                if schema is None and closed and columns is None:
                    warn_left_out(closed)
                schema = schema or wanted
                yield from _read(file, wanted, self.folder / entry.path, entry)


def _wanted(
    schema: pa.Schema,
    columns: Sequence[str] | None,
    closed: frozenset[str],
    reader: VersionReader,
    entry: FileEntry,
) -> pa.Schema:
    """Return the columns to read: all that are open, or the requested ones in their order."""
    if columns is None:
        return pa.schema([field for field in schema if field.name not in closed])
    wanted = _as_asked(projected(schema, columns, str(reader.folder)), columns)
    owner = {column: key for key, names in entry.restricted.items() for column in names}
    problems = [
        Problem(f"column {f.name}", absent(owner[f.name], reader.keyring))
        for f in wanted
        if f.name in closed
    ]
    if problems:
        raise KeysError(problems)
    return wanted


def _as_asked(found: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    """Return the columns in the order in which they, or the first place inside them, were
    requested.
    """
    first = {
        field.name: next(
            i
            for i, c in enumerate(columns)
            if f"{c}.".startswith((f"{field.name}.", f"{field.name}["))
        )
        for field in found
    }
    return pa.schema(sorted(found, key=lambda field: first[field.name]))


def warn_left_out(closed: Iterable[str]) -> None:
    """Warn once about columns that the reader does not get."""
    warnings.warn(
        f"left out {', '.join(sorted(closed))}: no key for them in the keyring",
        ColumnsLeftOut,
        stacklevel=2,
    )


def _read(
    file: pq.ParquetFile, wanted: pa.Schema, path: Path, entry: FileEntry
) -> Iterator[pa.RecordBatch]:
    rows = 0
    physical = _physical(
        file, {path_ for field in wanted for path_, _ in leaves(field.name, field.type)}
    )
    try:
        for batch in file.iter_batches(BATCH_ROWS, columns=physical):
            rows += batch.num_rows
            yield batch.select(wanted.names)
    except AnonymizeError:
        raise
    except (pa.ArrowException, OSError, ValueError):
        raise does_not_open(path) from None
    if entry.role == "data" and rows != entry.rows:
        raise DatasetError(f"holds {rows} rows, the manifest says {entry.rows}", place=str(path))


def _physical(file: pq.ParquetFile, wanted: set[str]) -> list[str]:
    from anonymize.io.sources.parquet_files import physical_paths

    return physical_paths(file, frozenset(wanted))


def opened_version(
    folder: str | Path | DatasetView,
    version: int | None,
    keyring: Keyring | str | None,
    dataset: str | None,
    role: str = "data",
) -> VersionReader:
    """Return a reader of ``version`` (None: the current one) after checking log and manifest.

    Raises:
        DatasetError, KeysError: see `iter_batches`.
    """
    keyring = opened_keyring(keyring)
    opened = folder if isinstance(folder, DatasetView) else DatasetView(folder)
    standing = opened.standing(
        version, keyring
    )  # read once, because a run may publish the next version meanwhile
    manifest = opened.opened(standing, keyring)
    if dataset is not None and manifest.dataset != dataset:
        what = f"this folder holds dataset '{manifest.dataset}', not '{dataset}'"
        raise DatasetError(what, place=str(opened.path))
    return VersionReader(opened, manifest, keyring, standing.sidecars, role)


def empty(
    folder: str | Path | DatasetView,
    columns: Sequence[str] | None,
    dataset: str | None,
    version: int | None,
    keyring: Keyring | str | None,
) -> pa.Table:
    """Return the columns of a version without rows."""
    reader = opened_version(folder, version, keyring, dataset)
    table = pa.table({})
    for entry in reader.files()[:1]:
        envelopes = Envelopes(reader.keyring)
        closed = reader.closed(entry, envelopes)
        with reader.open(entry, envelopes) as file:
            table = _wanted(file.schema_arrow, columns, closed, reader, entry).empty_table()
    return table
