"""Files are complete under their name or leave nothing, and what may not be read or written is
refused before.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from anonymize.durable import (
    Prepared,
    plain_bytes,
    refuse_in_dataset,
    sync_file,
    sync_folder,
    write_atomically,
    write_error,
)
from anonymize.errors import ArgumentError, DatasetError


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what is synced, by its path then."""
    paths, sync = list[str](), os.fsync

    def noted(handle: int) -> None:
        sync(handle)
        paths.append(os.readlink(f"/proc/self/fd/{handle}"))

    monkeypatch.setattr(os, "fsync", noted)
    return paths


def test_files_and_folders_are_synced_and_closed(tmp_path: Path, synced: list[str]) -> None:
    """No handle stays open."""
    path = tmp_path / "a"
    path.write_bytes(b"a")
    sync_file(path)
    sync_folder(tmp_path)
    assert synced == [str(path), str(tmp_path)]
    handles = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    held = {os.readlink(handle) for handle in handles if handle.is_symlink()}
    assert not held & set(synced)


def test_bytes_are_on_disk_before_they_have_their_name(tmp_path: Path, synced: list[str]) -> None:
    """The folder follows, unless the caller does that."""
    path = tmp_path / "a"
    prepared = Prepared(path, b"new")
    assert synced == [str(prepared.temporary)]
    assert prepared.temporary.read_bytes() == b"new"
    prepared.put(sync=False)
    assert (path.read_bytes(), len(synced)) == (b"new", 1)
    write_atomically(path, b"newer")
    assert path.read_bytes() == b"newer"
    assert synced[-1] == str(tmp_path)
    prepared.discard()
    assert os.listdir(tmp_path) == ["a"]


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_what_cannot_be_written_leaves_the_old_file(
    fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no temporary one, whichever step the disk refuses."""
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no")

    monkeypatch.setattr(os, fails, full)
    with pytest.raises(DatasetError, match="a: the disk is full; nothing was kept of this part"):
        write_atomically(path, b"new")
    assert os.listdir(tmp_path) == ["a"]
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "jane"), "the disk is full"),
        (OSError(errno.EDQUOT, "jane"), "the disk is full"),
        (OSError(errno.EFBIG, "jane"), "the file grew beyond the limit set for it"),
        (OSError(errno.EACCES, "jane"), "cannot be written: permission denied"),
        (OSError("jane"), "cannot be written as Parquet (OSError)"),
        (ValueError("jane"), "cannot be written as Parquet (ValueError)"),
    ],
)
def test_an_error_says_what_the_disk_says_and_quotes_nothing(error: Exception, said: str) -> None:
    """Its own text may hold a value."""
    found = str(write_error(error, Path("part")))
    assert found.startswith(f"part: {said}")
    assert "jane" not in found


def test_a_plain_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    """Also behind a link; one byte more is something else."""
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    (tmp_path / "link").symlink_to(path)
    assert plain_bytes(path, 5) == plain_bytes(tmp_path / "link", 6) == b"12345"
    with pytest.raises(ValueError, match="is larger than 4 bytes"):
        plain_bytes(path, 4)


def test_a_pipe_and_a_device_are_not_read(tmp_path: Path) -> None:
    """Nobody writes to the one, and the other has no end."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(ValueError, match="is not a plain file"):
            plain_bytes(path, 100)


def test_nothing_is_written_into_a_datasets_folder(tmp_path: Path) -> None:
    """At any depth, and by way of a link; a folder with half of that is no dataset."""
    for name, parts in {
        "whole": ("versions", "audit"),
        "a": ("versions",),
        "b": ("audit",),
    }.items():
        (tmp_path / name).mkdir()
        if "versions" in parts:
            (tmp_path / name / "versions").mkdir()
        if "audit" in parts:
            (tmp_path / name / "audit.jsonl").touch()
    (tmp_path / "link").symlink_to(tmp_path / "whole" / "versions")
    for place in ("whole/x", "whole/versions/000001/x", "link/x"):
        with pytest.raises(
            ArgumentError, match=r"lies in the folder of the dataset .*/whole, where"
        ):
            refuse_in_dataset(tmp_path / place)
    for place in ("x", "a/x", "a/versions/x", "b/x", "whole"):
        refuse_in_dataset(tmp_path / place)


@pytest.mark.parametrize("address", ["s3://bucket/x", "https://host/x", "a+b.c-d://x"])
def test_an_address_is_no_path(address: str) -> None:
    """It would be a folder of that name; a drive's letter is none of these."""
    with pytest.raises(ArgumentError, match="only a path of this machine can be written to"):
        refuse_in_dataset(Path(address))
    refuse_in_dataset(Path("c:/x"))
    refuse_in_dataset(Path())
