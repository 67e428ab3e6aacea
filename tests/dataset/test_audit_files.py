"""Lines are added by one process at a time: others wait, but for those who only clean up."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from anonymize.dataset import Anchor
from anonymize.dataset.anchor import HeadsCutShort
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.entry import Head
from anonymize.durable import write_atomically
from anonymize.errors import DatasetError
from anonymize.keys import Keyring


def test_who_appends_waits_for_others(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a folder that is not there yet; the lock is free again after an error."""
    log, asked, lock = AuditLog(tmp_path / "a" / "people"), list[int](), fcntl.flock

    def noted(handle: int, how: int) -> None:
        asked.append(how)
        lock(handle, how)

    monkeypatch.setattr(fcntl, "flock", noted)
    log.append("reveal", keyring=keyring)
    log.append("reveal", keyring=keyring)
    assert asked == [fcntl.LOCK_EX] * 2
    with pytest.raises(KeyError), log.alone():
        raise KeyError
    with log.alone(wait=False) as alone:
        assert alone


def test_who_cleans_up_waits_for_nobody(tmp_path: Path, keyring: Keyring) -> None:
    """A torn line may be one that is being written."""
    log = AuditLog(tmp_path)
    log.append("reveal", keyring=keyring)
    whole = log.path.read_bytes()
    log.path.write_bytes(whole + b"torn")
    with log.alone():
        with log.alone(wait=False) as alone:
            assert not alone
        log.drop_torn()
        assert log.path.read_bytes() == whole + b"torn"
    log.drop_torn()
    assert log.path.read_bytes() == whole


def test_a_log_that_was_only_begun_says_nothing_of_any_version(
    tmp_path: Path, keyring: Keyring
) -> None:
    """The process died behind the first head, or behind the first entry."""
    log = AuditLog(tmp_path)
    write_atomically(log.head_path, Head.made(keyring, ()).data())
    assert log.standing(keyring) is None
    assert log.entries(keyring) == ()
    begun = log.head_path.read_bytes()
    log.append("publish", version=1, keyring=keyring)
    log.head_path.write_bytes(begun)
    found = log.standing(keyring)
    assert found is not None
    assert found.version == 1


def test_lines_of_an_anchor_that_were_cut_short_are_counted(
    tmp_path: Path, keyring: Keyring
) -> None:
    """Those in between, and the last one."""
    log, anchor = AuditLog(tmp_path), Anchor("people", file=tmp_path / "heads.jsonl")
    log.append("reveal", keyring=keyring)
    anchor.tell(log)
    line = (tmp_path / "heads.jsonl").read_bytes()
    for torn, count in ((line[:9], 1), (line[:40] + b"\n" + line + line[:30], 2)):
        (tmp_path / "heads.jsonl").write_bytes(line + torn)
        with pytest.warns(HeadsCutShort, match=rf"jsonl: {count} of its lines were cut short"):
            assert anchor.problems(log, keyring) == ()


def test_a_log_that_lost_its_head_takes_no_entry(tmp_path: Path, keyring: Keyring) -> None:
    """A new head would make a shortened log a sound one."""
    log = AuditLog(tmp_path)
    log.append("reveal", keyring=keyring)
    log.head_path.unlink()
    with pytest.raises(DatasetError, match="the audit log was cut short or replaced"):
        log.append("reveal", keyring=keyring)
    assert not log.head_path.exists()


def test_the_current_version_is_that_of_the_last_move(tmp_path: Path, keyring: Keyring) -> None:
    """Other acts on versions name older ones."""
    log = AuditLog(tmp_path)
    for what, version in (("publish", 1), ("publish", 2), ("expire", 1)):
        log.append(what, version=version, keyring=keyring)
    found = log.standing(keyring)
    assert found is not None
    assert found.version == 2
