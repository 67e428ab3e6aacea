"""What ML teams call: the published version as Arrow or pandas, every file checked before a row is seen."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

from anonymize.dataset.dataset import Dataset
from anonymize.dataset.keymaterial import check_keys
from anonymize.dataset.manifest import FileEntry, Keyring, Manifest
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, KeysError, Problem
from anonymize.io.kms import Envelopes, crypto_factory
from anonymize.io.parts import MAGIC
from anonymize.io.shape import is_list, leaves, projected

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

    def open(self, entry: FileEntry, envelopes: Envelopes) -> pq.ParquetFile:
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
            properties = crypto_factory(envelopes).file_decryption_properties(
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
            envelopes = Envelopes(self.keyring)
            closed = closed_columns(self.folder / entry.path, entry, self.keyring, envelopes)
            with self.open(entry, envelopes) as file:
                wanted = _wanted(file.schema_arrow, columns, closed, self, entry)
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


def closed_columns(path: Path, entry: FileEntry, keyring: Keyring, envelopes: Envelopes) -> frozenset[str]:
    """Return the columns of a part whose key the keyring does not hold, after trying all keys it does.

    Raises:
        KeysError: the footer's key is not held, or a held key does not open what it should.
        DatasetError: the sidecar of wrapped keys is missing or damaged.
    """
    names = {key_id.rsplit(".", 1)[0] for key_id in keyring.key_ids()}
    if entry.key not in names:
        raise KeysError(_absent(entry.key, keyring), place=str(path))
    keys = [entry.key, *entry.restricted]
    check_keys(path, keys, [key for key in keys if key in names], envelopes)
    return frozenset(column for key, columns in entry.restricted.items() if key not in names for column in columns)


def _absent(key: str, keyring: Keyring) -> str:
    return f"key '{key}' is not in the keyring; it holds {', '.join(keyring.key_ids()) or 'none'}"


def _wanted(
    schema: pa.Schema, columns: Sequence[str] | None, closed: frozenset[str], reader: _Reader, entry: FileEntry
) -> pa.Schema:
    """The columns to read: all that are open, or those asked for, in the order asked for."""
    if columns is None:
        return pa.schema([field for field in schema if field.name not in closed])
    if isinstance(columns, str):
        raise ArgumentError("columns is one text; give a list of names")
    wanted = _as_asked(projected(schema, columns, str(reader.folder)), columns)
    owner = {column: key for key, names in entry.restricted.items() for column in names}
    problems = [Problem(f"column {f.name}", _absent(owner[f.name], reader.keyring)) for f in wanted if f.name in closed]
    if problems:
        raise KeysError(problems)
    return wanted


def _as_asked(found: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    """Return the columns in the order in which they, or the first place inside them, were asked for."""
    first = {
        field.name: next(i for i, c in enumerate(columns) if f"{c}.".startswith((f"{field.name}.", f"{field.name}[")))
        for field in found
    }
    return pa.schema(sorted(found, key=lambda field: first[field.name]))


def warn_left_out(closed: Iterable[str]) -> None:
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
    if entry.role == "data" and rows != entry.rows:
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
    number = dataset.chosen(version)  # asked once: a run may publish the next one meanwhile
    return _Reader(dataset.folder(number), dataset.opened(number, keyring), keyring, role)


def iter_batches(
    dataset: str | Path | Dataset,
    columns: Sequence[str] | None = None,
    *,
    version: int | None = None,
    keyring: Keyring | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a published version in order, at most 131,072 a batch; memory stays flat.

    A part's digest is checked before its first row is yielded. Without the key of a column group the
    other columns come, with a `ColumnsLeftOut` warning; naming such a column in ``columns`` is refused. They come in
    the order of ``columns``, as the version has them for None.

    Raises:
        DatasetError: no such version, or a file that is not what the signed manifest lists.
        KeysError: the keyring cannot check the signature or open what was asked for.
        SourceError: no such column.
        ArgumentError: ``columns`` is one text.
    """
    yield from _opened(dataset, version, keyring).batches(columns)


def read_quarantine(
    dataset: str | Path | Dataset, *, version: int | None = None, keyring: Keyring | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows that a run set aside: source file, row, column, reason.

    Raises:
        KeysError: the keyring lacks the owner's key: only the data owner may learn which source rows these are.
        DatasetError: as ``iter_batches``.
    """
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

    In pandas a whole-number or truth column with nulls is of a nullable type (``Int64``), and nested values with
    nulls beside whole numbers are Python's, so no number turns into a float.

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
        envelopes = Envelopes(reader.keyring)
        closed = closed_columns(reader.folder / entry.path, entry, reader.keyring, envelopes)
        with reader.open(entry, envelopes) as file:
            table = _wanted(file.schema_arrow, columns, closed, reader, entry).empty_table()
    return table if as_ == "arrow" else to_pandas(table)


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return ``table`` as a data frame; see `read` for the types."""
    import pandas as pd

    fit = [f for f in table.schema if _whole(f.type)]
    nullable = {f.name: _nullable_dtype(f.type) for f in fit if table.column(f.name).null_count}
    nested = [f.name for f in table.schema if any(map(_has_null_inside, table.column(f.name).chunks))]
    frame: pd.DataFrame = table.drop_columns([*nullable, *nested]).to_pandas()
    for name in (name for name in table.column_names if name in nullable or name in nested):
        if name in nullable:
            series = table.column(name).to_pandas(types_mapper=lambda _type, dtype=nullable[name]: dtype)
        else:
            series = pd.Series(table.column(name).to_pylist(), frame.index, dtype=object)
        frame.insert(min(table.column_names.index(name), frame.shape[1]), name, series)
    return frame


def _whole(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_boolean(type_))


def _has_null_inside(column: pa.Array) -> bool:
    """Return whether whole numbers in structs, lists or maps stand beside nulls: NumPy would make floats of them."""
    if pa.types.is_struct(column.type):
        children = column.flatten()
    elif pa.types.is_map(column.type):
        children = [column.keys, column.items]
    elif is_list(column.type):
        children = [column.flatten()]
    else:
        return False
    return any((_whole(child.type) and child.null_count > 0) or _has_null_inside(child) for child in children)


def _nullable_dtype(type_: pa.DataType) -> Any:
    import pandas as pd

    return pd.api.types.pandas_dtype(
        "boolean" if pa.types.is_boolean(type_) else str(type_).replace("i", "I", 1).replace("uI", "UI")
    )
