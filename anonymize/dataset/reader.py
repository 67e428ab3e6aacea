"""What ML teams call: the published version as Arrow or pandas, every file checked before a row is seen."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from anonymize.dataset.dataset import Dataset
from anonymize.dataset.keymaterial import missing_keys
from anonymize.dataset.manifest import FileEntry, Keyring, Manifest
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, KeysError
from anonymize.io.kms import crypto_factory
from anonymize.io.parts import MAGIC
from anonymize.io.shape import leaves, projected

if TYPE_CHECKING:
    import pandas as pd

BATCH_ROWS = 131_072
_CHUNK = 8 << 20


class ColumnsLeftOut(UserWarning):
    """Columns were not read because their key is not in the keyring."""


@dataclass(frozen=True)
class _Reader:
    """One version, opened: its manifest is checked, its files are not yet."""

    folder: Path
    manifest: Manifest
    keyring: Keyring
    role: str = "data"

    def files(self) -> tuple[FileEntry, ...]:
        return tuple(entry for entry in self.manifest.files if entry.role == self.role)

    def open(self, entry: FileEntry) -> pq.ParquetFile:
        """Open one part: digest checked over the same handle that is then read."""
        path = self.folder / entry.path
        try:
            handle = pa.OSFile(str(path), "rb")
        except OSError:
            raise DatasetError("is missing or may not be read", place=str(path)) from None
        _check_digest(handle, entry, path)
        handle.seek(0)
        try:
            config = pe.DecryptionConfiguration()
            properties = crypto_factory(self.keyring).file_decryption_properties(
                pe.KmsConnectionConfig(), config, parquet_file_path=str(path)
            )
            return pq.ParquetFile(handle, decryption_properties=properties, pre_buffer=True)
        except AnonymizeError:
            raise
        except (pa.ArrowException, OSError, ValueError):
            raise _does_not_open(path) from None

    def batches(self, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
        schema: pa.Schema | None = None
        for entry in self.files():
            with self.open(entry) as file:
                closed = closed_columns(self.folder / entry.path, entry, self.keyring)
                wanted = _wanted(file.schema_arrow, columns, closed, str(self.folder / entry.path))
                if schema is None and closed and columns is None:
                    warn_left_out(closed)
                schema = schema or wanted
                yield from _read(file, wanted, self.folder / entry.path, entry)


def _check_digest(handle: pa.NativeFile, entry: FileEntry, path: Path) -> None:
    digest, head = hashlib.sha256(), b""
    while chunk := handle.read(_CHUNK):
        head = head or chunk[:4]
        digest.update(chunk)
    if head != MAGIC:
        raise DatasetError("is not encrypted Parquet: refused", place=str(path))
    if digest.hexdigest() != entry.sha256:
        raise DatasetError("its bytes are not those the manifest lists: refused", place=str(path))


def _does_not_open(path: Path) -> DatasetError:
    return DatasetError("does not open: damaged, or made with a key that is not in the keyring", place=str(path))


def closed_columns(path: Path, entry: FileEntry, keyring: Keyring) -> dict[str, str]:
    """Return the columns whose key the keyring cannot use, each with the reason.

    Asked of the wrapped keys before Parquet sees them: it hangs or aborts on some uses of a column
    whose key is missing.

    Raises:
        KeysError: the key of the footer itself cannot be used.
    """
    missing = missing_keys(path, [entry.key, *entry.restricted], keyring)
    if entry.key in missing:
        raise KeysError(missing[entry.key], place=str(path))
    return {column: missing[key] for key, columns in entry.restricted.items() if key in missing for column in columns}


def _wanted(schema: pa.Schema, columns: Sequence[str] | None, closed: dict[str, str], place: str) -> pa.Schema:
    if columns is None:
        return pa.schema([field for field in schema if field.name not in closed])
    wanted = projected(schema, columns, place)
    refused = [f"column {field.name}: {closed[field.name]}" for field in wanted if field.name in closed]
    if refused:
        raise KeysError("; ".join(refused))
    return wanted


def warn_left_out(closed: dict[str, str]) -> None:
    """Say once which columns a reader does not get."""
    warnings.warn(f"left out {', '.join(sorted(closed))}: no key for them in the keyring", ColumnsLeftOut, stacklevel=2)


def _read(file: pq.ParquetFile, wanted: pa.Schema, path: Path, entry: FileEntry) -> Iterator[pa.RecordBatch]:
    rows = 0
    physical = _physical(file, {path_ for field in wanted for path_, _ in leaves(field.name, field.type)})
    try:
        for batch in file.iter_batches(BATCH_ROWS, columns=physical):
            rows += batch.num_rows
            yield batch.select(wanted.names)
    except AnonymizeError:
        raise
    except (pa.ArrowException, OSError, ValueError):
        raise _does_not_open(path) from None
    if rows != entry.rows:
        raise DatasetError(f"holds {rows} rows, the manifest says {entry.rows}", place=str(path))


def _physical(file: pq.ParquetFile, wanted: set[str]) -> list[str]:
    from anonymize.io.parquet_source import physical_paths

    return physical_paths(file, frozenset(wanted))


def _default_keyring() -> Keyring:
    from anonymize.keys import open_keyring

    return open_keyring()


def _opened(dataset: str | Path | Dataset, version: int | None, keyring: Keyring | None, role: str = "data") -> _Reader:
    keyring = keyring or _default_keyring()
    dataset = dataset if isinstance(dataset, Dataset) else Dataset(dataset)
    number = dataset.chosen(version)
    return _Reader(
        dataset.folder(number),
        dataset.manifest(number if version is not None else None, keyring=keyring),
        keyring,
        role,
    )


def iter_batches(
    dataset: str | Path | Dataset,
    columns: Sequence[str] | None = None,
    *,
    version: int | None = None,
    keyring: Keyring | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a published version in order, at most 131,072 a batch; memory stays flat.

    A part's digest is checked before its first row is yielded. Without the key of a column group the
    other columns come, with a `ColumnsLeftOut` warning; naming such a column in ``columns`` is refused.

    Raises:
        DatasetError: no such version, or a file that is not what the signed manifest lists.
        KeysError: the keyring cannot check the signature or open what was asked for.
        SourceError: no such column.
    """
    yield from _opened(dataset, version, keyring).batches(columns)


