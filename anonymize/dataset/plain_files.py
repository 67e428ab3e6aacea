"""Writes sanitized batches to one plain file: CSV, JSON Lines or Parquet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from anonymize.dataset.json_values import json_rows
from anonymize.dataset.plain_rows import MARK, is_formula, without_formulas
from anonymize.durable import write_error
from anonymize.errors import AnonymizeError, ArgumentError
from anonymize.io.sources.files import format_of

Formulas = Literal["neutralise", "keep"]
"""What to do with CSV texts that a spreadsheet would run as formulas."""
FORMATS = ("csv", "jsonl", "parquet")
"""Formats that are written."""
_ENDINGS = (".csv", ".jsonl", ".ndjson", ".parquet", ".pq")


class FormulasNeutralised(UserWarning):
    """Warning: ``'`` was put before texts so that no spreadsheet runs them."""


class NumbersNulled(UserWarning):
    """Warning: NaN and infinities, which JSON does not have, became null."""


def plain_format(path: Path) -> str:
    """Return the format that the ending of ``path`` asks for.

    Raises:
        ArgumentError: another ending, for example of a compressed file.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise ArgumentError("the ending must be one of .csv, .jsonl, .parquet", place=str(path))
    return str(format_of(path.name))


def refuse_nested(schema: pa.Schema, kind: str, place: str) -> None:
    """Refuse columns that a file of this format cannot hold.

    Raises:
        ArgumentError: nested columns in CSV.
    """
    if kind == "csv" and any(pa.types.is_nested(field.type) for field in schema):
        raise ArgumentError(
            "CSV cannot hold nested columns; choose .jsonl or .parquet", place=place
        )


def write_plain(
    kind: str,
    file: BinaryIO,
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    formulas: Formulas,
    *,
    header: bool = True,
) -> tuple[int, Mapping[str, int]]:
    """Write ``batches`` in the format ``kind``; return their rows, and per column the number of
    values that the format changed: in CSV texts that were marked because a spreadsheet would run
    them, in JSON Lines numbers that JSON does not have and that became null.

    Without ``header``, what is written is for the end of a file that has one; not for Parquet.
    """
    if kind == "csv":
        return _write_csv(file, schema, batches, formulas, header)
    return (_write_jsonl if kind == "jsonl" else _write_parquet)(file, schema, batches)


def changed_sentence(kind: str, marked: Mapping[str, int]) -> str:
    """Return what is said of the values that the format ``kind`` changed."""
    told = ", ".join(f"{name} ({count})" for name, count in sorted(marked.items()))
    if kind == "jsonl":
        return f"numbers that JSON does not have (NaN, infinities) are null now: {told}"
    return f"texts that a spreadsheet would run as formulas begin with {MARK} now: {told}"


def plain_write_error(
    error: BaseException, kind: str, schema: pa.Schema, path: Path
) -> BaseException:
    """Return the error to raise for one that came while ``path`` was written; it quotes no cell."""
    if isinstance(error, AnonymizeError) or not isinstance(error, Exception):
        return error
    if isinstance(error, FileExistsError):
        return ArgumentError("is there already; remove it or choose another name", place=str(path))
    if kind == "csv" and isinstance(error, pa.ArrowInvalid):
        bytes_ = [field.name for field in schema if "binary" in str(field.type)]
        what = (
            f"CSV cannot hold bytes that are no text ({', '.join(bytes_)}); choose .jsonl or"
            " .parquet"
        )
        return ArgumentError(what, place=str(path))
    return write_error(error, path)


def _write_csv(
    file: BinaryIO,
    schema: pa.Schema,
    batches: Iterator[pa.RecordBatch],
    formulas: Formulas,
    header: bool,
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
    options = pa.csv.WriteOptions(include_header=header, quoting_style="needed")
    with pa.csv.CSVWriter(file, text, write_options=options) as writer:
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
    file: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> tuple[int, Counter[str]]:
    rows = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows, Counter()


def _write_jsonl(
    file: BinaryIO, schema: pa.Schema, batches: Iterator[pa.RecordBatch]
) -> tuple[int, Counter[str]]:
    import json

    rows, nulled = 0, Counter[str]()
    for batch in batches:
        for row in json_rows(batch, nulled):
            file.write(
                (
                    json.dumps(row, ensure_ascii=False, allow_nan=False, default=_as_json) + "\n"
                ).encode()
            )
        rows += batch.num_rows
    return rows, nulled


def _as_json(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return str(value)
