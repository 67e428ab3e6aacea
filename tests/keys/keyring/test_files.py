"""Private files are private when they are read, and whole when they are written."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from anonymize.errors import ArgumentError, KeysError
from anonymize.keys import Secret
from anonymize.keys.keyring.files import (
    create_private,
    locked,
    move_private,
    read_private,
    require_room,
    write_private,
)

NEW = Secret(b"new")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a private file that holds ``old``."""
    path = tmp_path / "keyring.json"
    write_private(path, Secret(b"old"))
    return path


def held_below(folder: Path) -> list[str]:
    """Return the paths below ``folder`` that this process holds open."""
    handles = (Path("/proc/self/fd") / name for name in os.listdir("/proc/self/fd"))
    paths = (os.readlink(handle) for handle in handles if handle.is_symlink())
    return [one for one in paths if one.startswith(str(folder))]


def full(*_: object, **__: object) -> None:
    """Fail as a full disk does."""
    raise OSError(errno.ENOSPC, "jane")


@pytest.mark.parametrize(
    ("mode", "read_only", "refused"),
    [
        (0o600, False, False), (0o400, False, False), (0o700, False, False),
        (0o440, True, False), (0o640, True, False),
        (0o440, False, True), (0o444, True, True), (0o460, True, True), (0o450, True, True),
        (0o601, False, True), (0o604, False, True), (0o610, False, True),
    ],
)  # fmt: skip
def test_a_file_that_others_may_read_is_refused(
    path: Path, mode: int, read_only: bool, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a read-only mount its group may read it, and do nothing else."""
    path.chmod(mode)
    flags = os.ST_NOSUID | (os.ST_RDONLY if read_only else 0)
    monkeypatch.setattr(os, "fstatvfs", lambda handle: SimpleNamespace(f_flag=flags))
    if refused:
        with pytest.raises(KeysError, match=f"the keyring has mode {mode:04o}: others may read it"):
            read_private(path, "keyring")
    else:
        assert read_private(path, "keyring") == b"old"
    assert held_below(path.parent) == []


def test_what_is_no_plain_file_is_not_read(tmp_path: Path) -> None:
    """Neither a folder nor a pipe, and nothing is left open."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(0o700)
    for name in ("pipe", "folder"):
        with pytest.raises(KeysError, match=f"{name}: the keyring is not a plain file"):
            read_private(tmp_path / name, "keyring")
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(KeysError, match="the keyring cannot be opened: Too many levels"):
        read_private(tmp_path / "loop", "keyring")
    assert held_below(tmp_path) == []


@pytest.mark.parametrize("loose", [0, 0o077])
def test_a_written_file_is_private_whatever_the_umask(tmp_path: Path, loose: int) -> None:
    """So is the folder that is made for it."""
    path, before = tmp_path / "a" / "b" / "key", os.umask(0o077 - loose)
    try:
        write_private(path, NEW)
    finally:
        os.umask(before)
    assert path.read_bytes() == b"new"
    assert [stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent)] == [0o600, 0o700]
    assert os.listdir(path.parent) == ["key"]
    assert held_below(tmp_path) == []


@pytest.mark.parametrize("fails", ["fsync", "fchmod", "replace"])
def test_a_refused_write_leaves_the_old_file(
    path: Path, fails: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step is refused; the error quotes nothing."""
    monkeypatch.setattr(os, fails, full)
    with pytest.raises(KeysError, match="cannot be written: no space left on device") as told:
        write_private(path, NEW)
    assert "jane" not in str(told.value)
    assert (path.read_bytes(), os.listdir(path.parent)) == (b"old", [path.name])


def test_a_temporary_file_that_is_gone_hides_no_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process cleaned up after this one."""

    def swept(source: str, target: Path) -> None:
        os.unlink(source)
        full()

    monkeypatch.setattr(os, "replace", swept)
    with pytest.raises(KeysError, match="cannot be written"):
        write_private(path, NEW)


def test_a_refusal_to_move_or_to_make_room_is_the_keyrings(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the place that could not be written."""
    new = path.with_name("new.json")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for act in (lambda: require_room(path), lambda: move_private(path, new)):
            with pytest.raises(KeysError, match="json: cannot be written: no space left"):
                act()
    assert (new.read_bytes(), os.listdir(path.parent)) == (b"old", [new.name])


def test_a_new_file_replaces_none(path: Path) -> None:
    """Nor does it lie where runs write."""
    with pytest.raises(KeysError, match="there is a file here already; it is not overwritten"):
        create_private(path, NEW)
    create_private(path.with_name("other"), NEW)
    (path.parent / "versions").mkdir()
    (path.parent / "audit.jsonl").touch()
    with pytest.raises(ArgumentError, match="lies in the folder of the dataset"):
        create_private(path.with_name("third"), NEW)
    assert path.read_bytes() == b"old"
    assert not path.with_name("third").exists()


def test_a_lock_keeps_others_out_and_sweeps_once_it_is_held(path: Path) -> None:
    """What a killed writer left goes, what belongs to another file stays; then it is free again."""
    folder = path.parent / "new" / "folder"
    held, lock = folder / "keyring.json", folder / ".keyring.json.lock"
    with locked(held):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with open(lock, "rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for name in (".keyring.json.x.tmp", ".other.json.x.tmp"):
            (folder / name).touch()
    assert held_below(folder) == []
    with locked(held):
        assert sorted(os.listdir(folder)) == [".keyring.json.lock", ".other.json.x.tmp"]
    assert stat.S_IMODE(lock.stat().st_mode) == 0o600
