"""A line is appended whole and on disk, or not at all, and begins a line of its own."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from anonymize.dataset import Anchor, appended
from anonymize.dataset.anchor import _is_cut_short
from anonymize.dataset.appended import append_line
from anonymize.dataset.audit import AuditLog
from anonymize.errors import DatasetError
from anonymize.keys import Keyring


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b"line\n"),
        (b"", b"line\n"),
        (b"one\n", b"one\nline\n"),
        (b"one\nto", b"one\nto\nline\n"),
        (b"t", b"t\nline\n"),
        (b"\n", b"\nline\n"),
    ],
)
def test_a_line_begins_anew_behind_a_torn_one(
    tmp_path: Path, before: bytes | None, after: bytes
) -> None:
    """Whatever the file ends with; folders are made."""
    file = tmp_path / "a" / "b" / "heads.jsonl"
    if before is not None:
        file.parent.mkdir(parents=True)
        file.write_bytes(before)
    append_line(file, b"line\n", "anchor")
    assert file.read_bytes() == after


def test_what_is_not_on_the_disk_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of the line, and nothing of those before."""
    file = tmp_path / "heads.jsonl"
    file.write_bytes(b"one\n")

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "jane")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DatasetError, match=r"heads\.jsonl: the disk is full"):
        append_line(file, b"line\n", "anchor")
    assert file.read_bytes() == b"one\n"


def test_a_disk_that_takes_a_part_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it has the line, or says that it is full."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:2]))
    append_line(tmp_path / "heads.jsonl", b"line\n", "anchor")
    assert (tmp_path / "heads.jsonl").read_bytes() == b"line\n"


def test_another_process_that_holds_the_file_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For five seconds in all; then its place is said, and nothing was written."""
    file, pauses = tmp_path / "heads.jsonl", list[float]()
    file.write_bytes(b"one\n")
    monkeypatch.setattr("time.sleep", pauses.append)
    with open(file, "rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(DatasetError, match="anchor x: is locked by another process"):
            append_line(file, b"line\n", "anchor x")
    assert sum(pauses) == pytest.approx(5)
    assert file.read_bytes() == b"one\n"
    monkeypatch.setattr(appended, "_TRIES", 2)
    append_line(file, b"line\n", "anchor x")
    assert file.read_bytes() == b"one\nline\n"


@pytest.mark.parametrize(
    ("acts", "begun", "problems"), [(1, {}, 1), (1, {"begun": False}, 0), (0, {}, 0)]
)
def test_an_anchor_without_heads_is_told_where_it_should_have_some(
    tmp_path: Path, keyring: Keyring, acts: int, begun: dict[str, bool], problems: int
) -> None:
    """Where acts are logged, unless the log says that it was never told."""
    log, anchor = AuditLog(tmp_path / "people"), Anchor("people", file=tmp_path / "heads.jsonl")
    for _ in range(acts):
        log.append("reveal", keyring=keyring)
    found = anchor.problems(log, keyring, **begun)
    assert [one.what for one in found] == ["holds no head of this dataset"] * problems


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_damaged_line_is_named_by_its_number(tmp_path: Path, keyring: Keyring, line: int) -> None:
    """For readers, who walk back from the last, as for all."""
    log = AuditLog(tmp_path)
    for _ in range(3):
        log.append("publish", version=1, keyring=keyring)
    lines = log.path.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(b'"what"', b'"when"')
    log.path.write_bytes(b"".join(lines))
    with pytest.raises(DatasetError, match=rf"audit\.jsonl:{line}: "):
        log.entries(keyring)
    if line == len(lines):
        with pytest.raises(DatasetError, match=rf"audit\.jsonl:{line}: "):
            log.standing(keyring)


def test_a_file_that_cannot_be_cut_says_why_the_line_was_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An append-only file refuses to be cut; the full disk is what the user must know."""

    def failing(number: int) -> Callable[..., None]:
        def fails(*_: object) -> None:
            raise OSError(number, "jane")

        return fails

    monkeypatch.setattr(os, "fsync", failing(errno.ENOSPC))
    monkeypatch.setattr(os, "ftruncate", failing(errno.EPERM))
    with pytest.raises(DatasetError, match="the disk is full"):
        append_line(tmp_path / "heads.jsonl", b"line\n", "anchor")


def test_a_log_of_as_many_other_entries_is_not_what_the_anchor_was_told(
    tmp_path: Path, keyring: Keyring
) -> None:
    """Its number is right, its hash is not."""
    logs = [AuditLog(tmp_path / name) for name in ("one", "other")]
    anchor = Anchor("people", file=tmp_path / "heads.jsonl")
    for log in logs:
        log.append("reveal", why=log.path.parent.name, keyring=keyring)
    anchor.tell(logs[0])
    assert anchor.problems(logs[0], keyring) == ()
    (found,) = anchor.problems(logs[1], keyring)
    assert found.what.startswith("was told of 1 entries, the audit log holds 1: it was cut")


def test_a_head_is_cut_short_wherever_it_ends(tmp_path: Path, keyring: Keyring) -> None:
    """A whole one, and what never was one, are not."""
    log, anchor = AuditLog(tmp_path / "people"), Anchor("people", file=tmp_path / "heads.jsonl")
    log.append("reveal", keyring=keyring)
    anchor.tell(log)
    line = (tmp_path / "heads.jsonl").read_bytes()[:-1]
    assert [end for end in range(1, len(line)) if not _is_cut_short(line[:end])] == []
    assert not _is_cut_short(line)
    assert not _is_cut_short(b"")
    assert not _is_cut_short(line[:9] + b"?")
