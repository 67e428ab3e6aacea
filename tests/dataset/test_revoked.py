"""A leaked signing key: what it signed since its revocation is refused, with whatever date it
bears.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymize.custody.revocation import revoke
from anonymize.custody.rotate_keys import rotate
from anonymize.dataset import Dataset, audit, read
from anonymize.dataset import staging as staging_
from anonymize.errors import AnonymizeError, DatasetError, KeysError
from anonymize.keys import (
    Keyring,
    KeyVersion,
    init_keyring,
    open_keyring,
    revoke_key,
    rotate_key,
    share_keyring,
)
from anonymize.names import KeyName

from .conftest import publish, rows

SIGNING = KeyName("signing")


@pytest.fixture
def uri(tmp_path: Path) -> str:
    """A keyring of the test's own."""
    uri = f"file:{tmp_path / 'keyring.json'}"
    init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    return uri


def at(monkeypatch: pytest.MonkeyPatch, time: str) -> None:
    """Let what is written bear that time."""
    monkeypatch.setattr(audit, "now", lambda: time)
    monkeypatch.setattr(staging_, "now", lambda: time)


def stolen(uri: str) -> Keyring:
    """Return a copy of the keyring as it was, out of the owner's reach."""
    entries: tuple[KeyVersion, ...] = open_keyring(uri).entries()
    return Keyring(entries, "file:stolen.json")


