"""What interrupted acts left is undone or completed as the signed log says, and nothing else is
touched.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from anonymize.dataset import Dataset
from anonymize.keys import Keyring

from .conftest import publish


@pytest.fixture
def dataset(tmp_path: Path, keyring: Keyring) -> Dataset:
    """Return a dataset with versions 1 and 2."""
    dataset = Dataset(tmp_path / "people")
    for number in (1, 2):
        publish(dataset, keyring, number, parts=1)
    return dataset


def recovered(dataset: Dataset, keyring: Keyring) -> list[str]:
    """Return what is among the versions after the next act began."""
    with dataset.stage(), dataset.lock(keyring):
        return sorted(name for name in os.listdir(dataset.versions_path) if name[0] != ".")


def test_folders_that_were_never_published_go_and_others_stay(
    dataset: Dataset, keyring: Keyring
) -> None:
    """A killed run's, at whatever step it was."""
    dataset.folder(3).mkdir()
    (dataset.folder(3) / "part-00000.parquet").touch()
    (dataset.versions_path / ".staging-left").mkdir()
    (dataset.versions_path / ".staging-file").touch()
    assert recovered(dataset, keyring) == ["000001", "000002"]
    assert not [name for name in os.listdir(dataset.versions_path) if "left" in name]


def test_an_expiry_is_completed(dataset: Dataset, keyring: Keyring) -> None:
    """The folder that the log says is gone goes."""
    left = dataset.folder(1)
    shutil.copytree(left, dataset.path / "copy")
    dataset.expire(keep=1, keyring=keyring)
    shutil.move(dataset.path / "copy", left)
    assert recovered(dataset, keyring) == ["000002"]


@pytest.mark.parametrize("current", ["000001\n", None])
def test_a_move_is_completed(dataset: Dataset, keyring: Keyring, current: str | None) -> None:
    """``CURRENT`` says what the log's last move says."""
    path = dataset.path / "CURRENT"
    right = path.read_bytes()
    path.unlink()
    if current is not None:
        path.write_text(current)
    recovered(dataset, keyring)
    assert path.read_bytes() == right


def test_temporary_files_go_where_they_are_written(dataset: Dataset, keyring: Keyring) -> None:
    """Those of our form; a link to another file, and what is elsewhere, are not ours."""
    version = dataset.folder(1)
    (version / "deep" / "er").mkdir(parents=True)
    (version / "subjects").mkdir()
    ours = [dataset.path, version, version / "quarantine", version / "subjects"]
    for folder in (*ours, version / "deep", version / "deep" / "er"):
        (folder / ".x.tmp").touch()
        (folder / "x.tmp").touch()
        (folder / ".x.bak").touch()
    target = dataset.path.parent / "another"
    target.touch()
    (dataset.path / ".link.tmp").symlink_to(target)
    recovered(dataset, keyring)
    assert [folder for folder in ours if (folder / ".x.tmp").exists()] == []
    assert (version / "deep" / ".x.tmp").exists()
    assert (version / "deep" / "er" / ".x.tmp").exists()
    assert all((folder / name).exists() for folder in ours for name in ("x.tmp", ".x.bak"))
    assert (dataset.path / ".link.tmp").is_symlink()
    assert target.exists()


def test_the_only_version_becomes_current(tmp_path: Path, keyring: Keyring) -> None:
    """The run died between the entry and ``CURRENT``."""
    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1, parts=1)
    path = dataset.path / "CURRENT"
    right = path.read_bytes()
    path.unlink()
    recovered(dataset, keyring)
    assert path.read_bytes() == right


def test_a_version_whose_folder_is_gone_does_not_become_current(
    dataset: Dataset, keyring: Keyring
) -> None:
    """Readers would be led to nothing."""
    shutil.rmtree(dataset.folder(2))
    (dataset.path / "CURRENT").write_text("000001\n")
    recovered(dataset, keyring)
    assert (dataset.path / "CURRENT").read_text() == "000001\n"
