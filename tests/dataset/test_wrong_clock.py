"""Versions that were published by machines whose clocks are a day off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anonymize.custody.revocation import revoke
from anonymize.dataset import Dataset, read
from anonymize.errors import DatasetError
from anonymize.keys import init_keyring, open_keyring
from anonymize.names import KeyName

from .conftest import publish, rows

DAY = timedelta(days=1)
NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0)
"""What a right clock shows."""


def a_machine(patch: pytest.MonkeyPatch, ahead: timedelta) -> datetime:
    """Let this machine's clock be that far ahead; return what it shows."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return NOON + ahead

    patch.setattr("anonymize.dataset.when_and_who.datetime", Clock)
    return Clock.now()


@pytest.fixture
def uri(tmp_path: Path) -> str:
    """A keyring of the test's own."""
    uri = f"file:{tmp_path / 'keyring.json'}"
    init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    return uri


def test_order_is_that_of_the_log_and_dates_are_each_machine_s(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest version is current whatever its date; all verify, and acts go by numbers."""
    dataset, keyring = Dataset(tmp_path / "d"), open_keyring(uri)
    shown = []
    for version, ahead in enumerate((0 * DAY, DAY, -DAY, 0 * DAY), start=1):
        shown.append(a_machine(monkeypatch, ahead).strftime("%Y-%m-%d"))
        made = publish(dataset, keyring, version)
        assert made.created_at[:10] == shown[-1]
    entries = dataset.audit.entries(keyring)
    assert [(entry.version, entry.at[:10]) for entry in entries] == list(enumerate(shown, start=1))
    assert shown[2] < shown[0] < shown[1]
    assert dataset.verify(keyring=keyring).version == 4
    assert dataset.expire(keep=2, keyring=keyring, why="test") == (1, 2)
    assert read(dataset, keyring=keyring).equals(rows(4))
    assert dataset.verify(3, keyring=keyring).ok


def test_a_revocation_refuses_too_much_rather_than_too_little(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry from a clock that was ahead counts as signed since the revocation, and so does all
    that the same key signed behind it, also from a clock that was behind. This is said, with what
    to do, and a version of before is read.
    """
    dataset, keyring = Dataset(tmp_path / "d"), open_keyring(uri)
    since = a_machine(monkeypatch, 0 * DAY) + DAY / 2
    for version, ahead in ((1, 0 * DAY), (2, DAY), (3, -DAY)):
        a_machine(monkeypatch, ahead)
        publish(dataset, keyring, version)
    a_machine(monkeypatch, 0 * DAY)
    revoke(KeyName("signing"), 1, since.strftime("%Y-%m-%dT%H:%M:%SZ"), [dataset.path], uri)
    owner = open_keyring(uri)
    for refused in (2, 3):
        with pytest.raises(DatasetError, match=f"version {refused} is refused: .*publish it again"):
            read(dataset, version=refused, keyring=owner)
    assert read(dataset, version=1, keyring=owner).equals(rows(1))
    assert publish(dataset, owner, 4).version == 4
    assert dataset.verify(keyring=owner).ok
