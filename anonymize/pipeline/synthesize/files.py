"""Writes synthetic rows to a file, and what was signed of them beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from anonymize.errors import ArgumentError, DatasetError
from anonymize.pipeline.aggregate.files import sha256_of

ENDINGS = (".csv", ".parquet")
"""What is written is said by how the file's name ends."""


def beside(output: Path) -> Path:
    """Return where the signed document of a file of rows is."""
    return output.with_name(f"{output.name}.json")


def require_ending(output: Path) -> None:
    """Check that a file's name says what is written.

    Raises:
        ArgumentError: it does not.
    """
    if output.suffix.lower() not in ENDINGS:
        what = f"ends in none of {', '.join(ENDINGS)}, which say what is written"
        raise ArgumentError(what, place=str(output))


def write_rows(table: pa.Table, output: Path, file: BinaryIO) -> str:
    """Write the rows to ``file``, which is that of ``output``; return the SHA-256."""
    if output.suffix.lower() == ".csv":
        import pyarrow.csv as pacsv

        pacsv.write_csv(table, file)
    else:
        import pyarrow.parquet as pq

        pq.write_table(table, file, compression="zstd")
    return sha256_of(file)


def require_rows(path: Path, body: Mapping[str, Any]) -> None:
    """Check that a file has the rows that a signed document is of.

    Raises:
        DatasetError: it has others, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            found = sha256_of(file)
    except OSError:
        raise DatasetError("cannot be read", place=str(path)) from None
    if body.get("sha256") != found:
        what = "holds other rows than the signed document is of; do not train on it"
        raise DatasetError(what, place=str(path))