def test_what_a_leaked_key_published_since_is_refused(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the owner and by readers; what was published before is read."""
    dataset, leaked = Dataset(tmp_path / "d"), stolen(uri)
    at(monkeypatch, "2026-11-20T10:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    at(monkeypatch, "2026-11-25T10:00:00Z")
    publish(dataset, leaked, 2)
    assert read(dataset, keyring=open_keyring(uri)).equals(rows(2))
    owner = revoke_key(SIGNING, 1, "2026-11-24", uri)
    reader = share_keyring(
        [KeyName("training"), KeyName("clinical")], tmp_path / "reader.json", uri
    )
    for keyring in (owner, reader):
        with pytest.raises(DatasetError, match=r"'signing\.1' was revoked from 2026-11-24"):
            read(dataset, keyring=keyring)
        assert dataset.verify(1, keyring=keyring).problems


def test_a_date_of_before_does_not_help_once_the_new_key_has_signed(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The revocation is entered in the log by the new key: what the old one adds behind it is
    later.
    """
    dataset, leaked = Dataset(tmp_path / "d"), stolen(uri)
    at(monkeypatch, "2026-11-20T10:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    at(monkeypatch, "2026-11-26T10:00:00Z")
    owner = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri).keyring
    assert dataset.verify(keyring=owner).ok
    at(monkeypatch, "2026-11-20T10:00:01Z")
    both = {entry.id: entry for entry in owner.entries()} | {
        entry.id: entry for entry in leaked.entries()
    }
    both["signing.2"] = next(entry for entry in owner.entries() if entry.id == "signing.2")
    hand = _SignsAsOne(both.values(), leaked)  # type: ignore[arg-type]
    publish(dataset, hand, 2)  # type: ignore[arg-type]
    with pytest.raises(DatasetError, match="a newer key had signed"):
        read(dataset, keyring=owner)
    assert any(
        "a newer key had signed" in str(problem)
        for problem in dataset.verify(keyring=owner).problems
    )


class _SignsAsOne:
    """A thief who checks nothing that would stop them, and signs by the stolen key."""

    def __init__(self, entries: object, leaked: Keyring) -> None:
        self._all, self._leaked = Keyring(entries, "file:stolen.json"), leaked  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> object:
        return getattr(self._all, name)

    def sign(self, data: bytes) -> object:
        return self._leaked.sign(data)


def test_runs_go_on_after_a_rotation_of_the_signing_key(tmp_path: Path, uri: str) -> None:
    """The new version signs behind the old one's entries; readers with both read on."""
    dataset = Dataset(tmp_path / "d")
    publish(dataset, open_keyring(uri), 1)
    keyring = rotate_key(SIGNING, uri)
    publish(dataset, keyring, 2)
    assert read(dataset, version=1, keyring=keyring).equals(rows(1))
    assert dataset.verify(keyring=keyring).ok


def test_another_projects_keyring_is_told_as_that(tmp_path: Path, uri: str) -> None:
    """With both fingerprints, by every act; nothing is called tampering."""
    dataset, owner = Dataset(tmp_path / "d"), open_keyring(uri)
    publish(dataset, owner, 1)
    other = init_keyring(
        f"file:{tmp_path / 'other.json'}",
        [KeyName(name) for name in ("training", "clinical", "reveal")],
    )
    marks = [keyring.fingerprint(keyring.current(SIGNING)) for keyring in (owner, other)]
    for act in (
        lambda: read(dataset, keyring=other),
        lambda: dataset.verify(keyring=other),
        lambda: dataset.rollback(1, keyring=other),
        lambda: publish(dataset, other, 2),
    ):
        with pytest.raises(AnonymizeError) as error:
            act()
        assert "another keyring" in str(error.value)
        assert all(mark in str(error.value) for mark in marks)
        assert "changed" not in str(error.value)


def test_a_night_run_after_the_leak_bricks_nothing(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was published since is refused, by itself; older versions are read, runs go on, its
    number stays used.
    """
    dataset = Dataset(tmp_path / "d")
    at(monkeypatch, "2026-11-20T10:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    publish(dataset, open_keyring(uri), 2)
    at(monkeypatch, "2026-11-25T02:00:00Z")
    publish(dataset, open_keyring(uri), 3)
    at(monkeypatch, "2026-11-26T10:00:00Z")
    done = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri)
    owner = done.keyring
    assert done.refused == {str(dataset.path): (3,)}
    reader = share_keyring(
        [KeyName("training"), KeyName("clinical")], tmp_path / "reader.json", uri
    )
    for keyring in (owner, reader):
        assert read(dataset, keyring=keyring).equals(rows(2))
        assert read(dataset, version=1, keyring=keyring).equals(rows(1))
        with pytest.raises(DatasetError, match=r"version 3 is refused: 'signing\.1'"):
            read(dataset, version=3, keyring=keyring)
        assert dataset.verify(keyring=keyring).problems == ()
    assert dataset.versions(owner) == (1, 2)
    assert publish(dataset, owner, 4).version == 4
    for keyring in (owner, reader):
        assert read(dataset, keyring=keyring).equals(rows(4))
        assert dataset.verify(keyring=keyring).problems == ()
    dataset.rollback(1, keyring=owner, why="the faulty four")
    with pytest.raises(DatasetError, match="version 3 is refused"):
        dataset.rollback(3, keyring=owner, why="want it back")


def test_an_expiry_takes_refused_versions_away(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can read them: they are no reason to keep their rows, and none of those kept."""
    dataset = Dataset(tmp_path / "d")
    at(monkeypatch, "2026-11-20T10:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    publish(dataset, open_keyring(uri), 2)
    at(monkeypatch, "2026-11-25T02:00:00Z")
    publish(dataset, open_keyring(uri), 3)
    at(monkeypatch, "2026-11-26T10:00:00Z")
    owner = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri).keyring
    assert dataset.expire(keep=2, keyring=owner, why="of the thief") == (3,)
    assert dataset.folders() == dataset.versions(owner) == (1, 2)
    assert dataset.verify(keyring=owner).problems == ()
    assert read(dataset, keyring=owner).equals(rows(2))
    assert publish(dataset, owner, 4).version == 4
    assert dataset.expire(keep=1, keyring=owner, why="old") == (1, 2)


def test_an_expiry_leaves_refused_versions_where_nothing_else_is_left(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go once a version is published in their place."""
    dataset = Dataset(tmp_path / "d")
    at(monkeypatch, "2026-11-25T02:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    owner = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri).keyring
    assert dataset.expire(keep=1, keyring=owner, why="tidy") == ()
    assert dataset.folders() == (1,)
    publish(dataset, owner, 2)
    assert dataset.expire(keep=1, keyring=owner, why="tidy") == (1,)
    assert dataset.folders() == (2,)


def test_where_all_is_refused_the_next_run_begins_anew(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No version is current then, and none that was refused can be made so."""
    dataset = Dataset(tmp_path / "d")
    at(monkeypatch, "2026-11-25T02:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    owner = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri).keyring
    with pytest.raises(DatasetError, match="no version is published yet"):
        read(dataset, keyring=owner)
    assert publish(dataset, owner, 2).version == 2
    assert read(dataset, keyring=owner).equals(rows(2))


def test_a_move_since_the_leak_counts_no_more(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever holds the leaked key can have rolled back; a date of before, behind one of since,
    does not help.
    """
    dataset = Dataset(tmp_path / "d")
    for time, number in (("2026-11-20T10:00:00Z", 1), ("2026-11-20T11:00:00Z", 2)):
        at(monkeypatch, time)
        publish(dataset, open_keyring(uri), number)
    leaked = stolen(uri)
    at(monkeypatch, "2026-11-25T02:00:00Z")
    publish(dataset, leaked, 3)
    at(monkeypatch, "2026-11-21T02:00:00Z")
    publish(dataset, leaked, 4)
    dataset.rollback(1, keyring=leaked, why="to an old one")
    at(monkeypatch, "2026-11-26T10:00:00Z")
    done = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri)
    assert done.refused == {str(dataset.path): (3, 4)}
    assert read(dataset, keyring=done.keyring).equals(rows(2))
    assert dataset.verify(keyring=done.keyring).problems == ()


def test_keys_that_were_wrapped_anew_since_the_leak_still_open(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner's own rotation: the new key signs for what opens."""
    dataset = Dataset(tmp_path / "d")
    at(monkeypatch, "2026-11-20T10:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    at(monkeypatch, "2026-11-25T10:00:00Z")
    rotate(KeyName("training"), [dataset.path], uri)
    at(monkeypatch, "2026-11-26T10:00:00Z")
    owner = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri).keyring
    assert read(dataset, keyring=owner).equals(rows(1))
    assert dataset.verify(keyring=owner).problems == ()


def test_a_revocation_that_was_interrupted_is_completed_by_the_same_command(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keyring is changed first; the log is signed by the next try. A log that does not hold
    changes nothing.
    """
    dataset = Dataset(tmp_path / "d")
    at(monkeypatch, "2026-11-25T10:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    whole = dataset.audit.path.read_bytes()
    dataset.audit.path.write_bytes(b"")
    with pytest.raises(DatasetError, match="leave this dataset out"):
        revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri)
    assert open_keyring(uri).current(SIGNING) == "signing.1"
    dataset.audit.path.write_bytes(whole)
    revoke_key(SIGNING, 1, "2026-11-24", uri)
    owner = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri).keyring
    assert publish(dataset, owner, 2).version == 2
    assert dataset.verify(keyring=owner).problems == ()


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_rollback_onto_a_refused_version_counts_as_not_made(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch, earlier: int
) -> None:
    """Although the new key signed it: the next run publishes, as the revocation says."""
    dataset = Dataset(tmp_path / "d")
    if earlier:
        at(monkeypatch, "2026-11-20T10:00:00Z")
        publish(dataset, open_keyring(uri), 1)
    at(monkeypatch, "2026-11-25T10:00:00Z")
    publish(dataset, open_keyring(uri), earlier + 1)
    publish(dataset, open_keyring(uri), earlier + 2)
    rotate(SIGNING, [dataset.path], uri)
    dataset.rollback(earlier + 1, keyring=uri)
    owner = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri).keyring
    if earlier:
        assert dataset.said() == 1
        assert read(dataset, keyring=owner).equals(rows(1))
        assert dataset.verify(keyring=owner).ok
    else:
        assert dataset.said() is None
        with pytest.raises(DatasetError, match="no version is published yet"):
            read(dataset, keyring=owner)
    publish(dataset, owner, 3)
    assert read(dataset, keyring=owner).equals(rows(3))
    assert dataset.verify(keyring=owner).ok


def test_a_rollback_onto_a_sound_version_stays(
    tmp_path: Path, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only versions whose publication is refused cannot be moved to."""
    dataset = Dataset(tmp_path / "d")
    at(monkeypatch, "2026-11-20T10:00:00Z")
    publish(dataset, open_keyring(uri), 1)
    at(monkeypatch, "2026-11-25T10:00:00Z")
    publish(dataset, open_keyring(uri), 2)
    rotate(SIGNING, [dataset.path], uri)
    dataset.rollback(1, keyring=uri)
    owner = revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri).keyring
    assert read(dataset, keyring=owner).equals(rows(1))
    assert dataset.verify(keyring=owner).ok


def test_a_readers_keyring_makes_and_revokes_no_key(tmp_path: Path, uri: str) -> None:
    """It would sign the owner's log with a key that nobody else knows."""
    dataset = Dataset(tmp_path / "d")
    publish(dataset, open_keyring(uri), 1)
    path, log = tmp_path / "reader.json", dataset.audit.path
    share_keyring([KeyName("training")], path, uri)
    before = path.read_bytes(), log.read_bytes()
    for act in (
        lambda: revoke(SIGNING, 1, "2026-11-24", [dataset.path], f"file:{path}"),
        lambda: revoke(SIGNING, 1, "2026-11-24", [], f"file:{path}"),
        lambda: revoke_key(SIGNING, 1, "2026-11-24", f"file:{path}"),
        lambda: rotate_key(SIGNING, f"file:{path}"),
        lambda: rotate_key(KeyName("training"), f"file:{path}"),
        lambda: init_keyring(f"file:{path}", [KeyName("other")]),
    ):
        with pytest.raises(KeysError, match=r"reader's keyring.*the owner's"):
            act()
    assert (path.read_bytes(), log.read_bytes()) == before


def test_a_keyring_from_before_a_rotation_revokes_nothing(tmp_path: Path, uri: str) -> None:
    """Two keys of one id would sign the log; no keyring would open it any more."""
    dataset, path = Dataset(tmp_path / "d"), tmp_path / "keyring.json"
    publish(dataset, open_keyring(uri), 1)
    old = path.read_bytes()
    rotate(KeyName("training"), [dataset.path], uri)
    new, log = path.read_bytes(), dataset.audit.path.read_bytes()
    path.write_bytes(old)
    with pytest.raises(KeysError, match=r"made with 'training\.2', which this keyring lacks"):
        revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri)
    assert (path.read_bytes(), dataset.audit.path.read_bytes()) == (old, log)
    path.write_bytes(new)
    assert dataset.verify(keyring=open_keyring(uri)).ok


def test_a_log_in_which_the_old_key_signed_last_is_named_before_the_key_is_revoked(
    tmp_path: Path, uri: str
) -> None:
    """Afterwards nobody could sign the log; the key can be revoked at once without the dataset."""
    dataset, leaked = Dataset(tmp_path / "d"), stolen(uri)
    publish(dataset, leaked, 1, parts=1)
    owner = rotate(SIGNING, [dataset.path], uri) and open_keyring(uri)
    publish(dataset, owner, 2, parts=1)
    both = {entry.id: entry for entry in (*owner.entries(), *leaked.entries())}
    hand = _SignsAsOne(both.values(), leaked)
    publish(dataset, hand, 3, parts=1)  # type: ignore[arg-type]
    before = dataset.audit.path.read_bytes()
    with pytest.raises(DatasetError) as told:
        revoke(SIGNING, 1, "2026-11-24", [dataset.path], uri)
    assert [problem.what for problem in told.value.problems] == [
        "'signing.1' was revoked, and a newer key had signed",
        "nothing was done; to revoke the key at once, leave this dataset out",
    ]
    assert dataset.audit.path.read_bytes() == before
    assert not any(entry.revoked_from for entry in open_keyring(uri).entries())
    assert revoke(SIGNING, 1, "2026-11-24", [], uri).refused == {}
