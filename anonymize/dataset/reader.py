"""Reads a published version as Arrow or pandas, for example for ML teams. Every file is checked
before its rows are returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset.dataset import Dataset
from anonymize.dataset.frames import to_pandas
from anonymize.dataset.signing import Keyring
from anonymize.dataset.version_reader import empty, opened_version
from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    import pandas as pd


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
    yield from opened_version(folder, version, keyring, dataset).batches(columns)


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
    yield from opened_version(folder, version, keyring, dataset, "quarantine").batches(None)


def read_role(
    dataset: Dataset, version: int, keyring: Keyring, role: str
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a version's files of one role, in order; see `iter_batches`."""
    yield from opened_version(dataset, version, keyring, None, role).batches(None)


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
