"""Writes a published version to one plain file, for tools that cannot read the encrypted parts."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset.dataset import Dataset
from anonymize.dataset.plain_files import (
    Formulas,
    FormulasNeutralised,
    NumbersNulled,
    changed_sentence,
    plain_format,
    plain_write_error,
    refuse_nested,
    write_plain,
)
from anonymize.dataset.reader import iter_batches
from anonymize.dataset.signing import Keyring
from anonymize.dataset.version_reader import empty
from anonymize.durable import refuse_in_dataset
from anonymize.errors import ArgumentError
from anonymize.io.sink.unnamed_file import unnamed_file


@checked
def export(
    folder: str | Path | Dataset,
    path: str | Path,
    *,
    dataset: str | None = None,
    columns: Sequence[str] | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
    overwrite: bool = False,
    formulas: Formulas = "neutralise",
) -> int:
    """Write a version unencrypted to ``path`` (CSV, JSON Lines or Parquet by its ending); return
    its number of rows.

    The file appears when it is complete, readable by its owner only (mode 0600). Memory use does
    not grow with the rows. If the process is killed before, nothing remains if the file system
    supports unnamed files; otherwise the next export to ``path`` removes the remains. In JSON
    Lines, NaN and infinities are null, and a `NumbersNulled` warning counts them.

    Args:
        folder: The dataset or its folder.
        dataset: The name the dataset must have; None accepts any.
        path: The file to write.
        columns: Columns to write; by default all that the keyring opens.
        version: Which version; by default the current one.
        keyring: What opens the version, or its URI; by default what COATCHECK_KEYRING says.
        overwrite: Whether a file that is there is replaced.
        formulas: For CSV: whether ``'`` is put before texts that a spreadsheet would run as
            formulas (a `FormulasNeutralised` warning counts them), or they are kept as they are.

    Raises:
        ArgumentError: an ending that is none of these, a file that is there already or would lie
            in a dataset's folder, or nested columns in CSV.
        DatasetError, KeysError, SourceError: see `iter_batches`; a full disk.
    """
    path = Path(path)
    kind = plain_format(path)
    if path.exists() and not overwrite:
        raise ArgumentError("is there already; remove it or choose another name", place=str(path))
    refuse_in_dataset(path)
    batches = iter_batches(folder, columns, dataset=dataset, version=version, keyring=keyring)
    first = next(batches, None)
    schema = (
        first.schema
        if first is not None
        else empty(folder, columns, dataset, version, keyring).schema
    )
    refuse_nested(schema, kind, str(path))
    try:
        with unnamed_file(path, overwrite=overwrite) as file:
            rows, marked = write_plain(kind, file, schema, _chain(first, batches), formulas)
    except BaseException as error:  # noqa: BLE001 - raised again, or as an error that quotes nothing
        raise plain_write_error(error, kind, schema, path) from None
    if marked:
        told = NumbersNulled if kind == "jsonl" else FormulasNeutralised
        warnings.warn(changed_sentence(kind, marked), told, stacklevel=2)
    return rows


def _chain(
    first: pa.RecordBatch | None, rest: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    if first is not None:
        yield first
    yield from rest
