"""Reads a published version as Arrow or pandas, for example for ML teams. Every file is checked
before its rows are returned.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa
import pyarrow.parquet as pq

from anonymize.arguments import checked
from anonymize.dataset.checked_copy import checked_copy
from anonymize.dataset.dataset import Dataset
from anonymize.dataset.frames import to_pandas
from anonymize.dataset.manifest import FileEntry, Manifest
from anonymize.dataset.openparts import absent, closed_columns, does_not_open, open_part
from anonymize.dataset.reads import enter_read
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, KeysError, Problem
from anonymize.io.sink.parquet_keys import Envelopes
from anonymize.nested.schema import leaves, projected

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 131_072


class ColumnsLeftOut(UserWarning):
    """Warning: columns were not read because their key is not in the keyring."""


@dataclass(frozen=True)
class _Reader:
    """One opened version. Its manifest is checked; its files are checked when they are read."""

    dataset: Dataset
    manifest: Manifest
    keyring: Keyring
    sidecars: Mapping[str, frozenset[str]]
    role: str = "data"
    path: str | None = None
    """The one file to read; None for all of the role."""

    @property
    def folder(self) -> Path:
        return self.dataset.folder(self.manifest.version)

    def files(self) -> tuple[FileEntry, ...]:
        return tuple(
            entry
            for entry in self.manifest.files
            if entry.role == self.role and self.path in (None, entry.path)
        )

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
    reader: _Reader,
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


def _opened(
    folder: str | Path | Dataset,
    version: int | None,
    keyring: Keyring | str | None,
    dataset: str | None,
    role: str = "data",
) -> _Reader:
    keyring = opened_keyring(keyring)
    opened = folder if isinstance(folder, Dataset) else Dataset(folder)
    standing = opened.standing(
        version, keyring
    )  # read once, because a run may publish the next version meanwhile
    manifest = opened.opened(standing, keyring)
    if dataset is not None and manifest.dataset != dataset:
        what = f"this folder holds dataset '{manifest.dataset}', not '{dataset}'"
        raise DatasetError(what, place=str(opened.path))
    return _Reader(opened, manifest, keyring, standing.sidecars, role)


@checked
def iter_batches(
    folder: str | Path | Dataset,
    /,
    columns: Sequence[str] | None = None,
    *,
    dataset: str | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a published version in order, at most 131,072 a batch. Memory use does not
    grow with the rows.

    A part is copied first, and the copy's digest is checked before its first row is yielded, so a
    change of the file after that changes no row. One copy exists at a time: up to 128 MiB in
    memory, a larger one in an unnamed file in ``TMPDIR``, as encrypted as the part.

    Without the key of a column group the other columns are read, with a `ColumnsLeftOut` warning;
    naming such a column in ``columns`` is refused. Columns come in the order of ``columns``, or in
    the version's order for None.
    ``dataset`` is the name that the dataset in the folder must have: one signing key may sign many
    datasets, and somebody who can write to their folders can exchange them.

    Raises:
        DatasetError: no such version, a version that was not published according to the signed log,
            another dataset's, ``CURRENT`` is not the log's last move, or a file does not match the
            signed manifest.
        KeysError: the keyring cannot check the signature or open the requested columns.
        SourceError: no such column.
        ArgumentError: ``columns`` is one text.
    """
    reader = _opened(folder, version, keyring, dataset)
    enter_read(reader.dataset, reader.manifest, reader.keyring, reader.role, columns)
    yield from reader.batches(columns)


@checked
def read_quarantine(
    folder: str | Path | Dataset,
    /,
    *,
    dataset: str | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the quarantined rows of a run: source file, row, column, reason.

    Raises:
        KeysError: the keyring lacks the owner's key: only the data owner may know which source rows
            these are.
        DatasetError: as ``iter_batches``.
    """
    reader = _opened(folder, version, keyring, dataset, "quarantine")
    enter_read(reader.dataset, reader.manifest, reader.keyring, reader.role, None)
    yield from reader.batches(None)


def read_role(
    dataset: Dataset, version: int, keyring: Keyring, role: str, path: str | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a version's files of one role, in order, or of the one at ``path``; see
    `iter_batches`.
    """
    reader = _opened(dataset, version, keyring, None, role)
    yield from replace(reader, path=path).batches(None)


@overload
def read(folder: str | Path | Dataset, /, columns: Sequence[
    str
] | None = None, *, dataset: str | None = None, version: int | None = None, keyring: (
    Keyring | str | None
) = None, as_: Literal[
    "pandas"
],
) -> pd.DataFrame: ...  # fmt: skip


@overload
def read(folder: str | Path | Dataset, /, columns: Sequence[
    str
] | None = None, *, dataset: str | None = None, version: int | None = None, keyring: (
    Keyring | str | None
) = None, as_: Literal[
    "arrow"
] = "arrow",
) -> pa.Table: ...  # fmt: skip


@checked
def read(
    folder: str | Path | Dataset,
    /,
    columns: Sequence[str] | None = None,
    *,
    dataset: str | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
    as_: Literal["arrow", "pandas"] = "arrow",
) -> Any:
    """Return a published version (None: the current one) as a table or a data frame.

    In pandas an integer or Boolean column with nulls has a nullable type (``Int64``), and nested
    values in which nulls occur beside whole numbers are Python objects, so no integer becomes a
    float. ``dataset`` is the name that the dataset in the folder must have; see `iter_batches`.

    Raises:
        DatasetError, KeysError, SourceError: see `iter_batches`.
        ArgumentError: ``as_`` is neither arrow nor pandas.
    """
    if as_ not in ("arrow", "pandas"):
        raise ArgumentError(f"as_ is '{as_}'; choose one of arrow, pandas")
    batches = list(iter_batches(folder, columns, dataset=dataset, version=version, keyring=keyring))
    table = (
        pa.Table.from_batches(batches)
        if batches
        else empty(folder, columns, dataset, version, keyring)
    )
    return table if as_ == "arrow" else to_pandas(table)


def empty(
    folder: str | Path | Dataset,
    columns: Sequence[str] | None,
    dataset: str | None,
    version: int | None,
    keyring: Keyring | str | None,
) -> pa.Table:
    """Return the columns of a version without rows."""
    reader = _opened(folder, version, keyring, dataset)
    table = pa.table({})
    for entry in reader.files()[:1]:
        envelopes = Envelopes(reader.keyring)
        closed = reader.closed(entry, envelopes)
        with reader.open(entry, envelopes) as file:
            table = _wanted(file.schema_arrow, columns, closed, reader, entry).empty_table()
    return table
