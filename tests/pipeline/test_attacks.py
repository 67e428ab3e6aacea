"""What a version is attacked with: who is in it, who is not, and in which words; and refusals. The
attacks themselves need anonymeter: see ``tests/readers/test_attacks.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.dataset import read
from anonymize.errors import ArgumentError, MissingExtraError
from anonymize.pipeline import attacks as attacks_of
from anonymize.pipeline.attacks import Attacked, attack
from anonymize.policy import Policy, parse_policy
from anonymize.privacy.attacks import AttackTable, written_as_published

ROWS, CONTROL = 400, 100
AttackIt = Callable[..., tuple[Attacked, AttackTable]]


def people(rows: int, seed: int) -> pa.Table:
    """Return made-up people."""
    draw = np.random.default_rng(seed)
    return pa.table(
        {
            "id": pa.array(seed * 100_000 + np.arange(rows)),
            "age": pa.array(draw.integers(18, 90, rows)),
            "zip": pa.array([f"{10000 + z * 37}" for z in draw.integers(0, 60, rows)]),
            "dx": pa.array(draw.choice(["flu", "hiv", "cold", "asthma"], rows)),
            "pay": pa.array(draw.integers(1000, 9000, rows)),
        }
    )


def policy(folder: Path, block: str = "", more: str = "", name: str = "in.parquet") -> Policy:
    """Return a policy that generalizes age and zip, and publishes pay in thirds."""
    block = block or "recode: {age: {ranges: [5, 10, 20]}, zip: {prefix: [4, 3, 2]}}"
    return parse_policy(
        f"""version: 1
dataset: d
purpose: test
source: {{path: {folder}/{name}}}
sink: {{path: {folder}/out}}
detect: {{ner: off}}
checks: {{residual: off}}
{more}
privacy:
  quasi_identifiers: [age, zip]
  sensitive: [dx, pay]
  k: 4
  {block}
columns:
  age: {{action: keep, accept: test}}
  zip: {{action: keep, accept: test}}
  dx: {{action: keep, accept: test}}
  pay: {{action: generalize, quantiles: 3}}
  id: {{action: pseudonymize}}
""",
        "p.yaml",
    )


@pytest.fixture
def attack_it(monkeypatch: pytest.MonkeyPatch, keyring_uri: str) -> AttackIt:
    """Return `attack` without attacks, and with the table that would be attacked."""

    def act(*said: object, **more: object) -> tuple[Attacked, AttackTable]:
        seen: list[AttackTable] = []
        with monkeypatch.context() as patch:
            patch.setattr(attacks_of, "require_anonymeter", lambda: None)
            patch.setattr(attacks_of, "run_attacks", lambda table, *_: seen.append(table) or ())
            found = attack(*said, keyring=keyring_uri, **more)  # type: ignore[arg-type]
        return found, seen[0]

    return act


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a source and a control set."""
    pq.write_table(people(ROWS, 1), tmp_path / "in.parquet")
    pq.write_table(people(CONTROL, 2), tmp_path / "control.parquet")
    return tmp_path


@pytest.mark.parametrize(
    "block",
    [
        "",
        "recode: {age: values, zip: values}\n  method: mondrian",
        "recode: {zip: {prefix: [3, 2]}}\n  max_suppressed: 1",
    ],
)
def test_people_of_the_source_are_found_in_classes_that_cover_them(
    block: str, place: Path, keyring_uri: str, attack_it: AttackIt
) -> None:
    """Whatever the method: each published cell covers somebody, and who was published is covered
    by a class.
    """
    made = policy(place, block)
    anonymize.run(made, keyring=keyring_uri)
    found, table = attack_it(made, place / "control.parquet")
    assert (found.source, found.control, found.twins) == (ROWS, CONTROL, 0)
    rows = len(read(place / "out", keyring=keyring_uri))
    assert len(table.published) == found.published == rows
    assert found.quasi_identifiers == ("age", "zip")
    assert found.sensitive == ("dx", "pay")
    quasi = list(table.columns[:2])
    words = written_as_published(quasi, table.published[:, :2], table.source[:, :2])
    known = {tuple(row) for row in table.published[:, :2].tolist()}
    texts = {tuple(quasi[at].labels[c] for at, c in enumerate(row)) for row in known}
    covered = sum(pair in texts for pair in zip(*words, strict=True))
    assert covered >= found.published


