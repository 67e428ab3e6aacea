"""Who asks for a version that is not there is told what is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from anonymize.dataset import Dataset
from anonymize.errors import DatasetError
from anonymize.keys import Keyring


@pytest.mark.parametrize("version", [2, None])
def test_a_version_whose_folder_is_gone_is_not_on_disk(
    dataset: Dataset, keyring: Keyring, version: int | None
) -> None:
    """Whether it is asked for by its number or as the current one."""
    shutil.rmtree(dataset.folder(2))
    with pytest.raises(DatasetError, match=r"version 2 is not on disk|no version 2; it has 1"):
        dataset.standing(version, keyring)
    with pytest.raises(DatasetError, match=r"version 2 is not on disk|no version 2; it has 1"):
        dataset.chosen(version)


def test_a_version_that_never_was_is_answered_with_those_there_are(
    dataset: Dataset, keyring: Keyring
) -> None:
    """The signed log would only say that it lacks it."""
    with pytest.raises(DatasetError, match="no version 9; it has 1, 2"):
        dataset.standing(9, keyring)


def test_nothing_is_chosen_where_nothing_is(tmp_path: Path, keyring: Keyring) -> None:
    """A folder without versions is told from none."""
    dataset = Dataset(tmp_path / "people")
    for said in ("no such dataset", "no version is published yet"):
        with pytest.raises(DatasetError, match=said):
            dataset.chosen(None)
        with pytest.raises(DatasetError, match=said):
            dataset.standing(None, keyring)
        dataset.path.mkdir(exist_ok=True)


def test_a_move_between_two_looks_is_waited_for(
    dataset: Dataset, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CURRENT and log are two files; what stays apart is refused, after some looks."""
    current, pauses = dataset.path / "CURRENT", list[float]()
    monkeypatch.setattr("anonymize.dataset.view.time.sleep", pauses.append)
    current.write_text("000001\n")
    with pytest.raises(DatasetError, match="the last signed move in the audit log says 2"):
        dataset.standing(None, keyring)
    assert pauses == [0.02] * 50

    def moved(seconds: float) -> None:
        pauses.append(seconds)
        current.write_text("000002\n")

    pauses.clear()
    monkeypatch.setattr("anonymize.dataset.view.time.sleep", moved)
    assert dataset.standing(None, keyring).version == 2
    assert pauses == [0.02]


@pytest.mark.parametrize("address", ["s3://", "s3:///x"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    """It would be a folder of that name otherwise."""
    with pytest.raises(DatasetError, match="dataset: "):
        Dataset(address)


def test_a_dataset_answers_to_its_own_name(
    dataset: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """Before the first publication it has none; other acts than publications name none."""
    dataset.audit.append("reveal", keyring=keyring, details={"dataset": "visits"})
    dataset.require_named("people", keyring)
    with pytest.raises(DatasetError, match="holds dataset 'people', not 'visits'; nothing was"):
        dataset.require_named("visits", keyring)
    Dataset(tmp_path / "none").require_named("visits", keyring)


def test_a_move_that_goes_while_it_is_looked_at_is_none(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was completed meanwhile; another one that is left is looked at."""
    gone, left = dataset.path / ".CURRENT.1.ab.tmp", dataset.path / ".CURRENT.2.ab.tmp"
    left.write_bytes(b"000002\n")
    monkeypatch.setattr(Dataset, "_moving", lambda self: (gone, left))
    assert dataset.is_moving_to(2)
    assert not dataset.is_moving_to(1)
