"""A file that is no text is not read as one, whatever its name and the stated encoding say."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.errors import SourceError
from anonymize.io import open_source

TEXT = b"id,mail\n" + b"".join(b"%d,u%d@example.org\n" % (n, n) for n in range(50))


def _zip() -> bytes:
    with zipfile.ZipFile(file := io.BytesIO(), "w") as archive:
        archive.writestr("a.csv", TEXT)
    return file.getvalue()


def _parquet() -> bytes:
    pq.write_table(pa.table({"a": [1]}), file := io.BytesIO())
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            gzip.compress(TEXT),
            "compressed by gzip; unpack it first, or give it the ending .gz",
        ),
        (bz2.compress(TEXT), "compressed by bzip2"),
        (lzma.compress(TEXT), "compressed by xz"),
        (pa.compress(TEXT, "zstd", asbytes=True), "compressed by zstd"),
        (_zip(), "a ZIP archive or a workbook"),
        (_parquet(), "Parquet; say format: parquet"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"SQLite format 3\x00", "an SQLite database"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("encoding", [None, "iso-8859-1"])
def test_it_is_told_what_it_is(
    tmp_path: Path, data: bytes, said: str, encoding: str | None
) -> None:
    """In an encoding of single bytes, every byte is a character."""
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(SourceError, match=said):
        open_source(tmp_path / "a.csv", encoding=encoding, delimiter=",")


@pytest.mark.parametrize("head", ["BZh,b", "Obj,b", "PK,b"])
def test_words_like_these_are_text(tmp_path: Path, head: str) -> None:
    """A header may begin with the same letters."""
    (tmp_path / "a.csv").write_text(f"{head}\n1,2\n3,4\n")
    assert open_source(tmp_path / "a.csv", delimiter=",").schema.names[1] == "b"
