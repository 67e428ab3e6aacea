"""Reads what may be a leak: a table (CSV, JSON lines, Parquet), or any text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anonymize.errors import SourceError

MOST_BYTES = 8 << 30
_PARQUET = b"PAR1"
_DELIMITERS = ",;\t|"
_LOOKED_AT = 64 << 10


@dataclass(frozen=True)
class Leak:
    """What is searched for canaries."""

    table: pa.Table | None
    """The table; None if it is none."""
    text: str
    """The text, if it is no table."""


def read_leak(path: str | Path, given: bytes | None = None) -> Leak:
    """Return the content of a file, or ``given``, what was on standard input.

    Raises:
        SourceError: it cannot be read, or is a damaged Parquet file.
    """
    place = "-" if given is not None else str(path)
    try:
        data = Path(path).read_bytes() if given is None else given
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", place=place) from None
    if data[:4] == _PARQUET:
        try:
            return Leak(pq.read_table(io.BytesIO(data)), "")
        except (pa.ArrowException, OSError):
            raise SourceError(
                "is no Parquet file, although it begins as one", place=place
            ) from None
    text = data.decode("utf-8-sig", errors="replace")
    table = _json_table(text) or _csv_table(text)
    return Leak(table, "" if table is not None else text)


def _json_table(text: str) -> pa.Table | None:
    """Return a table of JSON objects, one a line or in one list; None if it is something else."""
    start = text.lstrip()[:1]
    try:
        if start == "[":
            rows = json.loads(text)
        elif start == "{":
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
        else:
            return None
    except (ValueError, RecursionError):
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not rows:
        return None
    names = dict.fromkeys(str(name) for row in rows for name in row)
    return _of_texts(list(names), [[_told(row.get(name)) for name in names] for row in rows])


def _told(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def _csv_table(text: str) -> pa.Table | None:
    """Return a table of text with delimiters; None if lines do not have equally many."""
    head = text[:_LOOKED_AT].splitlines()
    if len(head) < 2:
        return None
    for delimiter in sorted(_DELIMITERS, key=lambda one: -head[0].count(one)):
        if not head[0].count(delimiter):
            return None
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
        width = len(rows[0])
        if width > 1 and sum(len(row) == width for row in rows) >= 0.9 * len(rows):
            kept = [[cell or None for cell in row] for row in rows[1:] if len(row) == width]
            return _of_texts(_different(rows[0]), kept)
    return None


def _different(names: Sequence[str]) -> list[str]:
    return [name if names.index(name) == at else f"{name} {at}" for at, name in enumerate(names)]


def _of_texts(names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [[] for _ in names]
    return pa.table({n: pa.array(c, pa.string()) for n, c in zip(names, columns, strict=True)})
