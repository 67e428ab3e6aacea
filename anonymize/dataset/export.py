"""A published version as one plain file, for tools that read nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from anonymize.dataset.dataset import Dataset
from anonymize.dataset.reader import empty, iter_batches
from anonymize.dataset.signing import Keyring
from anonymize.errors import AnonymizeError, ArgumentError
from anonymize.io.files import format_of
from anonymize.io.parts import sync_file, sync_folder, write_error


def export(
    folder: str | Path | Dataset,
    path: str | Path,
    *,
    dataset: str | None = None,
    columns: Sequence[str] | None = None,
    version: int | None = None,
    keyring: Keyring | None = None,
    overwrite: bool = False,
) -> int:
    """Write a version in the clear to ``path`` (CSV, JSON Lines or Parquet by its ending); return its rows.

    The file appears when it is complete, readable by its owner only (mode 0600); memory stays flat.

    Raises:
        ArgumentError: an ending that is none of these, a file that is there already, or nested columns in CSV.
        DatasetError, KeysError, SourceError: see `iter_batches`; a full disk.
    """
    path = Path(path)
    kind = format_of(path)
    if kind is None or path.suffix.lower() in {".gz", ".bz2", ".zst", ".lz4"}:
        raise ArgumentError("the ending must be one of .csv, .jsonl, .parquet", place=str(path))
    if path.exists() and not overwrite:
        raise ArgumentError("is there already; remove it or choose another name", place=str(path))
    batches = iter_batches(folder, columns, dataset=dataset, version=version, keyring=keyring)
    first = next(batches, None)
    schema = first.schema if first is not None else empty(folder, columns, dataset, version, keyring).schema
    if kind == "csv" and any(pa.types.is_nested(field.type) for field in schema):
        raise ArgumentError("CSV cannot hold nested columns; choose .jsonl or .parquet", place=str(path))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        rows = _WRITERS[kind](temporary, schema, _chain(first, batches))
        sync_file(temporary)
        os.replace(temporary, path)
        sync_folder(path.parent)
    except BaseException as error:
        temporary.unlink(missing_ok=True)
        if isinstance(error, AnonymizeError) or not isinstance(error, Exception):
            raise
        if kind == "csv" and isinstance(error, pa.ArrowInvalid):
            bytes_ = [field.name for field in schema if "binary" in str(field.type)]
            what = f"CSV cannot hold bytes that are no text ({', '.join(bytes_)}); choose .jsonl or .parquet"
            raise ArgumentError(what, place=str(path)) from None
        raise write_error(error, path) from None
    return rows


def _chain(first: pa.RecordBatch | None, rest: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    if first is not None:
        yield first
    yield from rest


def _write_csv(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    rows = 0
    with pa.csv.CSVWriter(str(path), schema, write_options=pa.csv.WriteOptions(quoting_style="needed")) as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    rows = 0
    with pq.ParquetWriter(str(path), schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


def _write_jsonl(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> int:
    import json

    rows = 0
    with open(path, "w", encoding="utf-8") as file:
        for batch in batches:
            for row in batch.to_pylist():
                file.write(json.dumps(row, ensure_ascii=False, default=_as_json) + "\n")
            rows += batch.num_rows
    return rows


def _as_json(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return str(value)


_WRITERS = {"csv": _write_csv, "parquet": _write_parquet, "jsonl": _write_jsonl}
