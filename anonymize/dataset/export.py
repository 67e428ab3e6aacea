"""Writes a published version to one plain file, for tools that cannot read the encrypted parts."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from anonymize.arguments import checked
from anonymize.dataset.dataset import Dataset
from anonymize.dataset.plain_rows import MARK, is_formula, json_rows, without_formulas
from anonymize.dataset.reader import empty, iter_batches
from anonymize.dataset.signing import Keyring
from anonymize.durable import refuse_in_dataset, write_error
from anonymize.errors import AnonymizeError, ArgumentError
from anonymize.io.sink.unnamed_file import unnamed_file
from anonymize.io.sources.files import COMPRESSIONS, format_of

Formulas = Literal["neutralise", "keep"]
"""What to do with CSV texts that a spreadsheet would run as formulas."""


class FormulasNeutralised(UserWarning):
    """Warning: ``'`` was put before texts so that no spreadsheet runs them."""


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
    Lines, NaN and infinities are null.

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
    kind = format_of(path.name)
    if kind not in _WRITERS or path.suffix.lower() in COMPRESSIONS:
        raise ArgumentError("the ending must be one of .csv, .jsonl, .parquet", place=str(path))
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
    if kind == "csv" and any(pa.types.is_nested(field.type) for field in schema):
        raise ArgumentError(
            "CSV cannot hold nested columns; choose .jsonl or .parquet", place=str(path)
        )
    try:
        with unnamed_file(path, overwrite=overwrite) as file:
            rows, marked = _WRITERS[kind](file, schema, _chain(first, batches), formulas)
    except BaseException as error:
        if isinstance(error, AnonymizeError) or not isinstance(error, Exception):
            raise
        if isinstance(error, FileExistsError):
            raise ArgumentError(
                "is there already; remove it or choose another name", place=str(path)
            ) from None
        if kind == "csv" and isinstance(error, pa.ArrowInvalid):
            bytes_ = [field.name for field in schema if "binary" in str(field.type)]
            what = (
                f"CSV cannot hold bytes that are no text ({', '.join(bytes_)}); choose .jsonl or"
                " .parquet"
            )
            raise ArgumentError(what, place=str(path)) from None
        raise write_error(error, path) from None
    if marked:
        told = ", ".join(f"{name} ({count})" for name, count in sorted(marked.items()))
        what = f"texts that a spreadsheet would run as formulas begin with {MARK} now: {told}"
        warnings.warn(what, FormulasNeutralised, stacklevel=2)
    return rows


def _chain(
    first: pa.RecordBatch | None, rest: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    if first is not None:
        yield first
    yield from rest


def _write_csv(
    file: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch], formulas: Formulas
) -> tuple[int, Counter[str]]:
    rows, marked = 0, Counter[str]()
    names = [
        MARK + name if formulas == "neutralise" and is_formula(name) else name
        for name in schema.names
    ]
    text = pa.schema(
        [
            pa.field(name, _in_csv(field.type, formulas))
            for name, field in zip(names, schema, strict=True)
        ]
    )
    with pa.csv.CSVWriter(
        file, text, write_options=pa.csv.WriteOptions(quoting_style="needed")
    ) as writer:
        for batch in batches:
            rows += batch.num_rows
            if formulas == "neutralise":
                batch, found = without_formulas(batch)
                marked.update(found)
            writer.write_batch(batch.rename_columns(names).cast(text))
    return rows, marked


def _in_csv(kind: pa.DataType, formulas: Formulas) -> pa.DataType:
    """Return the type that a column has when it is written to CSV; text that may get a mark is
    large text.
    """
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    is_text = any(name in str(kind) for name in ("string", "binary"))
    return pa.large_string() if formulas == "neutralise" and is_text else kind


def _write_parquet(
    file: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch], formulas: Formulas
) -> tuple[int, Counter[str]]:
    rows = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows, Counter()


def _write_jsonl(
    file: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch], formulas: Formulas
) -> tuple[int, Counter[str]]:
    import json

    rows = 0
    for batch in batches:
        for row in json_rows(batch):
            file.write(
                (
                    json.dumps(row, ensure_ascii=False, allow_nan=False, default=_as_json) + "\n"
                ).encode()
            )
        rows += batch.num_rows
    return rows, Counter()


def _as_json(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return str(value)


_WRITERS = {"csv": _write_csv, "parquet": _write_parquet, "jsonl": _write_jsonl}
