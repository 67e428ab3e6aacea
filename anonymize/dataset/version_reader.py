"""One opened version as record batches. Its manifest is checked when it is opened, each file when
it is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from anonymize.dataset.manifest import FileEntry, Manifest
from anonymize.dataset.opened_part import OpenedPart, opened_part, require_process
from anonymize.dataset.openparts import absent, closed_columns, closed_keys, does_not_open
from anonymize.dataset.reads import enter_read
from anonymize.dataset.row_filter import Filters, given
from anonymize.dataset.selection import Columns, Selection, select
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.dataset.view import DatasetView
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError
from anonymize.io.sink.parquet_keys import Envelopes

BATCH_ROWS = 131_072
ENTERED = ("data", "quarantine")
"""What is read for its rows; the rest is what acts of the owner keep."""


@dataclass(frozen=True)
class VersionReader:
    """One opened version. Its manifest is checked; its files are checked when they are read."""

    dataset: DatasetView
    manifest: Manifest
    keyring: Keyring
    sidecars: Mapping[str, frozenset[str]]
    role: str = "data"
    path: str | None = None
    """The one file to read; None for all of the role."""

    @property
    def folder(self) -> Path:
        """Return the version's folder."""
        return self.dataset.folder(self.manifest.version)

    def files(self) -> tuple[FileEntry, ...]:
        """Return the entries of the parts that hold what is read, in order."""
        return tuple(
            entry
            for entry in self.manifest.files
            if entry.role == self.role and self.path in (None, entry.path)
        )

    def enter(self, columns: Columns | None) -> None:
        """Enter that rows are read, where the policy asks for that; see `enter_read`.

        Raises:
            DatasetError: the keyring can sign, and the entry could not be written.
        """
        if self.role in ENTERED:
            names = None if columns is None or isinstance(columns, str) else columns
            enter_read(self.dataset, self.manifest, self.keyring, self.role, names)

    def missing(self) -> dict[str, str]:
        """Return the reason for each column that the keyring does not open, in any part."""
        return {
            column: absent(key, self.keyring)
            for entry in self.files()
            for key in closed_keys(entry, self.keyring)
            for column in entry.restricted[key]
        }

    @contextmanager
    def opened(self, entry: FileEntry) -> Iterator[OpenedPart]:
        """Open one part after trying its keys; see `opened_part`.

        Raises:
            DatasetError, KeysError: see `iter_batches`.
        """
        envelopes, path = Envelopes(self.keyring), self.folder / entry.path
        digests = {entry.sidecar_sha256, *self.sidecars.get(entry.path, ())}
        closed_columns(path, entry, self.keyring, envelopes, digests)
        self.dataset.bring_part(self.manifest.version, entry.path)
        with opened_part(path, entry, envelopes) as part:
            self.dataset.drop_part(self.manifest.version, entry.path)  # it is open
            rows = part.file.metadata.num_rows
            if entry.role == "data" and rows != entry.rows:
                what = f"holds {rows} rows, the manifest says {entry.rows}"
                raise DatasetError(what, place=str(path))
            yield part

    def started(
        self,
        columns: Columns | None = None,
        filters: Filters | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """Return the schema of the rows, and the rows in order; see `iter_batches`. The first part
        is opened at once, each other one when its rows are asked for.

        Raises:
            DatasetError, KeysError, SourceError, ArgumentError: see `iter_batches`.
        """
        _refuse_no_rows(batch_rows)
        batches = self._schema_and_batches(columns, filters, batch_rows)
        schema = next(batches)
        assert isinstance(schema, pa.Schema)
        return schema, batches

    def table(
        self, columns: Columns | None, filters: Filters | None, batch_rows: int = BATCH_ROWS
    ) -> pa.Table:
        """Return the rows in order. Without a filter row groups are decoded whole, which takes two
        thirds of the time of batches.

        Raises:
            DatasetError, KeysError, SourceError, ArgumentError: see `iter_batches`.
        """
        _refuse_no_rows(batch_rows)
        if given(filters) is not None:
            schema, batches = self.started(columns, filters, batch_rows)
            return pa.Table.from_batches(batches, schema)
        tables, selection = list[pa.Table](), None
        for entry in self.files():
            with self.opened(entry) as part:
                if selection is None:
                    selection = self.selection(part, columns, None)
                    self.enter(columns)
                tables.append(self._table_of(part, entry, selection))
            del part  # it keeps the part's bytes, beside which the next one's would be
        return pa.concat_tables(tables) if tables else pa.table({})

    def _table_of(self, part: OpenedPart, entry: FileEntry, selection: Selection) -> pa.Table:
        self.refuse_others(part, entry, selection)
        columns, groups = selection.physical(part.file), range(part.file.metadata.num_row_groups)
        try:
            tables = [
                part.file.read_row_group(group, columns=columns)
                for group in part.loaded(groups, columns)
            ]
            found = pa.concat_tables(tables) if tables else part.file.read(columns=columns)
        except AnonymizeError:
            raise
        except (pa.ArrowException, OSError, ValueError):
            raise does_not_open(self.folder / entry.path) from None
        if found.num_rows != part.file.metadata.num_rows:
            what = f"gave {found.num_rows} rows of {part.file.metadata.num_rows}"
            raise DatasetError(what, place=str(self.folder / entry.path))
        return found.select(selection.schema.names).replace_schema_metadata()

    def refuse_others(self, part: OpenedPart, entry: FileEntry, selection: Selection) -> None:
        """Refuse a part with other columns than those that ``selection`` was made of.

        Raises:
            DatasetError: it has them.
        """
        if not part.schema.equals(selection.full):
            what = "has other columns than the first part"
            raise DatasetError(what, place=str(self.folder / entry.path))

    def _schema_and_batches(
        self, columns: Columns | None, filters: Filters | None, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Yield the schema, then the batches."""
        selection: Selection | None = None
        for entry in self.files():
            with self.opened(entry) as part:
                if selection is None:
                    selection = self.selection(part, columns, filters)
                    yield selection.schema
                    self.enter(columns)
                yield from self.rows_of(part, entry, selection, batch_rows)
            del part  # as in `table`
        if selection is None:
            yield pa.schema([])

    def selection(
        self, part: OpenedPart, columns: Columns | None, filters: Filters | None
    ) -> Selection:
        """Return what to read of the version's parts, of which ``part`` is one; see `select`."""
        return select(part.schema, columns, filters, self.missing(), str(self.folder))

    def rows_of(
        self, part: OpenedPart, entry: FileEntry, selection: Selection, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Yield the selected rows of one opened part, in order.

        Raises:
            DatasetError: it does not decode, or has other columns than the version's first part.
            ArgumentError: the filter does not fit.
        """
        path, file, rows = self.folder / entry.path, part.file, 0
        self.refuse_others(part, entry, selection)
        try:
            groups, columns = selection.groups(part), selection.physical(file)
            wanted = sum(file.metadata.row_group(number).num_rows for number in groups)
            for group in part.loaded(groups, columns):
                for batch in file.iter_batches(batch_rows, row_groups=[group], columns=columns):
                    rows += batch.num_rows
                    taken = selection.taken(batch)
                    if taken.num_rows:
                        yield taken
                        require_process(part.process, str(path))
        except AnonymizeError:
            raise
        except (pa.ArrowException, OSError, ValueError):
            raise does_not_open(path) from None
        if rows != wanted:
            raise DatasetError(f"gave {rows} rows of {wanted}", place=str(path))


def _refuse_no_rows(batch_rows: int) -> None:
    if batch_rows < 1:
        raise ArgumentError(f"is {batch_rows}; give 1 or more", place="batch_size")


def opened_version(
    folder: str | Path | DatasetView,
    version: int | None,
    keyring: Keyring | str | None,
    dataset: str | None,
    role: str = "data",
    purpose: str | None = None,
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
    if purpose is not None and manifest.purpose != purpose:
        what = f"version {manifest.version} was made for '{manifest.purpose}', not '{purpose}'"
        raise DatasetError(what, place=str(opened.path))
    return VersionReader(opened, manifest, keyring, standing.sidecars, role)


def empty(
    folder: str | Path | DatasetView,
    columns: Columns | None,
    dataset: str | None,
    version: int | None,
    keyring: Keyring | str | None,
) -> pa.Table:
    """Return the columns of a version without rows."""
    return opened_version(folder, version, keyring, dataset).started(columns)[0].empty_table()
