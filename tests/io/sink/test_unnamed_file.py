"""A file has its name when it is complete, and what killed processes left is removed, but nothing
else.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path

import pytest

from anonymize.io.sink.unnamed_file import unnamed_file

LEFT = ".out.csv.4711.0123abcd.tmp"


@pytest.fixture(params=["unnamed", "named"], autouse=True)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Try everything with unnamed files, and as on file systems without them."""
    if request.param == "named":
        system = os.open

        def refusing(path: str, flags: int, *more: int, **named: int) -> int:
            if flags & os.O_TMPFILE == os.O_TMPFILE and os.path.isdir(path):
                raise OSError(errno.EOPNOTSUPP, "no such files")
            return system(path, flags, *more, **named)

        monkeypatch.setattr(os, "open", refusing)
    return str(request.param)


def write(path: Path, data: bytes = b"new", *, overwrite: bool = False) -> None:
    """Write a file."""
    with unnamed_file(path, overwrite=overwrite) as file:
        file.write(data)


@pytest.mark.parametrize("overwrite", [True, False])
def test_a_file_is_its_owners_and_alone(overwrite: bool, tmp_path: Path) -> None:
    """Nothing lies beside it, and no handle is left open."""
    path = tmp_path / "out.csv"
    write(path, overwrite=overwrite)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["out.csv"]
    handles = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    held = [os.readlink(handle) for handle in handles if handle.is_symlink()]
    assert not [one for one in held if one.startswith(str(tmp_path))]


def test_a_file_that_is_there_is_replaced_only_where_asked(tmp_path: Path) -> None:
    """Otherwise it is as it was."""
    path = tmp_path / "out.csv"
    write(path, b"old")
    with pytest.raises(FileExistsError):
        write(path)
    assert (path.read_bytes(), os.listdir(tmp_path)) == (b"old", ["out.csv"])
    write(path, overwrite=True)
    assert (path.read_bytes(), os.listdir(tmp_path)) == (b"new", ["out.csv"])


def test_an_error_leaves_nothing_and_no_reader_sees_half(tmp_path: Path, kind: str) -> None:
    """The name is not there while it is written, and no other where the system can do that."""
    path = tmp_path / "out.csv"

    def half() -> None:
        with unnamed_file(path, overwrite=True) as file:
            file.write(b"ha")
            assert not path.exists()
            assert len(os.listdir(tmp_path)) == (kind == "named")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert os.listdir(tmp_path) == []


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """And nothing of other files, of other forms, or that is being written."""
    kept = [
        ".other.csv.4711.0123abcd.tmp",
        ".out.csv.4711.0123abcd.bak",
        ".out.csv.471x.0123abcd.tmp",
        ".out.csv.4711.0123abc.tmp",
        ".out.csv.4711.0.0123abcd.tmp",
        "Xout.csv.4711.0123abcd.tmp",
    ]
    written = tmp_path / ".out.csv.4712.0123abcd.tmp"
    for name in (*kept, LEFT, written.name):
        (tmp_path / name).touch()
    (tmp_path / ".out.csv.4713.0123abcd.tmp").symlink_to(tmp_path / kept[0])
    (tmp_path / ".out.csv.4714.0123abcd.tmp").mkdir()
    (tmp_path / ".out.csv.4715.0123abcd.tmp").touch()
    with open(written, "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        write(tmp_path / "out.csv")
    links = [".out.csv.4713.0123abcd.tmp", ".out.csv.4714.0123abcd.tmp"]
    assert sorted(os.listdir(tmp_path)) == sorted([*kept, written.name, *links, "out.csv"])


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_that_refuses_is_said(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing one is not taken for a file system without unnamed files, nor a full disk."""
    if not there:
        with pytest.raises(FileNotFoundError):
            write(tmp_path / "none" / "out.csv")
        return

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(OSError, match="full"):
        write(tmp_path / "out.csv")
    monkeypatch.undo()
    assert os.listdir(tmp_path) == []


def test_two_that_write_one_file_leave_each_other_alone(tmp_path: Path) -> None:
    """The one that ends last has it."""
    path = tmp_path / "out.csv"
    with unnamed_file(path, overwrite=True) as file:
        file.write(b"first")
        write(path, b"second", overwrite=True)
        assert path.read_bytes() == b"second"
    assert (path.read_bytes(), os.listdir(tmp_path)) == (b"first", ["out.csv"])


@pytest.mark.parametrize("overwrite", [True, False])
def test_bytes_are_on_disk_before_the_name_and_the_name_at_the_end(
    overwrite: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sync of the file without its name, then one of the folder with it."""
    seen, sync = list[tuple[bool, bool]](), os.fsync

    def noted(handle: int) -> None:
        sync(handle)
        folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        seen.append((folder, (tmp_path / "out.csv").exists()))

    monkeypatch.setattr(os, "fsync", noted)
    write(tmp_path / "out.csv", overwrite=overwrite)
    assert seen == [(False, False), (True, True)]
