"""Whatever happens to the keyring's file during a run, its parts are of the keys it began with."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import KeysError
from anonymize.keys import init_keyring, open_keyring, rotate_key
from anonymize.names import KeyName
from anonymize.pipeline import in_progress
from anonymize.policy import Policy, parse_policy

NAMES = tuple(KeyName(name) for name in ("training", "pseudonym", "reveal"))
KEYS = ("training", "pseudonym", "owner", "signing")
RULES = """
rows: {order: source, max_quarantined: 0.5}
columns:
  id: {action: pseudonymize}
  born: {action: generalize, to: year, format: '%Y-%m-%d', accept: tried}
  pay: {action: generalize, quantiles: 2, accept: tried}
"""


class Place:
    """Four files with the same people, and two keyrings with keys of the same names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "in").mkdir()
        lines = ["id,born,pay", *(f"p{row},1990-0{row}-01,{row}000" for row in range(1, 8))]
        for day in range(4):
            path = folder / "in" / f"day{day}.csv"
            path.write_text("\n".join([*lines, f"q{day},never,1"]) + "\n")
        self.uri, self.other = (
            f"file:{folder / name / 'keyring.json'}" for name in ("own", "other")
        )
        for uri in (self.uri, self.other):
            init_keyring(uri, NAMES)

    def policy(self) -> Policy:
        """Return the policy."""
        return parse_policy(
            f"version: 1\ndataset: days\npurpose: test\nsource: {{path: {self.folder / 'in'}}}\n"
            f"sink: {{path: {self.folder / 'out'}}}\n{RULES}"
        )

    def replace(self) -> None:
        """Put the other keyring in the place of the first."""
        for file in (self.folder / "other").iterdir():
            os.replace(file, self.folder / "own" / file.name)

    def rotate(self) -> None:
        """Make a new version of every key."""
        for name in KEYS:
            rotate_key(KeyName(name), self.uri)

    def wrapped(self) -> list[str]:
        """Return the wrapped keys' files of the current version."""
        versions = self.folder / "out" / "versions"
        return [path.read_text() for path in versions.rglob("_KEY_MATERIAL_FOR_*")]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Four files and two keyrings."""
    return Place(tmp_path)


def before(patch: pytest.MonkeyPatch, function: str, number: int, act: Callable[[], None]) -> None:
    """Do ``act`` before ``function`` works on partition ``number``."""
    work = getattr(in_progress, function)

    def until(job: Any, at: int) -> Any:
        if at == number:
            act()
        return work(job, at)

    patch.setattr(in_progress, function, until)


@pytest.mark.parametrize("function", ["measure_partition", "write_partition"])
def test_another_keyring_is_refused_by_name(
    place: Place, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """Before a value is derived from it; nothing is published, and the next run works."""
    with monkeypatch.context() as patch:
        before(patch, function, 2, place.replace)
        with pytest.raises(KeysError, match="is not the keyring that the run began with") as told:
            anonymize.run(place.policy(), keyring=place.uri)
    assert "'pseudonym.1'" in str(told.value)
    assert "own/keyring.json" in str(told.value)
    assert not list((place.folder / "out" / "versions").iterdir())
    assert anonymize.run(place.policy(), keyring=place.uri).version == 1


def test_a_rotation_changes_nothing_of_a_run(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts, quarantine, order and pseudonyms are of the versions it began with; all verify."""
    before(monkeypatch, "write_partition", 2, place.rotate)
    anonymize.run(place.policy(), keyring=place.uri)
    keyring, dataset = open_keyring(place.uri), Dataset(place.folder / "out")
    assert dataset.verify(keyring=keyring).ok
    rows = read(dataset, keyring=keyring)["id"].to_pylist()
    assert rows == rows[:7] * 4
    assert len(place.wrapped()) == 8
    assert not [text for text in place.wrapped() if any(f"{name}.2" in text for name in KEYS)]


@pytest.mark.soak
def test_worker_processes_hold_to_it_too(place: Place) -> None:
    """They open the file while others are at work."""
    seen = []

    def told(done: int, total: int, what: str) -> None:
        if what == "writing" and not seen:
            seen.append(done)
            place.rotate()

    anonymize.run(place.policy(), keyring=place.uri, workers=2, progress=told)
    assert seen == [0]
    assert Dataset(place.folder / "out").verify(keyring=open_keyring(place.uri)).ok
    assert not [text for text in place.wrapped() if "training.2" in text]
