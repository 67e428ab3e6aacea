"""Synthetic rows are of the stated columns and values, and their price is paid."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from anonymize.custody.budget import budget_of
from anonymize.errors import ArgumentError, DatasetError, GateError, PlanError, PolicyError
from anonymize.keys import open_keyring
from anonymize.pipeline.synthesize import compare, open_synthetic, synthesize
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


def test_made_rows_and_the_version_are_compared_with_the_real_ones(
    tmp_path: Path, keyring_uri: str
) -> None:
    """The synthetic rows are near; a column that the version generalizes is not compared."""
    from anonymize.pipeline.run import run

    file = policy_in(tmp_path)
    text = file.read_text().replace(
        "town: {action: keep}", "town: {action: keep}, age: {action: generalize, band: 10}"
    )
    file.write_text(text)
    synthesize(file, keyring_uri, output=tmp_path / "s.csv")
    before = budget_of(load_policy(file), open_keyring(keyring_uri)).spent
    run(file, keyring=keyring_uri)
    found = compare(file, tmp_path / "s.csv", keyring_uri)
    made, version, chance = found.releases
    assert (made.what, version.what, chance.what) == ("synthetic rows", "version 1", "chance")
    assert (found.source, version.rows, version.columns) == (651, 651, ("town",))
    assert version.likeness.columns == (0.0,)
    assert max(made.likeness.columns) < 0.15
    assert made.closeness is None
    assert budget_of(load_policy(file), open_keyring(keyring_uri)).spent == before


def test_a_changed_row_is_told(tmp_path: Path, keyring_uri: str) -> None:
    """Who trains on a file checks it against what was signed beside it."""
    rows, keyring = tmp_path / "s.csv", open_keyring(keyring_uri)
    synthesize(policy_in(tmp_path), keyring_uri, output=rows)
    signed = (tmp_path / "s.csv.json").read_bytes()
    assert open_synthetic(signed, keyring, "s.csv.json", rows)["cost"]["epsilon"] == "8"
    rows.write_bytes(rows.read_bytes().replace(b'"A"', b'"B"', 1))
    with pytest.raises(DatasetError, match="holds other rows than the signed document is of"):
        open_synthetic(signed, keyring, "s.csv.json", rows)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_copies_of_real_rows_are_told_from_synthetic_ones(
    tmp_path: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """A control set shows who was in: an AUC of one half of rows made, and far more of copies."""
    from anonymize.pipeline.synthesize import make

    edges = f"edges: {list(range(101))}"
    columns = f"age: {{{edges}, whole: true}}, cost: {{{edges}}}"
    file = policy_in(tmp_path, columns)
    chance = np.random.default_rng(5)
    for name in ("v.csv", "control.csv"):
        rows = [
            f"{name[0]}Zu{n},A,{a},{c}.5,true"
            for n, (a, c) in enumerate(chance.integers(0, 100, (400, 2)))
        ]
        (tmp_path / name).write_text("person,town,age,cost,flag\n" + "\n".join(rows) + "\n")
    synthesize(file, keyring_uri, output=tmp_path / f"made.{form}")
    control = tmp_path / "control.csv"
    made = compare(file, tmp_path / f"made.{form}", keyring_uri, control=control).releases[0]
    assert made.closeness is not None
    assert abs(made.closeness.auc.share - 0.5) < 0.12  # six standard errors of 400 people
    monkeypatch.setattr(make, "drawn", lambda marginals, rows: _real(tmp_path / "v.csv"))
    synthesize(file, keyring_uri, output=tmp_path / f"copied.{form}", rows=400)
    copied = compare(file, tmp_path / f"copied.{form}", keyring_uri, control=control).releases[0]
    assert copied.closeness is not None
    assert copied.closeness.auc.share > 0.95
    assert (copied.closeness.source_hit, copied.closeness.control_hit) == (1.0, 0.0)


def _real(file: Path) -> np.ndarray:
    """Return the codes of real rows: as if a synthesizer had copied them."""
    table = pacsv.read_csv(file)
    return np.stack([np.floor(table[name].to_numpy()).astype(int) for name in ("age", "cost")], 1)


def test_the_comparison_is_printed_for_the_owner_alone(workplace: Workplace) -> None:
    """Nothing of it is in the signed document; a changed file is not compared."""
    policy_in(workplace.folder)
    assert workplace.coatcheck("synthesize", "p.yaml", "-o", "s.csv").returncode == 0
    signed = (workplace.folder / "s.csv.json").read_bytes()
    same = workplace.coatcheck("synthesize", "p.yaml", "--compare", "s.csv", "--control", "v.csv")
    assert (same.returncode, "control: has 601 people of the source" in same.stderr) == (2, True)
    others = (workplace.folder / "v.csv").read_text().replace("Zuqo", "Wexo")
    (workplace.folder / "others.csv").write_text(others)
    asked = ("synthesize", "p.yaml", "--compare", "s.csv", "--control", "others.csv")
    done = workplace.coatcheck(*asked)
    assert done.returncode == 0, done.stderr
    assert "closest row: AUC" in done.stdout
    assert "not to be handed on" in " ".join(done.stderr.split())
    found = json.loads(workplace.coatcheck(*asked, "--json").stdout)
    assert [one["what"] for one in found["releases"]] == ["synthetic rows", "chance"]
    assert (workplace.folder / "s.csv.json").read_bytes() == signed
    assert b"likeness" not in signed
    rows = workplace.folder / "s.csv"
    rows.write_bytes(rows.read_bytes() + b"A,1,1,true\n")
    changed = workplace.coatcheck(*asked)
    assert (changed.returncode, "holds other rows" in changed.stderr) == (2, True)
    both = workplace.coatcheck("synthesize", "p.yaml", "--compare", "s.csv", "-o", "t.csv")
    assert (both.returncode, "say either -o" in both.stderr) == (2, True)
