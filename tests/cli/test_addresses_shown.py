"""An address that was typed where a path belongs is never quoted with its credentials."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import pytest

from anonymize.cli.main import main
from anonymize.errors import Problem, VaultError, on_one_line
from anonymize.vault.address import FORMS, not_an_address
from tests.workplace import Workplace
from tests.workplace import workplace as workplace

PASSWORD = "s3cr3t"
ADDRESS = f"postgresql://ana:{PASSWORD}@db.example.org/d"
POLICY = """version: 1
dataset: d
purpose: test
source: {path: people.csv}
sink: {path: out}
columns:
  name: {action: generalize, hierarchy: 'postgresql://ana:s3cr3t@db.example.org/d'}
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["verify", ADDRESS],
        ["verify", ADDRESS, "--policy", "people.yaml"],
        ["verify", "out", "--policy", ADDRESS],
        ["versions", ADDRESS],
        ["rollback", ADDRESS, "1", "--reason", "a test"],
        ["expire", ADDRESS, "--keep", "1", "--reason", "a test"],
        ["export", ADDRESS, "-o", "x.csv"],
        ["export", "out", "-o", ADDRESS],
        ["plan", ADDRESS],
        ["plan", "hierarchy.yaml"],
        ["run", ADDRESS],
        ["inspect", ADDRESS],
        ["inspect", "people.csv", "--expect", ADDRESS],
        ["reveal", ADDRESS, "name", "--reason", "a test"],
        ["keys", "list", "--keyring", f"file:{ADDRESS}"],
        ["keys", "share", "training", "-o", ADDRESS],
        ["keys", "rotate", "training", ADDRESS],
        ["keys", "relock", "training", ADDRESS],
        [ADDRESS],
        ["verify", "out", ADDRESS],
        ["verify", "out", "--version", ADDRESS],
    ],
    ids=lambda arguments: " ".join(arguments).replace(ADDRESS, "ADDRESS"),
)
def test_no_command_quotes_an_address_with_its_password(
    workplace: Workplace,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Each refuses; what it says holds the host at most."""
    workplace.policy()
    (workplace.folder / "hierarchy.yaml").write_text(POLICY)
    monkeypatch.chdir(workplace.folder)
    monkeypatch.setenv("COATCHECK_KEYRING", workplace.keyring_uri)
    monkeypatch.setattr(sys, "argv", ["coatcheck", *arguments])
    with pytest.raises(SystemExit) as stopped:
        main()
    said = "".join(capfd.readouterr())
    assert stopped.value.code in (2, 3)
    assert said
    assert PASSWORD not in said
    assert not any("postgresql" in path.name for path in workplace.folder.rglob("*"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (ADDRESS, "postgresql://…@db.example.org/d"),
        (str(Path(ADDRESS)), "postgresql:/…@db.example.org/d"),
        ("s3://key:p@s/s@bucket/x", "s3://…@bucket/x"),
        ("https://s3cr3t@example.org/x.csv", "https://…@example.org/x.csv"),
        (f"/srv/{Path(ADDRESS)}/keyring.json", "/srv/postgresql:/…@db.example.org/d/keyring.json"),
        ("https://h/x.csv?v=1&sig=s3cr3t&b=2", "https://h/x.csv?v=1&sig=…&b=2"),
        ("host=db password=s3cr3t user=ana", "host=db password=… user=ana"),
        ("out/people/versions", "out/people/versions"),
        ("file:/home/ana@example.org/keyring.json", "file:/home/ana@example.org/keyring.json"),
        ("aws-kms:alias/x?keyring=/srv/k.json", "aws-kms:alias/x?keyring=/srv/k.json"),
        (FORMS, FORMS),
    ],
)
def test_what_is_left_of_an_address(text: str, shown: str) -> None:
    """Scheme, host and path; texts that hold no credentials stay as they are."""
    assert on_one_line(text) == shown
    assert str(Problem(text, "no such file")) == f"{shown}: no such file"


def test_a_refusal_holds_no_password_in_any_form() -> None:
    """Its repr and its pickle are told and stored as well."""
    error = VaultError("is none", place=f"postgresql://ana:{PASSWORD} and {PASSWORD}@h/d")
    for form in (str(error), repr(error), repr(error.problems), repr(pickle.dumps(error))):
        assert PASSWORD not in form
    assert FORMS in str(not_an_address("x"))
