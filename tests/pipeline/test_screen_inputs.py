"""Inputs at inference are checked by what the version is like that a model learned from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

import anonymize
from anonymize.errors import ArgumentError, GateError, KeysError
from anonymize.gates.poisoning.inputs import InputProfile
from anonymize.keys import Keyring, init_keyring
from anonymize.pipeline.screen_inputs import SafeProfile, screen_inputs
from anonymize.policy import parse_policy
from tests.gates.poisoning.made import people
from tests.gates.poisoning.made import table as screened

NAMES = ("age", "job", "hours", "pay")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Path:
    """Return a dataset of invented people, with texts."""
    folder = tmp_path_factory.mktemp("inputs")
    columns = people(4_000, seed=21, texts=True)
    columns["sex"] = ["m" if n % 2 else "f" for n in range(4_000)]
    columns["title"] = ["husband" if n % 2 else "wife" for n in range(4_000)]
    pacsv.write_csv(pa.table(columns), folder / "people.csv")
    kept = "\n".join(f"  {name}: {{action: keep, accept: invented}}" for name in columns)
    policy = parse_policy(
        f"version: 1\ndataset: people\npurpose: test\nsource: {{path: {folder / 'people.csv'}}}\n"
        f"sink: {{path: {folder / 'out'}}}\nchecks: {{residual: off}}\ncolumns:\n{kept}\n"
    )
    anonymize.run(policy, keyring=keyring)
    return folder / "out"


@pytest.fixture(scope="module")
def profile(published: Path, keyring: Keyring) -> SafeProfile:
    """Return its profile."""
    return anonymize.safe_profile(published, label="label", keyring=keyring)


def inputs(count: int = 1_000, **changed: object) -> pa.Table:
    """Return new people, with some values of the first row changed."""
    columns = people(count, seed=22, texts=True)
    columns["sex"] = ["m" if n % 2 else "f" for n in range(count)]
    columns["title"] = ["husband" if n % 2 else "wife" for n in range(count)]
    for name, value in changed.items():
        columns[name][0] = value
    return pa.table(columns)


def test_new_rows_of_the_same_kind_are_rarely_suspicious(profile: SafeProfile) -> None:
    """False alarms: two in a hundred at most."""
    assert len(profile.check(inputs())) <= 20


@pytest.mark.parametrize(
    "changed, why",
    [
        ({"age": 150}, "age is out of support"),
        ({"age": None}, "age is out of support"),
        ({"job": "astronaut"}, "job is out of support"),
        ({"sex": "m"}, "sex and title never go together"),
        ({"note": "ba\u200bran kelon"}, "text of note is disguised"),
        ({"note": "b\u0430ran kelon"}, "text of note is disguised"),
        ({"note": "\uff42\uff41ran kelon"}, "text of note is disguised"),
    ],
)
def test_evasions_are_suspicious(
    profile: SafeProfile, changed: dict[str, object], why: str
) -> None:
    """Each is found in its row, and the reason holds no value."""
    found = profile.check(inputs(**changed))
    assert why in found[0]
    assert "astronaut" not in found[0]


@pytest.mark.parametrize(
    "note", ["Müller café naïve 12 m²", "Привет, как дела", "日本語 テスト", "☕ ok"]
)
def test_foreign_text_is_no_disguise(profile: SafeProfile, note: str) -> None:
    """Accents, other scripts and pictures are what they are."""
    assert "disguised" not in profile.check(inputs(note=note)).get(0, "")


def test_unusual_inputs_near_the_border_are_suspicious() -> None:
    """Three measures of one thing agree in the version; inputs in which they do not agree, moved to
    where the labels meet, are unlike all rows.
    """
    draw = np.random.default_rng(0)

    def measured(spread: float, rows: int = 4_000) -> dict[str, list[object]]:
        thing = draw.normal(0, 1, rows)
        columns = {name: (thing + draw.normal(0, spread, rows)).tolist() for name in "abc"}
        return {**columns, "label": np.where(thing > 0, "x", "y").tolist()}

    known = InputProfile.of(screened(measured(0.2)))
    usual = known.check(pa.table(measured(0.2)))
    strange = known.check(pa.table(measured(1.5)))
    near = [sum("border" in why for why in found.values()) for found in (usual, strange)]
    assert near[0] <= 40
    assert near[1] >= 200


def test_a_profile_is_saved_encrypted_and_read_by_its_readers(
    profile: SafeProfile, tmp_path: Path, keyring: Keyring
) -> None:
    """It gives the same reasons after it was read; no value is in the file, and a changed file, or
    another keyring, is refused.
    """
    path = tmp_path / "people.profile"
    profile.save(path, keyring)
    again = SafeProfile.load(path, keyring)
    assert again.check(inputs(age=150)) == profile.check(inputs(age=150))
    assert "husband" not in path.read_text()
    assert "husband" not in repr(profile)
    path.write_text(path.read_text()[:-8] + "AAAAAAAA")
    with pytest.raises(KeysError):
        SafeProfile.load(path, keyring)
    profile.save(path, keyring)
    with pytest.raises(KeysError):
        SafeProfile.load(path, init_keyring(f"file:{tmp_path / 'k.json'}", ["training"]))


def test_missing_columns_are_an_error(profile: SafeProfile) -> None:
    """Nothing is left unlooked at silently."""
    with pytest.raises(ArgumentError, match="have no column job"):
        profile.check(inputs().drop_columns(["job"]))


def test_the_command_says_rows_and_fails_above_the_limit(
    published: Path, tmp_path: Path, keyring: Keyring
) -> None:
    """By row of the file, from 1; what the inputs lack is said."""
    pacsv.write_csv(inputs(100, age=150).drop_columns(["label"]), tmp_path / "new.csv")
    found = screen_inputs(str(tmp_path / "new.csv"), str(published), keyring=keyring)
    assert (1, "age is out of support") in [(one.row, one.reason) for one in found.suspicious]
    assert any("label: the inputs do not have it" in what for what in found.not_looked_at)
    with pytest.raises(GateError, match="inputs are suspicious"):
        screen_inputs(
            str(tmp_path / "new.csv"), str(published), most=0.0, keyring=keyring
        ).require()
