"""What lies among the versions and is none, versions that are gone, and rotations that cannot be
done.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from anonymize.custody.rotate_keys import relock, rotate, unreadable_without
from anonymize.dataset import Dataset
from anonymize.errors import AnonymizeError, DatasetError
from anonymize.keys import open_keyring
from anonymize.names import KeyName

from .conftest import publish
from .test_revoked import uri as uri

TRAINING = KeyName("training")


@pytest.fixture
def two(tmp_path: Path, uri: str) -> Dataset:
    """Two versions under the test's own keyring."""
    dataset = Dataset(tmp_path / "d")
    for number in (1, 2):
        publish(dataset, open_keyring(uri), number)
    return dataset


@pytest.mark.parametrize("kind", ["folder", "file", "unsigned"])
def test_a_stray_that_is_called_like_a_version_is_removed(
    two: Dataset, uri: str, kind: str
) -> None:
    """It shows no cut log: `verify` names it, a rotation and the next run go on."""
    stray, keyring = two.folder(9), open_keyring(uri)
    if kind == "file":
        stray.write_text("")
    else:
        stray.mkdir()
    if kind == "unsigned":
        (stray / "manifest.json").write_text('{"manifest": {"audit": {"entries": 99}}}')
    assert any(
        "no signed entry" in problem.what for problem in two.verify(keyring=keyring).problems
    )
    rotate(TRAINING, [two.path], uri)
    assert not stray.exists()
    assert two.verify(keyring=open_keyring(uri)).ok


def test_a_folder_that_our_key_signed_shows_a_cut_log(two: Dataset, uri: str) -> None:
    """No key is made then; nor where it is another dataset's version, which is not removed."""
    log, head = two.audit.path.read_bytes(), two.audit.head_path.read_bytes()
    publish(two, open_keyring(uri), 3)
    two.audit.path.write_bytes(log)
    two.audit.head_path.write_bytes(head)
    with pytest.raises(DatasetError, match="says 3, the last signed move"):
        rotate(TRAINING, [two.path], uri)
    shutil.rmtree(two.folder(3))
    (two.path / "CURRENT").write_text("000002\n")
    shutil.copytree(two.folder(1), two.folder(9))
    with pytest.raises(DatasetError, match="holds version 1 of dataset 'people'"):
        rotate(TRAINING, [two.path], uri)
    assert two.folder(9).is_dir()
    assert open_keyring(uri).current(TRAINING) == "training.1"


def test_a_rotation_makes_no_key_where_a_dataset_is_damaged_or_busy(two: Dataset, uri: str) -> None:
    """All datasets are looked at first."""
    sidecar = next(two.folder(1).glob("_KEY_MATERIAL*"))
    whole = sidecar.read_bytes()
    sidecar.write_bytes(whole.replace(b"a", b"b", 1))
    with pytest.raises(AnonymizeError):
        rotate(TRAINING, [two.path], uri)
    sidecar.write_bytes(whole)
    with Dataset(two.path).lock(), pytest.raises(DatasetError, match="another run"):
        rotate(TRAINING, [two.path], uri)
    assert open_keyring(uri).current(TRAINING) == "training.1"
    assert rotate(TRAINING, [two.path, two.path], uri).key_id == "training.2"


def test_a_rotation_that_fails_behind_the_key_says_so(
    two: Dataset, uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that completes it."""

    def full(*_: object, **__: object) -> int:
        raise DatasetError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Dataset, "rewrap", full)
        with pytest.raises(
            DatasetError,
            match=r"'training\.2' was made.*coatcheck keys relock training .*completes",
        ):
            rotate(TRAINING, [two.path], uri)
    assert relock(TRAINING, [two.path], uri).rewrapped == {str(two.path): 4}
    assert two.verify(keyring=open_keyring(uri)).ok


def test_a_version_that_is_gone_and_what_is_none_are_told(two: Dataset, uri: str) -> None:
    """An expiry enters what is gone; the keys of what cannot be looked at are not said to open
    nothing.
    """
    keyring = open_keyring(uri)
    (two.versions_path / "notes.txt").write_text("")
    assert [problem.what for problem in two.verify(keyring=keyring).problems] == [
        "is no version and nothing of ours; remove it"
    ]
    (two.versions_path / "notes.txt").unlink()
    shutil.rmtree(two.folder(1))
    assert "never expired, and is not on disk" in two.verify(keyring=keyring).problems[0].what
    assert any(
        "version 1 (its folder is not there" in lost
        for lost in unreadable_without(keyring.current(TRAINING), [two.path], keyring)
    )
    assert two.expire(keep=5, keyring=keyring, why="it is gone") == (1,)
    assert two.verify(keyring=keyring).ok
