"""Lines are added by one process at a time: others wait, but for those who only clean up."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from anonymize.dataset.audit import AuditLog
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
