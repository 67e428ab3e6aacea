"""Small helpers for the io tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.io import Source, open_source


@pytest.fixture
def small_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at few bytes and read small blocks, so that a small file has rows far behind the
    sample.
    """
    monkeypatch.setattr("anonymize.io.sources.csv_types.WHOLE_BYTES", 0)
    monkeypatch.setattr("anonymize.io.sources.csv_types.FIRST_BYTES", 64 << 10)
    monkeypatch.setattr("anonymize.io.sources.csv_types.PROBE_BYTES", 1 << 10)
    monkeypatch.setattr("anonymize.io.sources.csv_files.BLOCK_BYTES", 100_000)
    monkeypatch.setattr("anonymize.io.sources.jsonl_files.BLOCK_BYTES", 100_000)


@pytest.fixture
def source(tmp_path: Path) -> Callable[..., Source]:
    """Write bytes or text to a file and open it as a source."""

    def make(content: str | bytes, name: str = "data.csv", **options: object) -> Source:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return open_source(str(path), **options)

    return make


@pytest.fixture
def table(source: Callable[..., Source]) -> Callable[..., pa.Table]:
    """The same, read whole."""

    def make(
        content: str | bytes,
        name: str = "data.csv",
        columns: list[str] | None = None,
        **options: object,
    ) -> pa.Table:
        return pa.Table.from_batches(list(source(content, name, **options).batches(columns)))

    return make
