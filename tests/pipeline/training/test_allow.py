"""An allowance is paid for before it is made, by whom may sign, and is used once."""

from __future__ import annotations

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.custody.budget import budget_of
from anonymize.dataset import Dataset
from anonymize.dataset.certificate import sign_document
from anonymize.dataset.signing import opened_keyring
from anonymize.errors import (
    AnonymizeError,
    ArgumentError,
    DatasetError,
    GateError,
    KeysError,
    PlanError,
    PolicyError,
)
from anonymize.keys import Keyring, open_keyring, share_keyring
from anonymize.names import KeyName
from anonymize.pipeline.training import Allowed, allow_training, training_noise
from anonymize.policy import load_policy
from anonymize.readers.private.allowance import (
    CLAIMS,
    Allowance,
    open_allowance,
    require_paid,
    use_up,
)

POLICY = """version: 1
dataset: visits
purpose: planning
source: {{path: {folder}/v.csv}}
sink: {{path: {folder}/out, key: training}}
subject: person
detect: {{ner: off}}
columns:
  person: {person}
  town: {{action: keep}}
  age: {{action: keep}}
  back: {{action: keep}}
aggregates:
  budget: {{epsilon: {budget}, delta: 1e-5}}
  {unit}
  training: {{{training}}}
"""
BY_NAME = "{action: pseudonymize, domain: person, normalize: fold}"
TRAINING = (
    "label: {column: back, values: [false, true]}, people: 1000, delta: 1e-6, epsilon: 2,"
    " share: 0.1, steps: 50, columns: {town: {values: [A, B]}, age: {bounds: [0, 100]}}"
)


def policy_in(
    folder: Path, *, person: str = BY_NAME, budget: float = 4, unit: str = "unit: person",
    training: str = TRAINING,
) -> Path:  # fmt: skip
    """Write a source and a policy."""
    rows = [f"P{n % 150},{'AB'[n % 3 == 0]},{20 + n % 60},{n % 5 == 0}" for n in range(300)]
    (folder / "v.csv").write_text("person,town,age,back\n" + "\n".join(rows) + "\n")
    file = folder / "p.yaml"
    said = POLICY.format(folder=folder, person=person, budget=budget, unit=unit, training=training)
    file.write_text(said)
    return file


def published(folder: Path, uri: str, **said: Any) -> Path:
    """Publish, and return the policy's path."""
    file = policy_in(folder, **said)
    anonymize.run(load_policy(file), keyring=uri)
    return file


def written(folder: Path, made: Allowed) -> Path:
    """Write an allowance to a file."""
    path = folder / "allowance.json"
    path.write_text(json.dumps(made.document))
    return path


@pytest.fixture
def reader(tmp_path: Path, keyring_uri: str) -> Keyring:
    """A keyring that reads and signs nothing."""
    share_keyring([KeyName("training")], tmp_path / "reader.json", keyring_uri)
    return open_keyring(f"file:{tmp_path / 'reader.json'}")


def test_what_it_costs_is_in_the_signed_log_before_it_is_made(
    tmp_path: Path, keyring_uri: str, reader: Keyring
) -> None:
    """With its id, and the trainer's keyring sees it there."""
    file = published(tmp_path, keyring_uri)
    made = allow_training(file, keyring_uri)
    allowed = open_allowance(written(tmp_path, made), reader)
    entries = Dataset(tmp_path / "out").audit.entries(opened_keyring(keyring_uri))
    details = entries[-1].details
    assert details["training"]["id"] == allowed.id
    assert float(details["epsilon"]) == allowed.terms.epsilon <= 2
    assert made.budget.spent == made.loss
    require_paid(allowed, Dataset(tmp_path / "out"), reader)
    assert allowed.whose == "person"
    assert allowed.read == ["town", "age", "back", "person"]
    assert allowed.columns["age"].bounds == (0, 100)
    said = {name: value for name, value in made.document.items() if name != "signature"}
    assert "P1" not in json.dumps(said)  # Base64 of a signature may hold it
    assert len(said) == len(made.document) - 1


