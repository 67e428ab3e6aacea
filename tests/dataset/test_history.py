"""The history of a dataset: every act, in the log's order, with what was current after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymize.dataset import Dataset
from anonymize.dataset.history import history
from anonymize.errors import DatasetError
from anonymize.keys import Keyring

from .conftest import publish


@pytest.fixture
def moved(dataset: Dataset, keyring: Keyring) -> Dataset:
    """Return a dataset with two publications, a rollback, a publication and an expiry."""
    dataset.rollback(1, keyring=keyring, why="version 2 lacks May")
    publish(dataset, keyring, 3, why="with May")
    dataset.expire(keep=1, keyring=keyring, why="kept long enough")
    return dataset


def test_every_act_is_in_it_with_who_when_and_why(moved: Dataset, keyring: Keyring) -> None:
    """Rollbacks and versions that are gone by now, too."""
    acts = history(moved, keyring)
    assert [(act.what, act.versions, act.current) for act in acts] == [
        ("publish", (1,), 1),
        ("publish", (2,), 2),
        ("rollback", (1,), 1),
        ("publish", (3,), 3),
        ("expire", (1, 2), 3),
    ]
    assert [act.number for act in acts] == [1, 2, 3, 4, 5]
    assert acts[2].why == "version 2 lacks May"
    assert {act.signed_by for act in acts} == {"signing.1"}
    assert all("@" in act.who and act.at.endswith("Z") for act in acts)


def test_what_a_reveal_was_of_is_told_and_no_token(dataset: Dataset, keyring: Keyring) -> None:
    """Column, key and number of tokens."""
    details = {"column": "email", "values": 2, "key": "reveal", "bulk": False}
    dataset.audit.append("reveal", why="ticket 7", details=details, keyring=keyring)
    act = history(dataset, keyring)[-1]
    assert (act.columns, act.values, act.keys, act.current) == (("email",), 2, ("reveal",), 2)


def test_a_cut_log_has_no_history(moved: Dataset, keyring: Keyring) -> None:
    """An act that was cut off would be missing without a word."""
    lines = moved.audit.path.read_bytes().splitlines(keepends=True)
    moved.audit.path.write_bytes(b"".join(lines[:3]))
    with pytest.raises(DatasetError, match="cut short"):
        history(moved.path, keyring)
    with pytest.raises(DatasetError, match="cut short"):
        history(moved.path, None)


def test_a_folder_without_a_dataset_has_none(tmp_path: Path) -> None:
    """A mistyped name is not an empty history."""
    with pytest.raises(DatasetError, match="no such dataset"):
        history(tmp_path / "oot", None)
