"""A folder that is not what it stands for: another dataset's in a policy's place, a link, a second
name of a lock.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.custody.forget import forget
from anonymize.custody.reveal import reveal
from anonymize.custody.rotate_keys import destroy, unreadable_without
from anonymize.dataset import Dataset, read
from anonymize.errors import DatasetError, KeysError
from anonymize.keys import init_keyring, open_keyring, rotate_key
from anonymize.names import KeyName
from anonymize.pipeline.run import run
from anonymize.policy import Policy, parse_policy

IDS = ["K-1001", "K-1002", "K-1003"]
TRAINING = KeyName("training")


@pytest.fixture
def policy_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Policy]:
    """Return a policy of a dataset of that name; the keyring is the test's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COATCHECK_KEYRING", f"file:{tmp_path / 'keys' / 'keyring.json'}")
    init_keyring(None, [KeyName(name) for name in ("training", "pseudonym", "reveal")])
    lines = "\n".join(f"{value},{value}" for value in IDS)
    (tmp_path / "people.csv").write_text(f"id,subject\n{lines}\n")

    def of(name: str) -> Policy:
        columns = {
            "id": {"action": "tokenize"},
            "subject": {"action": "tokenize", "method": "vault"},
        }
        said = {
            "version": 1,
            "dataset": name,
            "purpose": "test",
            "source": {"path": str(tmp_path / "people.csv")},
            "sink": {"path": str(tmp_path / name), "key": "training"},
            "subject": "subject",
            "columns": columns,
        }
        return parse_policy(json.dumps(said), str(tmp_path / "p.yaml"))

    return of


def in_place_of(policy: Policy, other: Policy) -> int:
    """Put the other's folder in the policy's place; return how many entries its log has."""
    run(policy)
    run(other)
    run(other)
    shutil.rmtree(policy.sink.path)
    shutil.copytree(other.sink.path, policy.sink.path)
    return len(Dataset(policy.sink.path).audit.entries())


def test_nothing_is_done_in_the_folder_of_another_dataset(
    policy_of: Callable[[str], Policy],
) -> None:
    """Reveal, forget, rollback and expire each name both datasets; nothing is entered, nothing
    removed.
    """
    policy = policy_of("a")
    entries = in_place_of(policy, policy_of("b"))
    keyring, dataset = open_keyring(), Dataset(policy.sink.path)
    tokens = read(dataset, keyring=keyring).column("id").combine_chunks()
    for act in (
        lambda: reveal(policy, "id", tokens, keyring, reason="asked by letter"),
        lambda: forget(policy, IDS[0], keyring, reason="asked by letter"),
        lambda: dataset.rollback(1, keyring=keyring, why="faulty", dataset="a"),
        lambda: dataset.expire(keep=1, keyring=keyring, why="old", dataset="a"),
    ):
        with pytest.raises(DatasetError, match="holds dataset 'b', not 'a'"):
            act()
    assert len(dataset.audit.entries()) == entries
    assert dataset.versions(keyring) == (1, 2)
    assert isinstance(tokens, pa.Array)


def test_a_link_in_place_of_the_versions_hides_none(
    policy_of: Callable[[str], Policy], tmp_path: Path
) -> None:
    """What is wrapped by a key is not "nothing" because its folder cannot be told: no key is
    destroyed.
    """
    policy = policy_of("a")
    run(policy)
    dataset, keyring = Dataset(policy.sink.path), open_keyring()
    dataset.versions_path.rename(tmp_path / "elsewhere")
    dataset.versions_path.symlink_to(tmp_path / "elsewhere")
    for act in (
        lambda: unreadable_without(keyring.current(TRAINING), [dataset.path], keyring),
        lambda: destroy(TRAINING, 1, [dataset.path], reason="leaked"),
        lambda: read(dataset, keyring=keyring),
        lambda: dataset.verify(keyring=keyring).require(),
        lambda: dataset.verify(1, keyring=keyring).require(),
    ):
        with pytest.raises(DatasetError, match="is not a plain folder"):
            act()
    assert keyring.current(TRAINING) == "training.1"


def test_versions_that_may_not_be_listed_hide_none(
    policy_of: Callable[[str], Policy], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder's rights are no answer to what it holds."""
    policy = policy_of("a")
    run(policy)
    keyring, listed = open_keyring(), os.listdir

    def refused(path: object = ".") -> list[str]:
        if str(path).endswith("versions"):
            raise PermissionError(13, "permission denied", str(path))
        return listed(path)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(os, "listdir", refused)
    with pytest.raises(DatasetError, match="cannot be read: permission denied"):
        unreadable_without(keyring.current(TRAINING), [policy.sink.path], keyring)


@pytest.mark.parametrize("name", [".lock", ".audit.lock"])
def test_a_lock_with_a_second_name_is_refused(
    policy_of: Callable[[str], Policy], tmp_path: Path, name: str
) -> None:
    """Who locks empties the file, which may be any on that disk."""
    policy = policy_of("a")
    run(policy)
    theirs = tmp_path / "theirs"
    theirs.write_text("what they hold")
    lock = Path(policy.sink.path) / name
    lock.unlink()
    os.link(theirs, lock)
    with pytest.raises(DatasetError, match="hard link"):
        run(policy)
    assert theirs.read_text() == "what they hold"


def test_expire_removes_nothing_where_the_current_version_does_not_hold(
    policy_of: Callable[[str], Policy],
) -> None:
    """The older one may be all that is left; an older copy of the keyring removes nothing
    either.
    """
    policy = policy_of("a")
    run(policy)
    run(policy)
    dataset, keyring = Dataset(policy.sink.path), open_keyring()
    part = next(dataset.folder(2).glob("part-*.parquet"))
    part.write_bytes(b"PARE" + part.read_bytes()[:40])
    with pytest.raises(DatasetError):
        dataset.expire(keep=1, keyring=keyring, why="old")
    assert dataset.versions(keyring) == (1, 2)


def test_expire_with_an_older_keyring_is_refused(
    policy_of: Callable[[str], Policy], tmp_path: Path
) -> None:
    """As a run with it is."""
    from anonymize.cli.datasets import expire_command

    policy = policy_of("a")
    older = tmp_path / "older"
    shutil.copytree(tmp_path / "keys", older)
    rotate_key(TRAINING)
    run(policy)
    run(policy)
    with pytest.raises(KeysError, match="older copy"):
        expire_command(
            Path(policy.sink.path),
            1,
            None,
            None,
            False,
            "old ones",
            None,
            f"file:{older / 'keyring.json'}",
        )
    assert Dataset(policy.sink.path).versions() == (1, 2)
