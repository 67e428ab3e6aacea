"""Synthetic rows are of the stated columns and values, and their price is paid."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from anonymize.custody.budget import budget_of
from anonymize.errors import ArgumentError, DatasetError, GateError, PlanError, PolicyError
from anonymize.keys import open_keyring
from anonymize.pipeline.synthesize import open_synthetic, synthesize
from anonymize.policy import load_policy
from tests.workplace import Workplace

pytest.importorskip("opendp")
POLICY = """version: 1
dataset: visits
purpose: planning
source:
  path: {folder}/v.csv
  types: {{person: string, town: string, age: int64, cost: float64, flag: boolean}}
sink: {{path: {folder}/out}}
subject: person
detect: {{ner: off}}
columns: {{person: {{action: drop}}, town: {{action: keep}}}}
aggregates:
  budget: {{epsilon: 20}}
  synthetic: {{epsilon: 8, columns: {{{columns}}}}}
"""
COLUMNS = (
    "town: {values: [A, B]}, age: {edges: [0, 18, 65, 90], whole: true}, cost: {edges: [0, 5, 50]},"
    " flag: {values: [true, false, null]}"
)


def policy_in(folder: Path, columns: str = COLUMNS) -> Path:
    """Write a source of 600 people, and a policy."""
    rows = [
        f"Zuqo{n},{'AB'[n % 3 == 0]},{20 + n % 40 if n % 3 else 70},{n % 7}.5,{('', 'true')[n % 2]}"
        for n in range(600)
    ]
    rows += ["Zuqo1,A,20,1,true"] * 50 + ["Zuqo9000,Secretville,20,1,true"]
    (folder / "v.csv").write_text("person,town,age,cost,flag\n" + "\n".join(rows) + "\n")
    file = folder / "p.yaml"
    file.write_text(POLICY.format(folder=folder, columns=columns))
    return file


def test_rows_have_the_stated_values_and_what_belongs_together(
    tmp_path: Path, keyring_uri: str
) -> None:
    """Types too; a person with fifty rows counts with one; what is not listed is in none."""
    made = synthesize(policy_in(tmp_path), keyring_uri)
    table = made.table
    assert abs(table.num_rows - 600) < 25
    assert [str(field.type) for field in table.schema] == ["string", "int64", "double", "bool"]
    assert set(table["town"].to_pylist()) <= {"A", "B"}
    assert 0 <= pc.min(table["age"]).as_py() <= pc.max(table["age"]).as_py() <= 90
    assert 0.4 < table["flag"].null_count / table.num_rows < 0.6
    old = pc.mean(pc.greater_equal(table.filter(pc.equal(table["town"], "B"))["age"], 65)).as_py()
    assert old > 0.85
    rows = synthesize(tmp_path / "p.yaml", keyring_uri, rows=123, epsilon=4).table
    assert rows.num_rows == 123


def test_its_price_is_taken_from_the_budget_of_all_aggregates(
    tmp_path: Path, keyring_uri: str
) -> None:
    """And one too many is refused."""
    file, keyring = policy_in(tmp_path), open_keyring(keyring_uri)
    made = synthesize(file, keyring_uri)
    body = open_synthetic(json.dumps(made.document).encode(), keyring, "s.json")
    assert (body["cost"]["epsilon"], body["rows"]) == ("8", made.table.num_rows)
    synthesize(file, keyring_uri)
    with pytest.raises(GateError, match="ε = 16 of ε = 20 is spent"):
        synthesize(file, keyring_uri)
    assert budget_of(load_policy(file), keyring).spent.epsilon == 16
    changed = json.dumps(made.document).replace('"epsilon": "8"', '"epsilon": "1"').encode()
    with pytest.raises(DatasetError):
        open_synthetic(changed, keyring, "s.json")


def test_the_command_writes_rows_and_what_they_are(workplace: Workplace) -> None:
    """A file that exists is not replaced, and nothing is spent for it."""
    policy_in(workplace.folder)
    for name in ("s.csv", "s.parquet"):
        done = workplace.coatcheck(
            "synthesize", "p.yaml", "-o", name, "--rows", "40", "--epsilon", "1"
        )
        assert done.returncode == 0, done.stderr
        assert (
            json.loads((workplace.folder / f"{name}.json").read_text())["synthetic"]["rows"] == 40
        )
    assert pacsv.read_csv(workplace.folder / "s.csv").num_rows == 40
    assert pq.read_table(workplace.folder / "s.parquet").num_rows == 40
    again = workplace.coatcheck("synthesize", "p.yaml", "-o", "s.csv", "--epsilon", "1")
    assert (again.returncode, "exists; name another file" in again.stderr) == (2, True)
    wrong = workplace.coatcheck("synthesize", "p.yaml", "-o", "s.xlsx")
    assert (wrong.returncode, ".csv, .parquet" in wrong.stderr) == (2, True)
    spent = workplace.coatcheck("synthesize", "p.yaml", "-o", "t.csv", "--epsilon", "19")
    assert spent.returncode == 1
    assert "ε = 2 of ε = 20 is spent" in spent.stderr
    assert not (workplace.folder / "t.csv").exists()


@pytest.mark.parametrize(
    ("columns", "what"),
    [
        ("nobody: {values: [1]}", "there is no such column"),
        ("town: {edges: [0, 1]}", "is string, no number"),
    ],
)
def test_columns_that_do_not_fit_are_refused(
    tmp_path: Path, keyring_uri: str, columns: str, what: str
) -> None:
    """Before anything is spent."""
    with pytest.raises(PlanError, match=what):
        synthesize(policy_in(tmp_path, columns), keyring_uri)
    assert not (tmp_path / "out").exists()


def test_what_means_nothing_is_refused(tmp_path: Path, keyring_uri: str) -> None:
    """When the policy is read, or asked."""
    for columns in ("town: {}", "town: {values: [A, A]}", "age: {edges: [3, 1]}"):
        with pytest.raises(PolicyError):
            load_policy(policy_in(tmp_path, columns))
    file = policy_in(tmp_path)
    with pytest.raises(ArgumentError, match="rows: say"):
        synthesize(file, keyring_uri, rows=0)
    file.write_text(file.read_text().partition("aggregates:")[0])
    with pytest.raises(ArgumentError, match="synthetic: is not there"):
        synthesize(file, keyring_uri)
