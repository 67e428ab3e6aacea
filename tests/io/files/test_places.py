"""Formats read any place of a file, also one that no library can open by a path."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import BinaryIO

import openpyxl
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

from anonymize.io import open_source
from anonymize.io.sources.places import LocalFile

TABLE = pa.table({"id": ["a1", "b2", "c3"] * 500, "n": list(range(1500))})


def _sheet(path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(TABLE.column_names)
    for row in TABLE.to_pylist():
        book.active.append(list(row.values()))
    book.save(path)


def _text(path: Path) -> None:
    lines = ["id,n", *(f"{row['id']},{row['n']}" for row in TABLE.to_pylist()), ""]
    data = "\n".join(lines).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


WRITERS = {
    "csv": _text,
    "csv.gz": _text,
    "jsonl": lambda path: path.write_text(TABLE.to_pandas().to_json(orient="records", lines=True)),
    "parquet": lambda path: pq.write_table(TABLE, path),
    "feather": lambda path: pa.feather.write_feather(TABLE, path),
    "orc": lambda path: pa.orc.write_table(TABLE, path),
    "xlsx": _sheet,
}


@pytest.mark.parametrize("ending", WRITERS)
def test_a_file_without_a_path_is_read_as_a_stream(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As an object store gives it: only ``open`` is there."""
    path = tmp_path / f"d.{ending}"
    WRITERS[ending](path)
    data, opened = path.read_bytes(), 0

    def as_stream(self: LocalFile) -> BinaryIO:
        nonlocal opened
        opened += 1
        return io.BytesIO(data)

    monkeypatch.setattr(LocalFile, "local", property(lambda self: None))
    monkeypatch.setattr(LocalFile, "open", as_stream)
    source = open_source(str(path))
    assert pa.Table.from_batches(source.batches()).equals(TABLE)
    assert pa.Table.from_batches([source.spread().batch()]).equals(TABLE)
    assert opened > 0
