"""What a folder, a forged log line or a name may not do: choose words, exit codes or lengths of
what is printed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anonymize.cli.commands import inspect_command
from anonymize.cli.datasets import versions_command
from anonymize.dataset import Dataset
from anonymize.dataset.canonical import canonical
from anonymize.errors import AnonymizeError, DatasetError, KeysError, Problem
from anonymize.keys import init_keyring, open_keyring
from anonymize.names import KeyName
from anonymize.policy import SourceSpec
from tests.dataset.conftest import publish


@pytest.fixture
def made(tmp_path: Path) -> tuple[Dataset, str]:
    """A dataset with two versions and its keyring."""
    uri = f"file:{tmp_path / 'keyring.json'}"
    init_keyring(uri, [KeyName(name) for name in ("training", "clinical", "reveal")])
    dataset = Dataset(tmp_path / "d")
    for number in (1, 2):
        publish(dataset, open_keyring(uri), number)
    return dataset, uri


def test_versions_are_those_of_the_signed_log(
    made: tuple[Dataset, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """With a keyring CURRENT alone decides nothing; without one that checks, it is said."""
    dataset, uri = made
    versions_command(dataset.path, uri, True)
    shown = capsys.readouterr()
    assert [(row["version"], row["current"], row["verified"]) for row in json.loads(shown.out)] == [
        (1, False, True),
        (2, True, True),
    ]
    assert shown.err == ""
    (dataset.path / "CURRENT").write_text("000001\n")
    with pytest.raises(DatasetError, match="says 1, the last signed move"):
        versions_command(dataset.path, uri, True)
    versions_command(dataset.path, f"file:{tmp_path / 'none.json'}", False)
    assert "unverified" in capsys.readouterr().err


@pytest.mark.parametrize(
    "key", ["other.1", "x" * 100_000, "signing." + "9" * 5000, "signing.1\x1b[2J"]
)
def test_a_forged_line_chooses_neither_exit_code_nor_length(
    made: tuple[Dataset, str], key: str
) -> None:
    """A key that is none of ours says that the line is damaged, shortly, not that the keyring lacks
    it.
    """
    dataset, uri = made
    lines = dataset.audit.path.read_bytes().splitlines()
    last = json.loads(lines[-1])
    last["signature"]["key"] = key
    dataset.audit.path.write_bytes(b"\n".join([*lines[:-1], canonical(last), b""]))
    for act in (
        lambda: dataset.audit.entries(open_keyring(uri)),
        lambda: dataset.verify(keyring=open_keyring(uri)).require(),
        lambda: dataset.manifest(keyring=open_keyring(uri)),
    ):
        with pytest.raises(DatasetError) as error:
            act()
        assert not isinstance(error.value, KeysError)
        assert len(str(error.value)) < 1000
        assert "\x1b" not in str(error.value)


def test_names_with_control_characters_are_told_by_number() -> None:
    """They would clear the screen, or begin a line that looks like one of ours."""
    said = str(AnonymizeError([Problem("out/\x1b[2Ja\nout/b: all is well", "is no version\u202e")]))
    assert said == "out/\\x1b[2Ja\\nout/b: all is well: is no version\\u202e"


def test_inspect_reads_as_the_policy_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Delimiter, encoding, types and markers are the policy's; an option counts before it."""
    (tmp_path / "a.csv").write_bytes("zip;größe\n01234;5\n04567;-\n".encode("latin-1"))
    (tmp_path / "p.yaml").write_text(
        "version: 1\ndataset: d\npurpose: t\nsink: {path: y, key: training}\nsource: {path: x.csv,"
        ' delimiter: ";", encoding: latin-1, types: {zip: string}, null_values: ["-"]}\ncolumns:'
        " {zip: {action: drop}, größe: {action: keep}}\n"
    )
    source = SourceSpec(path=str(tmp_path / "a.csv"))
    inspect_command(source, (), ("en",), None, tmp_path / "p.yaml", as_json=False)
    assert "is as" in capsys.readouterr().err
    wrong = SourceSpec(path=str(tmp_path / "a.csv"), delimiter=",")
    with pytest.raises(AnonymizeError):
        inspect_command(wrong, (), ("en",), None, tmp_path / "p.yaml", as_json=False)
