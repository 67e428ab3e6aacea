"""Which versions an expiry removes: by number, by age, and what a dry run says of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from anonymize.dataset import Dataset
from anonymize.dataset.expiry import age_of
from anonymize.errors import ArgumentError, DatasetError
from anonymize.keys import Keyring

from .conftest import publish

DAY = timedelta(days=1)


@pytest.fixture
def aged(tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Return a dataset whose versions 1 to 4 are of 2020, 2021, 2022 and now."""
    dataset = Dataset(tmp_path / "people")
    for number, year in ((1, 2020), (2, 2021), (3, 2022), (4, None)):
        with monkeypatch.context() as patch:
            if year:
                patch.setattr("anonymize.dataset.audit.now", lambda y=year: f"{y}-05-01T00:00:00Z")
            publish(dataset, keyring, number, parts=1)
    return dataset


def test_versions_older_than_an_age_go(aged: Dataset, keyring: Keyring) -> None:
    """By the date in the log, not that of the folder."""
    assert aged.expire(older_than=DAY, keyring=keyring, why="a test") == (1, 2, 3)
    assert aged.versions(keyring) == (4,)
    assert aged.verify(keyring=keyring).ok


def test_the_current_version_never_goes(aged: Dataset, keyring: Keyring) -> None:
    """However old it is: a dataset does not expire as a whole."""
    aged.rollback(2, keyring=keyring, why="a test")
    assert aged.expire(older_than=timedelta(0), keyring=keyring, why="a test") == (1, 3, 4)
    assert aged.versions(keyring) == (2,)
    assert aged.verify(keyring=keyring).ok


def test_with_both_only_what_neither_keeps_goes(aged: Dataset, keyring: Keyring) -> None:
    """A number stays whatever the clock shows, and a young version whatever the number is."""
    assert aged.expire(keep=3, older_than=DAY, keyring=keyring, dry_run=True) == (1,)
    assert aged.expire(keep=1, older_than=timedelta(days=99_999), keyring=keyring) == ()


def test_a_dry_run_says_the_same_and_changes_no_file(aged: Dataset, keyring: Keyring) -> None:
    """No lock file, no entry, no folder gone."""
    before = {path: path.lstat().st_mtime_ns for path in aged.path.rglob("*")}
    said = aged.expire(keep=2, keyring=keyring, dry_run=True)
    assert said == (1, 2)
    assert {path: path.lstat().st_mtime_ns for path in aged.path.rglob("*")} == before
    assert aged.expire(keep=2, keyring=keyring, why="a test") == said


def test_a_dry_run_is_refused_where_the_act_would_be(aged: Dataset, keyring: Keyring) -> None:
    """The current version does not verify, so an older one may be the only good one."""
    part = next(aged.folder(4).glob("part-*.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(DatasetError, match="bytes, the manifest says"):
        aged.expire(older_than=DAY, keyring=keyring, dry_run=True)


def test_an_expiry_of_nothing_said_is_refused(aged: Dataset, keyring: Keyring) -> None:
    """There is no default that removes."""
    with pytest.raises(ArgumentError, match="keep, older_than, or both"):
        aged.expire(keyring=keyring)
    assert aged.versions(keyring) == (1, 2, 3, 4)


def test_a_version_without_a_date_has_no_age(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not taken for an old one."""
    dataset = Dataset(tmp_path / "people")
    with monkeypatch.context() as patch:
        patch.setattr("anonymize.dataset.audit.now", lambda: "yesterday")
        publish(dataset, keyring, 1, parts=1)
    publish(dataset, keyring, 2, parts=1)
    with pytest.raises(DatasetError, match="has no time by which its version's age could be told"):
        dataset.expire(older_than=DAY, keyring=keyring)
    assert dataset.expire(keep=1, keyring=keyring) == (1,)


@pytest.mark.parametrize(
    ("text", "age"),
    [("12h", timedelta(hours=12)), ("30d", timedelta(days=30)), ("8w", timedelta(weeks=8))],
)
def test_an_age_is_a_number_and_a_unit(text: str, age: timedelta) -> None:
    """Hours, days or weeks."""
    assert age_of(text) == age


@pytest.mark.parametrize("text", ["", "30", "-1d", "1.5d", "3m", "1y", "999999d", "d"])
def test_what_is_no_age_is_refused(text: str) -> None:
    """Months and years are no fixed time."""
    with pytest.raises(
        ArgumentError, match="--older-than: is a number of at most 99999 hours, days"
    ):
        age_of(text)