def test_a_spent_budget_gives_no_allowance(tmp_path: Path, keyring_uri: str) -> None:
    """What is left is not rounded up, and nothing is spent by what is refused."""
    file = published(tmp_path, keyring_uri)
    allow_training(file, keyring_uri)
    before = budget_of(load_policy(file), open_keyring(keyring_uri))
    with pytest.raises(GateError, match="is spent, and this costs"):
        allow_training(file, keyring_uri, epsilon=2.5)
    assert budget_of(load_policy(file), open_keyring(keyring_uri)) == before
    allow_training(file, keyring_uri)


def test_a_readers_keyring_cannot_spend(tmp_path: Path, keyring_uri: str, reader: Keyring) -> None:
    """It cannot sign."""
    file = published(tmp_path, keyring_uri)
    with pytest.raises(KeysError):
        allow_training(file, f"file:{tmp_path / 'reader.json'}")
    assert not budget_of(load_policy(file), open_keyring(keyring_uri)).spent.epsilon


def test_an_allowance_that_the_log_does_not_know_is_refused(
    tmp_path: Path, keyring_uri: str, reader: Keyring
) -> None:
    """Also one that a signer made without paying, or for less than it costs."""
    file = published(tmp_path, keyring_uri)
    made = allow_training(file, keyring_uri)
    body, dataset = dict(made.document["allowance"]), Dataset(tmp_path / "out")
    signer = open_keyring(keyring_uri)

    def signed(**change: Any) -> Allowance:
        document = sign_document("allowance", {**body, **change}, signer)
        path = tmp_path / "other.json"
        path.write_text(json.dumps(document))
        return open_allowance(path, reader)

    require_paid(signed(), dataset, reader)
    with pytest.raises(GateError, match="does not say that this training was paid for"):
        require_paid(signed(id="0" * 32), dataset, reader)
    with pytest.raises(GateError, match="paid for"):
        require_paid(signed(terms={**body["terms"], "epsilon": 3.0}), dataset, reader)
    with pytest.raises(ArgumentError, match="these steps cost"):
        signed(terms={**body["terms"], "steps": 60})
    with pytest.raises(ArgumentError, match="not poisson"):
        signed(terms={**body["terms"], "sampling": "shuffled"})


def test_a_changed_allowance_is_refused(tmp_path: Path, keyring_uri: str, reader: Keyring) -> None:
    """A word, a cut file, another kind of signed document, no file at all."""
    made = allow_training(published(tmp_path, keyring_uri), keyring_uri)
    path = written(tmp_path, made)
    text = path.read_text()
    for changed in (
        text.replace('"steps": 50', '"steps": 51'),
        text.replace('"person"', '"town"'),
        text[:-2],
        "",
        "[]",
        text.replace('"allowance"', '"synthetic"', 1),
    ):
        assert changed != text
        path.write_text(changed)
        with pytest.raises((DatasetError, KeysError)):
            open_allowance(path, reader)
    path.unlink()
    with pytest.raises(DatasetError, match="no such allowance"):
        open_allowance(path, reader)


def _used(arguments: tuple[str, str, Path]) -> bool:
    uri, path, claims = arguments
    try:
        use_up(open_allowance(path, open_keyring(uri)), claims)
    except GateError:
        return False
    return True


def _allowed(arguments: tuple[str, Path]) -> bool:
    uri, file = arguments
    try:
        allow_training(file, uri)
    except GateError:
        return False
    return True


def test_many_at_once_use_it_once(tmp_path: Path, keyring_uri: str) -> None:
    """Eight processes, one allowance."""
    made = allow_training(published(tmp_path, keyring_uri), keyring_uri)
    path = str(written(tmp_path, made))
    asked = [(keyring_uri, path, tmp_path / "out" / CLAIMS)] * 8
    with ProcessPoolExecutor(4, get_context("fork")) as pool:
        assert sum(pool.map(_used, asked)) == 1


def test_many_at_once_cannot_overspend(tmp_path: Path, keyring_uri: str) -> None:
    """Eight processes ask for ε = 2 each of ε = 4."""
    file = published(tmp_path, keyring_uri)
    with ProcessPoolExecutor(4, get_context("fork")) as pool:
        assert sum(pool.map(_allowed, [(keyring_uri, file)] * 8)) == 2
    budget = budget_of(load_policy(file), open_keyring(keyring_uri))
    assert budget.spent.within(budget.most)


