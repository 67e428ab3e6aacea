"""Commands that compute on encrypted columns: no key where none is needed, exit codes, what is
said.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.keys import open_keyring
from tests.dataset.test_export import publish
from tests.workplace import Workplace

ROWS = 300
NO_KEY = "file:none/keyring.json"


@pytest.fixture
def encrypted(workplace: Workplace) -> Workplace:
    """Return a place with a version of numbers and its export."""
    missing = [None if n % 10 == 0 else n / 4 for n in range(ROWS)]
    rows = pa.table({"age": list(range(ROWS)), "cost": missing, "name": ["x"] * ROWS})
    publish(workplace.folder / "out", rows, open_keyring(workplace.keyring_uri))
    done = workplace.coatcheck("export", "out", "--homomorphic", "-o", "e")
    assert done.returncode == 0, done.stderr
    assert "left out name: not numbers" in done.stderr
    return workplace


def test_a_holder_reads_what_somebody_without_a_key_computed(encrypted: Workplace) -> None:
    """Sum and mean, as a table and as JSON, with how far off they can be."""
    for what in ("sum", "mean"):
        done = encrypted.coatcheck("he", what, "e", "-o", what, COATCHECK_KEYRING=NO_KEY)
        assert (done.returncode, done.stdout) == (0, "")
        assert "signature was not checked" in done.stderr
    shut = encrypted.coatcheck("he", "decrypt", "sum", COATCHECK_KEYRING=NO_KEY)
    table = encrypted.coatcheck("he", "decrypt", "sum")
    said = json.loads(encrypted.coatcheck("he", "decrypt", "mean", "--json").stdout)
    assert (shut.returncode, shut.stdout) == (3, "")
    assert table.stdout.splitlines()[1].split()[:2] == ["age", "44,850"]
    assert "one in a million" in table.stderr
    assert "do not hand them back" in table.stderr
    assert said["answers"][0]["value"] == 149.5
    exact = sum(n / 4 for n in range(ROWS) if n % 10) / (ROWS * 0.9)
    assert abs(said["answers"][1]["value"] - exact) <= said["answers"][1]["within"] < 1e-6


def test_a_model_and_weights_come_from_options_or_files(encrypted: Workplace) -> None:
    """Scores go to a file, rows with a null without one."""
    (encrypted.folder / "w.txt").write_text("0.5\n" * ROWS)
    model = {"coefficients": {"age": 2, "cost": 1}, "intercept": 3}
    (encrypted.folder / "model.json").write_text(json.dumps(model))
    options = ("--coefficient", "age=2", "--coefficient", "cost=1", "--intercept", "3")
    for name, given in (("a", options), ("b", ("--model", "model.json"))):
        done = encrypted.coatcheck("he", "linear", "e", *given, "-o", name)
        assert done.returncode == 0, done.stderr
        out = encrypted.coatcheck("he", "decrypt", name, "-o", f"{name}.jsonl")
        assert out.returncode == 0, out.stderr
        lines = (encrypted.folder / f"{name}.jsonl").read_text().splitlines()
        scores = [json.loads(line)["score"] for line in lines]
        assert scores[10] is None
        assert scores[11] == pytest.approx(2 * 11 + 11 / 4 + 3, abs=1e-6)
    weighted = ("he", "weighted", "e", "--column", "age", "--weights", "w.txt", "-o", "w")
    assert encrypted.coatcheck(*weighted).returncode == 0
    said = json.loads(encrypted.coatcheck("he", "decrypt", "w", "--json").stdout)
    assert [round(one["value"], 6) for one in said["answers"]] == [22_425, 149.5]


def test_a_false_result_ends_with_one(encrypted: Workplace) -> None:
    """A failed check; nothing is printed."""
    encrypted.coatcheck("he", "linear", "e", "--coefficient", "age=2", "-o", "l")
    path = encrypted.folder / "l"
    path.write_bytes(path.read_bytes().replace(b'"coefficients":[2]', b'"coefficients":[3]'))
    done = encrypted.coatcheck("he", "decrypt", "l", "-o", "scores.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert "are not what the result says" in done.stderr
    assert not (encrypted.folder / "scores.csv").exists()
    encrypted.coatcheck("he", "sum", "e", "-o", "s")
    shut = encrypted.coatcheck("he", "decrypt", "s")
    assert (shut.returncode, shut.stdout) == (1, "")
    assert "--after-refusal" in shut.stderr
    assert encrypted.coatcheck("he", "decrypt", "s", "--after-refusal").returncode == 0


MISTAKES = (
    ("he linear e -o x", "--coefficient"),
    ("he linear e -o x --coefficient age", "COLUMN=NUMBER"),
    ("he linear e -o x --coefficient age=x", "COLUMN=NUMBER"),
    ("he linear e -o x --coefficient age=1 --coefficient age=2", "twice"),
    ("he linear e -o x --coefficient age=1 --model m", "--model"),
    ("he linear e -o x --model none", "cannot be read"),
    ("he linear e -o x --model people.csv", "does not hold"),
    ("he weighted e -o x --column age --weights people.csv", "a number per line"),
    ("he weighted e -o x --column name --weights none", "cannot be read"),
    ("he sum e -o x --columns name", "there are: age, cost"),
    ("he sum e -o x --columns ,", "names no column"),
    ("he sum out -o x", "cannot be read"),
    ("he sum s3://bucket/e -o x", "s3:"),
    ("he decrypt people.csv", "damaged"),
    ("export out --homomorphic", "--output FOLDER"),
    ("export out --homomorphic -o e", "is there already"),
    ("export out --homomorphic -o x --columns name", "is no number"),
    ("export out -o x.csv --small keep", "--homomorphic"),
)


def test_mistakes_are_told(encrypted: Workplace) -> None:
    """With exit code 2, and nothing is written."""
    before = set(Path(encrypted.folder).iterdir())
    for arguments, says in MISTAKES:
        done = encrypted.coatcheck(*arguments.split())
        assert (done.returncode, done.stdout) == (2, ""), arguments
        assert says in done.stderr, arguments
        assert set(Path(encrypted.folder).iterdir()) == before


def test_without_the_extra_it_says_what_to_install(encrypted: Workplace, tmp_path: Path) -> None:
    """Before anything is read."""
    (tmp_path / "tenseal.py").write_text("raise ImportError")
    path = f"{tmp_path}:{Path(__file__).parents[2]}"
    for arguments in (("export", "out", "--homomorphic", "-o", "x"), ("he", "sum", "e", "-o", "x")):
        done = encrypted.coatcheck_from_cold(*arguments, PYTHONPATH=path)
        assert done.returncode == 2
        assert "needs the extra he" in done.stderr
        assert "pip install" in done.stderr
