"""Reads a published version as Arrow, pandas or polars, for example for ML teams. Every file is
checked before its rows are returned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset.dataset import Dataset
from anonymize.dataset.frames import polars, to_pandas, to_polars
from anonymize.dataset.lazy_frame import lazy_frame
from anonymize.dataset.row_filter import Filters
from anonymize.dataset.selection import Columns
from anonymize.dataset.signing import Keyring
from anonymize.dataset.version_reader import BATCH_ROWS, opened_version
from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd

Form = Literal["arrow", "batches", "pandas", "polars", "lazyframe"]
_FORMS = ("arrow", "batches", "pandas", "polars", "lazyframe")


@checked
def iter_batches(
    folder: str | Path | Dataset,
    /,
    columns: Columns | None = None,
    *,
    filters: Filters | None = None,
    batch_size: int = BATCH_ROWS,
    dataset: str | None = None,
    purpose: str | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a published version in order, at most ``batch_size`` a batch, of one row
    group each. Memory use does not grow with the rows.

    What is decoded is a copy in memory, of the blocks of 64 KiB that the columns need. The digest
    of each is compared before a row of it is yielded, so a change of the file changes no row; it
    is an error when its row group is reached. What no column needs is not compared: `verify`
    compares every byte. Memory holds the encrypted bytes of two row groups. A part of an earlier
    release, which has no digests of its blocks, is copied and compared whole before its first row:
    up to 128 MiB in memory, a larger one in an unnamed file in ``TMPDIR``.

    Without the key of a column group the other columns are read, with a `ColumnsLeftOut` warning;
    naming such a column in ``columns`` is refused. ``columns="readable"`` reads the same without
    the warning. Columns come in the order of ``columns``, else in the version's.

    ``filters`` keeps rows: ``[(column, operator, value), …]`` if all hold, a list of such lists if
    one does, or an expression of ``pyarrow.compute``. It may read columns that ``columns`` leaves
    out, but none that the keyring does not open. Row groups that their statistics (encrypted as the
    columns are) rule out are not decoded.

    ``dataset`` is the name that the dataset in the folder must have: one signing key may sign many
    datasets, and somebody who can write to their folders can exchange them. ``purpose`` is the
    purpose that the version must have been made for, as its policy states it.

    Raises:
        DatasetError: no such version, a version that was not published according to the signed log,
            another dataset's or purpose's, ``CURRENT`` is not the log's last move, or a file does
            not match the signed manifest.
        KeysError: the keyring cannot check the signature or open the requested columns, or those
            that the filter reads.
        SourceError: no such column.
        ArgumentError: ``columns`` is another text, ``filters`` is no filter, does not fit the
            columns' types or reads nested columns, or ``batch_size`` is below 1.
    """
    opened = opened_version(folder, version, keyring, dataset, purpose=purpose)
    yield from opened.started(columns, filters, batch_size)[1]


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
    yield from opened_version(folder, version, keyring, dataset, "quarantine").started()[1]


def read_role(
    dataset: Dataset, version: int, keyring: Keyring, role: str, path: str | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a version's files of one role, in order, or of the one at ``path``; see
    `iter_batches`.
    """
    opened = opened_version(dataset, version, keyring, None, role)
    yield from replace(opened, path=path).started()[1]


@overload
def read(folder: str | Path | Dataset, /, columns: Columns | None = None, *,
    filters: Filters | None = None, batch_size: int = BATCH_ROWS, dataset: str | None = None,
    purpose: str | None = None, version: int | None = None, keyring: Keyring | str | None = None,
    as_: Literal["pandas"],
) -> pd.DataFrame: ...  # fmt: skip


@overload
def read(folder: str | Path | Dataset, /, columns: Columns | None = None, *,
    filters: Filters | None = None, batch_size: int = BATCH_ROWS, dataset: str | None = None,
    purpose: str | None = None, version: int | None = None, keyring: Keyring | str | None = None,
    as_: Literal["batches"],
) -> pa.RecordBatchReader: ...  # fmt: skip


@overload
def read(folder: str | Path | Dataset, /, columns: Columns | None = None, *,
    filters: Filters | None = None, batch_size: int = BATCH_ROWS, dataset: str | None = None,
    purpose: str | None = None, version: int | None = None, keyring: Keyring | str | None = None,
    as_: Literal["polars", "lazyframe"],
) -> Any: ...  # fmt: skip


@overload
def read(folder: str | Path | Dataset, /, columns: Columns | None = None, *,
    filters: Filters | None = None, batch_size: int = BATCH_ROWS, dataset: str | None = None,
    purpose: str | None = None, version: int | None = None, keyring: Keyring | str | None = None,
    as_: Literal["arrow"] = "arrow",
) -> pa.Table: ...  # fmt: skip


@checked
def read(
    folder: str | Path | Dataset,
    /,
    columns: Columns | None = None,
    *,
    filters: Filters | None = None,
    batch_size: int = BATCH_ROWS,
    dataset: str | None = None,
    purpose: str | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
    as_: Form = "arrow",
) -> Any:
    """Return a published version (None: the current one) as a table, a stream or a data frame.

    ``as_`` is ``arrow`` for a `pyarrow.Table`, ``batches`` for a `pyarrow.RecordBatchReader` of at
    most ``batch_size`` rows a batch in bounded memory, ``pandas``, ``polars``, or ``lazyframe`` for
    a polars LazyFrame, which reads the columns that a query needs, batch by batch, when it is
    collected. Each part's footer and row groups are compared before their rows come, those of the
    first footer before this returns.

    In pandas an integer or Boolean column with nulls has a nullable type (``Int64``), and nested
    values in which nulls occur beside whole numbers are Python objects, so no integer becomes a
    float. The other arguments are those of `iter_batches`.

    Raises:
        DatasetError, KeysError, SourceError: see `iter_batches`.
        ArgumentError: see `iter_batches`; ``as_`` is none of these.
        MissingExtraError: polars is not installed.
    """
    if as_ not in _FORMS:
        raise ArgumentError(f"as_ is '{as_}'; choose one of {', '.join(_FORMS)}")
    if as_ in ("polars", "lazyframe"):
        polars()  # before anything is read, if it is not installed
    opened = opened_version(folder, version, keyring, dataset, purpose=purpose)
    if as_ == "lazyframe":
        return lazy_frame(opened, columns, filters, batch_size)
    if as_ == "batches":
        return pa.RecordBatchReader.from_batches(*opened.started(columns, filters, batch_size))
    table = opened.table(columns, filters, batch_size)
    if as_ == "arrow":
        return table
    return to_pandas(table) if as_ == "pandas" else to_polars(table)
