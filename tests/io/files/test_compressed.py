"""Compressed files: every kind reads as what is inside, and bad ones are refused."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.errors import SourceError
from anonymize.io import open_source
from anonymize.io.sources import archives

TEXT = b"a,b\n" + b"".join(b"%d,text %d\n" % (at, at) for at in range(5000))
LINES = b"".join(b'{"a": %d, "b": "x"}\n' % at for at in range(5000))


def zipped(**members: bytes) -> bytes:
    """Return a ZIP archive; ``__`` in a member's name is a point."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return buffer.getvalue()


def zstd(data: bytes) -> bytes:
    """Return a Zstandard frame."""
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as out:
        out.write(data)
    return sink.getvalue().to_pybytes()


KINDS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd,
    "zip": lambda data: zipped(inside__csv=data),
}


@pytest.mark.parametrize("ending", KINDS)
def test_every_compression_reads_as_what_is_inside(tmp_path: Path, ending: str) -> None:
    """All rows, and again in another process's words."""
    path = tmp_path / f"d.csv.{ending}"
    path.write_bytes(KINDS[ending](TEXT))
    table = pa.Table.from_batches(open_source(str(path)).batches())
    assert table.num_rows == 5000
    assert table["b"][4999].as_py() == "text 4999"
    assert open_source(str(path)).spread().batch().num_rows == 5000
    print_ = open_source(str(path)).fingerprint()
    assert "inside" not in str(print_)


@pytest.mark.parametrize("ending", KINDS)
def test_every_truncation_is_refused(tmp_path: Path, ending: str) -> None:
    """No prefix reads as a shorter table."""
    path, whole = tmp_path / f"d.csv.{ending}", KINDS[ending](TEXT)
    for length in (1, 5, len(whole) // 2, len(whole) - 9, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(SourceError, match="damaged or cut short"):
            list(open_source(str(path)).batches())


@pytest.mark.parametrize("ending", ["xz", "zip"])
def test_a_bomb_is_refused(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes become gigabytes."""
    monkeypatch.setattr(archives, "MOST_UNPACKED_BYTES", 1 << 20)
    path = tmp_path / f"d.csv.{ending}"
    path.write_bytes(KINDS[ending](b"a,b\n" + b"1,2\n" * (1 << 21)))
    with pytest.raises(SourceError, match="250 times as long when decompressed"):
        list(open_source(str(path), header=True).batches())


def test_json_lines_in_an_archive(tmp_path: Path) -> None:
    """The ending inside tells the format; folders and what a Mac adds are passed over."""
    path = tmp_path / "d.zip"
    path.write_bytes(
        zipped(**{"x/d__jsonl": LINES, "__MACOSX/x/._d__jsonl": b"?", "read__me": b"hi"})
    )
    source = open_source(str(path))
    assert source.format == "jsonl"
    assert sum(batch.num_rows for batch in source.batches()) == 5000


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"ann_lee__csv": TEXT, "bo__csv": TEXT}, "holds 2 data files; say member: NAME"),
        ({"ann_lee__zip": b"PK"}, "holds a compressed file or an archive inside"),
        ({"ann_lee__csv__gz": b"PK"}, "holds a compressed file or an archive inside"),
        ({}, "holds no file"),
        ({"ann_lee__csv": b""}, "holds an empty file"),
    ],
)
def test_other_archives_are_refused(tmp_path: Path, members: dict[str, bytes], words: str) -> None:
    """Without the names inside, which may be people's."""
    path = tmp_path / "d.zip"
    path.write_bytes(zipped(**members))
    with pytest.raises(SourceError, match=words) as caught:
        open_source(str(path))
    assert "ann" not in str(caught.value)


def test_a_member_can_be_named(tmp_path: Path) -> None:
    """One of several; a name that is none is refused."""
    path = tmp_path / "d.zip"
    path.write_bytes(zipped(a__csv=TEXT, b__csv=b"c\n1\n"))
    assert open_source(str(path), member="b.csv").schema.names == ["c"]
    with pytest.raises(SourceError, match="member: holds no file of this name; it holds 2 files"):
        open_source(str(path), member="c.csv")


def test_an_encrypted_archive_is_refused(tmp_path: Path) -> None:
    """By the flag of its entry."""
    data = bytearray(zipped(a__csv=TEXT))
    data[6] |= 1
    central = data.rindex(b"PK\x01\x02")
    data[central + 8] |= 1
    path = tmp_path / "d.zip"
    path.write_bytes(data)
    with pytest.raises(SourceError, match="encrypted with a password"):
        open_source(str(path))


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    """Its checksum is compared."""
    data = bytearray(zipped(a__csv=TEXT))
    data[len(data) // 3] ^= 0xFF
    path = tmp_path / "d.zip"
    path.write_bytes(data)
    with pytest.raises(SourceError, match="damaged or cut short"):
        list(open_source(str(path)).batches())


@pytest.mark.parametrize("ending", ["gz", "zip"])
def test_formats_that_seek_are_decompressed_in_memory(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to a limit; no temporary file holds raw values."""
    table = pa.table({"a": list(range(1000))})
    sink = io.BytesIO()
    pq.write_table(table, sink)
    path = tmp_path / f"d.parquet.{ending}"
    data = sink.getvalue()
    path.write_bytes(gzip.compress(data) if ending == "gz" else zipped(d__parquet=data))
    assert pa.Table.from_batches(open_source(str(path)).batches()).equals(table)
    monkeypatch.setattr(archives, "MOST_WHOLE_BYTES", 1000)
    with pytest.raises(SourceError, match="must be decompressed first"):
        open_source(str(path))


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """Also inside an archive."""
    path = tmp_path / "d.csv.zip"
    path.write_bytes(zipped(a__csv=TEXT))
    source = open_source(str(path))
    path.write_bytes(zipped(a__csv=TEXT + b"1,2\n"))
    with pytest.raises(SourceError, match="changed while it was read"):
        list(source.batches())
