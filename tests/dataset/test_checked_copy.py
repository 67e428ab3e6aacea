"""The copy of a part is made of the bytes that the manifest lists, or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from anonymize.dataset import FileEntry, checked_copy
from anonymize.errors import DatasetError
from anonymize.io.sink.parts import MAGIC

DATA = MAGIC + bytes(range(256)) * 20_000 + MAGIC
"""More than is read at once."""


@pytest.fixture(params=[1 << 27, 10], ids=["memory", "file"])
def part(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A part, which is copied to memory or to a file."""
    monkeypatch.setattr(checked_copy, "IN_MEMORY_BYTES", request.param)
    path = tmp_path / "part.parquet"
    path.write_bytes(DATA)
    return path


def entry(data: bytes) -> FileEntry:
    """Return what a manifest lists of a part."""
    digest = hashlib.sha256(data).hexdigest()
    return FileEntry(path="part.parquet", rows=1, size_bytes=len(data), sha256=digest, key="k")


def test_the_copy_is_the_part(part: Path) -> None:
    """Byte for byte, however often it is changed later."""
    copy = checked_copy.checked_copy(part, entry(DATA))
    part.write_bytes(bytes(len(DATA)))
    assert copy.read() == DATA


@pytest.mark.parametrize("at", [4, 1 << 20, len(DATA) - 1])
def test_a_changed_byte_is_refused(part: Path, at: int) -> None:
    """Wherever it is."""
    part.write_bytes(DATA[:at] + bytes([DATA[at] ^ 1]) + DATA[at + 1 :])
    with pytest.raises(DatasetError, match="its bytes are not those the manifest lists"):
        checked_copy.checked_copy(part, entry(DATA))


def test_what_is_not_encrypted_is_refused_though_the_manifest_lists_it(part: Path) -> None:
    """Nothing plain is ever read as a part."""
    plain = b"PAR1" + DATA[4:]
    part.write_bytes(plain)
    with pytest.raises(DatasetError, match="is not encrypted Parquet: refused"):
        checked_copy.checked_copy(part, entry(plain))


def test_what_is_no_file_is_refused(part: Path) -> None:
    """A folder has bytes of its own kind."""
    part.unlink()
    part.mkdir()
    with pytest.raises(DatasetError, match="its bytes are not those the manifest lists"):
        checked_copy.checked_copy(
            part, entry(b"").model_copy(update={"size_bytes": part.stat().st_size})
        )


def test_a_disk_that_fails_is_told(part: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By what the system says."""

    def fail(*_: object) -> int:
        raise OSError(errno.EIO, "failed")

    monkeypatch.setattr(os, "readv", fail)
    with pytest.raises(DatasetError, match="input/output error"):
        checked_copy.checked_copy(part, entry(DATA))


def test_a_part_that_ends_while_it_is_read_is_refused(
    part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was not read is not made up."""
    monkeypatch.setattr(os, "readv", lambda *_: 0)
    with pytest.raises(DatasetError, match="refused"):
        checked_copy.checked_copy(part, entry(DATA))