def test_a_secret_is_compared_as_it_is_published(
    place: Path, keyring_uri: str, attack_it: AttackIt
) -> None:
    """Rules come first, for the control set too."""
    made = policy(place)
    anonymize.run(made, keyring=keyring_uri)
    _, table = attack_it(made, place / "control.parquet")
    pay = table.columns[3]
    assert set(table.published[:, 3]) == set(table.control[:, 3])
    assert len(pay.labels) == 3


def test_a_control_set_in_csv_has_the_types_of_the_source(
    place: Path, keyring_uri: str, attack_it: AttackIt
) -> None:
    """Postcodes that look like numbers stay text, and values that no hierarchy has are taken."""
    made = policy(place)
    anonymize.run(made, keyring=keyring_uri)
    _, table = attack_it(made, place / "control.parquet")
    pc.write_csv(pq.read_table(place / "control.parquet"), place / "control.csv")
    _, same = attack_it(made, place / "control.csv")
    assert (same.control == table.control).all()


def test_the_filter_leaves_out_rows_of_the_source_alone(
    place: Path, keyring_uri: str, attack_it: AttackIt
) -> None:
    """So what the filter holds out can be the control set."""
    made = policy(place, more="rows: {where: [[age, '<', 60]]}")
    anonymize.run(made, keyring=keyring_uri)
    found, _ = attack_it(made, place / "control.parquet")
    ages = pq.read_table(place / "in.parquet")["age"].to_numpy()
    assert found.source == (ages < 60).sum()
    assert found.control == CONTROL


def test_a_control_set_of_the_source_is_refused(
    place: Path, keyring_uri: str, attack_it: AttackIt
) -> None:
    """By whole rows without a subject, by the subject with one; in part with a subject."""
    made = policy(place)
    anonymize.run(made, keyring=keyring_uri)
    some = pq.read_table(place / "in.parquet").slice(0, 60)
    pq.write_table(some, place / "same.parquet")
    with pytest.raises(ArgumentError, match=r"100\.0% of its rows are rows of the source"):
        attack_it(made, place / "same.parquet")
    mixed = pa.concat_tables([some.slice(0, 1), people(50, 3)])
    pq.write_table(mixed, place / "mixed.parquet")
    by_id = policy(place, more="subject: id")
    with pytest.raises(ArgumentError, match="of people who are in the source"):
        attack_it(by_id, place / "mixed.parquet")


def test_another_source_another_policy_and_few_rows_are_refused(
    place: Path, keyring_uri: str, attack_it: AttackIt
) -> None:
    """Each with what is wrong, and no value."""
    made, control = policy(place), place / "control.parquet"
    anonymize.run(made, keyring=keyring_uri)
    pq.write_table(people(7, 4), place / "few.parquet")
    with pytest.raises(ArgumentError, match="has 7 rows; 30 or more"):
        attack_it(made, place / "few.parquet")
    with pytest.raises(ArgumentError, match="has 100 rows, and version 1 was made of 4"):
        attack_it(made, control, source=control)
    other = policy(place, "recode: {age: {ranges: [7]}, zip: {prefix: [4, 3, 2]}}")
    with pytest.raises(ArgumentError, match="labels cover no value of the source"):
        attack_it(other, control)
    with pytest.raises(ArgumentError, match="privacy"):
        attack_it(made.model_copy(update={"privacy": None}), control)


def test_without_anonymeter_the_error_says_what_to_install(
    place: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is read: there is no version here."""
    from anonymize.report.attacks import run

    monkeypatch.setattr(run, "find_spec", lambda name: None if name == "anonymeter" else name)
    with pytest.raises(MissingExtraError, match=r"extra risk.*--no-deps 'anonymeter>=1\.1,<2'"):
        attack(policy(place), place / "control.parquet", keyring=keyring_uri)