@pytest.mark.parametrize(
    "person", ["{action: drop}", "{action: mask, keep_last: 1}", "{action: redact}",
               "{action: shuffle}"],
)  # fmt: skip
def test_people_who_cannot_be_told_apart_are_refused(
    tmp_path: Path, keyring_uri: str, person: str
) -> None:
    """A column in which one person may have several values, or that is not published."""
    file = policy_in(tmp_path, person=person)
    with pytest.raises(PlanError, match="one value for each person"):
        allow_training(file, keyring_uri)


@pytest.mark.parametrize(
    ("training", "says"),
    [
        (TRAINING.replace("age: {bounds", "town2: {bounds"), "town2"),
        (TRAINING.replace("town: {values: [A, B]}", "town: {bounds: [0, 1]}"), "no number"),
    ],
)
def test_columns_that_do_not_fit_cost_nothing(
    tmp_path: Path, keyring_uri: str, training: str, says: str
) -> None:
    """They are looked at before the budget is."""
    file = published(tmp_path, keyring_uri, training=training)
    with pytest.raises(AnonymizeError, match=says):
        allow_training(file, keyring_uri)
    assert not budget_of(load_policy(file), open_keyring(keyring_uri)).spent.epsilon


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("epsilon: 2,", "epsilon: 2, noise: 1,"), "either epsilon or noise"),
        (("epsilon: 2,", ""), "either epsilon or noise"),
        (("people: 1000", "people: 2000000"), "above 1 / people"),
        (("[A, B]", "[A, A]"), "twice"),
        (("[0, 100]", "[100, 0]"), "least is below"),
        (("values: [false, true]", "values: [true]"), "at least 2"),
        (("share: 0.1", "share: 0"), "share"),
        (("town: {", "back: {"), "label is no column"),
        (("bounds: [0, 100]", "bounds: [0, 1], edges: [0, 1]"), "one of values"),
    ],
)
def test_a_policy_says_what_is_wrong(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    """When it is read."""
    assert change[0] in TRAINING
    with pytest.raises(PolicyError, match=says):
        load_policy(policy_in(tmp_path, training=TRAINING.replace(*change)))


def test_without_a_block_it_is_said_where_one_is_described(
    tmp_path: Path, keyring_uri: str
) -> None:
    """And what each ε needs costs nothing."""
    file = policy_in(tmp_path)
    noises = [one.noise for one in training_noise(file, [0.5, 1, 3])]
    assert noises == sorted(noises, reverse=True)
    file.write_text(file.read_text().partition("  training:")[0] + "  synthetic: {epsilon: 1,"
                    " columns: {town: {values: [A]}}}\n")  # fmt: skip
    with pytest.raises(ArgumentError, match="docs/private-training"):
        allow_training(file, keyring_uri)


def test_rows_of_which_nobody_has_two_need_no_person(
    tmp_path: Path, keyring_uri: str, reader: Keyring
) -> None:
    """``unit: row``."""
    file = published(tmp_path, keyring_uri, unit="unit: row", person="{action: drop}")
    made = allow_training(file, keyring_uri)
    assert open_allowance(written(tmp_path, made), reader).whose is None


def test_a_version_of_another_rule_for_people_is_refused(tmp_path: Path, keyring_uri: str) -> None:
    """What counts is how the version was made, not what the policy says since: with two spellings
    of an id, that version has two people. Nothing is spent; published anew, it is allowed.
    """
    published(tmp_path, keyring_uri, person="{action: pseudonymize, domain: person}")
    file = policy_in(tmp_path)
    with pytest.raises(PlanError, match="publish anew"):
        allow_training(file, keyring_uri)
    assert not budget_of(load_policy(file), open_keyring(keyring_uri)).spent.epsilon
    anonymize.run(load_policy(file), keyring=keyring_uri, accept_change=True)
    assert allow_training(file, keyring_uri).loss.epsilon > 0