def read_quarantine(
    dataset: str | Path | Dataset, *, version: int | None = None, keyring: Keyring | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows that a run set aside, for who holds their key."""
    yield from _opened(dataset, version, keyring, "quarantine").batches(None)


@overload
def read(
    dataset: str | Path | Dataset, columns: Sequence[str] | None = None, *,
    version: int | None = None, keyring: Keyring | None = None, as_: Literal["pandas"],
) -> pd.DataFrame: ...  # fmt: skip
@overload
def read(
    dataset: str | Path | Dataset, columns: Sequence[str] | None = None, *,
    version: int | None = None, keyring: Keyring | None = None, as_: Literal["arrow"] = "arrow",
) -> pa.Table: ...  # fmt: skip
def read(
    dataset: str | Path | Dataset,
    columns: Sequence[str] | None = None,
    *,
    version: int | None = None,
    keyring: Keyring | None = None,
    as_: Literal["arrow", "pandas"] = "arrow",
) -> Any:
    """Return a published version (None: the current one) as a table or a data frame.

    In pandas a whole-number or truth column with nulls is of a nullable type (``Int64``), so no number
    turns into a float.

    Raises:
        DatasetError, KeysError, SourceError: see `iter_batches`.
        ArgumentError: ``as_`` is neither arrow nor pandas.
    """
    if as_ not in ("arrow", "pandas"):
        raise ArgumentError(f"as_ is '{as_}'; choose one of arrow, pandas")
    batches = list(iter_batches(dataset, columns, version=version, keyring=keyring))
    if not batches:
        return _empty(dataset, columns, version, keyring, as_)
    table = pa.Table.from_batches(batches)
    return table if as_ == "arrow" else to_pandas(table)


def _empty(
    dataset: str | Path | Dataset, columns: Sequence[str] | None, version: int | None, keyring: Keyring | None, as_: str
) -> Any:
    """A version without rows still has columns."""
    reader = _opened(dataset, version, keyring)
    table = pa.table({})
    for entry in reader.files()[:1]:
        with reader.open(entry) as file:
            closed = closed_columns(reader.folder / entry.path, entry, reader.keyring)
            table = _wanted(file.schema_arrow, columns, closed, entry.path).empty_table()
    return table if as_ == "arrow" else to_pandas(table)


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return ``table`` as a data frame; see `read` for the types."""
    import pandas as pd

    with_nulls = {column.type for column in table.columns if column.null_count}
    nullable: dict[pa.DataType, Any] = {pa.bool_(): pd.BooleanDtype()} if pa.bool_() in with_nulls else {}
    for type_ in with_nulls:
        if pa.types.is_integer(type_):
            nullable[type_] = pd.api.types.pandas_dtype(str(type_).replace("uint", "UInt").replace("int", "Int"))
    frame: pd.DataFrame = table.to_pandas(types_mapper=nullable.get)
    return frame
