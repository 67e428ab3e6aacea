"""A write that the system cuts short or refuses leaves the old bytes, and nothing beside them."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset.audit_files import AuditFiles
from anonymize.durable import Prepared, write_atomically
from anonymize.errors import DatasetError

OLD, LINE = b'{"one": 1}\n', b'{"two": 2}\n'


@pytest.fixture
def log(tmp_path: Path) -> AuditFiles:
    """A log of one line."""
    files = AuditFiles(tmp_path)
    files.path.write_bytes(OLD)
    return files


def test_an_entry_is_written_behind_what_stands_and_replaces_a_torn_one(log: AuditFiles) -> None:
    """What a crash left behind the last whole line is cut off, however long it is."""
    log.path.write_bytes(OLD + b'{"torn": "' + b"x" * 100)
    log._write(LINE, len(OLD))
    assert log.path.read_bytes() == OLD + LINE


@pytest.mark.parametrize("short", [0, 1, len(LINE) - 1])
def test_an_entry_cut_short_is_taken_back(
    log: AuditFiles, monkeypatch: pytest.MonkeyPatch, short: int
) -> None:
    """The system may write fewer bytes than it is given, without an error."""
    write = os.pwrite

    def cut(handle: int, data: bytes, at: int) -> int:
        return write(handle, data[:short], at)

    monkeypatch.setattr(os, "pwrite", cut)
    with pytest.raises(DatasetError, match="the disk is full"):
        log._write(LINE, len(OLD))
    assert log.path.read_bytes() == OLD


def test_an_entry_that_does_not_reach_the_disk_is_taken_back(
    log: AuditFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes were taken, and the disk refuses them at the sync."""

    def refuse(handle: int) -> None:
        raise OSError(errno.EIO, "refused")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(DatasetError, match="cannot be written"):
        log._write(LINE, len(OLD))
    assert log.path.read_bytes() == OLD


def test_the_lock_has_no_second_name(log: AuditFiles) -> None:
    """A lock under two names would let a writer of the folder hold it for ever, or hang another's
    file on it.
    """
    other = log.path.with_name("other")
    other.touch()
    os.link(other, log.path.with_name(".audit.lock"))
    with pytest.raises(DatasetError, match="has another name too"), log.alone():
        pass


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_refused_replacement_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Neither new bytes nor a temporary file stay."""
    path = tmp_path / "head.json"
    path.write_bytes(OLD)

    def refuse(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(DatasetError, match="the disk is full"):
        write_atomically(path, LINE)
    assert [one.name for one in tmp_path.iterdir()] == ["head.json"]
    assert path.read_bytes() == OLD


def test_prepared_bytes_are_put_without_more_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are on disk before, so that an act is not done by half on a full one."""
    path = tmp_path / "head.json"
    prepared = Prepared(path, LINE)

    def refuse(*_: Any) -> None:
        raise AssertionError("something is written")

    monkeypatch.setattr(os, "write", refuse)
    prepared.put()
    assert path.read_bytes() == LINE
    assert [one.name for one in tmp_path.iterdir()] == ["head.json"]
