"""What is not as it was published has one message and one exit code, however it was changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from anonymize.cli.app import app
from anonymize.dataset import Dataset, read
from anonymize.errors import AnonymizeError, DatasetError
from anonymize.keys import Keyring

MANIFEST = "versions/000002/manifest.json"


def _said(edit: Callable[[dict[str, dict[str, object]]], object]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        outer = json.loads(data)
        edit(outer)
        return json.dumps(outer, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    return changed


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "a count": _said(lambda outer: outer["manifest"]["rows"].update(written=299)),  # type: ignore[attr-defined]
    "a field more": _said(lambda outer: outer["manifest"].update(more=1)),
    "a field less": _said(lambda outer: outer["manifest"].pop("rows")),
    "the version": _said(lambda outer: outer["manifest"].update(version=1)),
    "the key's name": _said(lambda outer: outer["signature"].update(key="signing.9")),
    "the fingerprint": _said(lambda outer: outer["signature"].update(fingerprint="0" * 64)),
    "the signature": _said(lambda outer: outer["signature"].update(value="AAAA")),
    "no signature": _said(lambda outer: outer.pop("signature")),
    "spaces": lambda data: data + b" ",
    "cut": lambda data: data[:100],
    "empty": lambda data: b"",
    "no JSON": lambda data: b"\x00\xff" + data,
}


def _verified(dataset: Dataset, uri: str, *more: str) -> tuple[type[BaseException], int, str]:
    error = (
        CliRunner().invoke(app, ["verify", str(dataset.path), "--keyring", uri, *more]).exception
    )
    assert isinstance(error, AnonymizeError)
    return type(error), error.exit_code, str(error)


def _read(dataset: Dataset, keyring: Keyring) -> str:
    with pytest.raises(DatasetError) as refused:
        read(dataset.path, keyring=keyring)
    return str(refused.value)


@pytest.mark.parametrize("form", FORMS)
def test_a_changed_manifest_is_told_in_one_way(
    dataset: Dataset, keyring: Keyring, keyring_uri: str, form: str
) -> None:
    """Some forms ended with 2 and some with 3, each in words of its own: the log knows what was
    published.
    """
    path = dataset.path / MANIFEST
    path.write_bytes(FORMS[form](path.read_bytes()))
    _, code, text = _verified(dataset, keyring_uri)
    assert code == 1
    assert text == _read(dataset, keyring)
    assert text.startswith(f"{path}: is not the manifest that was published as version 2")


def _gone(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


CURRENT: dict[str, Callable[[Path], object]] = {
    "deleted": _gone,
    "an older one": lambda path: path.write_bytes(b"000001\n"),
    "none there is": lambda path: path.write_bytes(b"000009\n"),
    "damaged": lambda path: path.write_bytes(b"2"),
    "empty": lambda path: path.write_bytes(b""),
}


@pytest.mark.parametrize("form", CURRENT)
def test_a_current_that_is_not_the_last_move_is_told_in_one_way(
    dataset: Dataset, keyring: Keyring, keyring_uri: str, form: str
) -> None:
    """Deleted it was `no version is published yet` and 2 for one, and changed by hand for the
    other.
    """
    CURRENT[form](dataset.path / "CURRENT")
    _, code, text = _verified(dataset, keyring_uri)
    assert code == 1
    assert text == _read(dataset, keyring)
    assert text.startswith(f"{dataset.path / 'CURRENT'}: ")


@pytest.mark.parametrize(
    "name",
    [
        MANIFEST,
        "versions/000002",
        "audit.jsonl",
        "audit.head",
        "versions/000002/part-00000.parquet",
    ],
)
def test_what_is_removed_is_a_finding_and_no_mistake_of_the_caller(
    dataset: Dataset, keyring: Keyring, keyring_uri: str, name: str
) -> None:
    """Exit code 1 whatever is gone; readers refuse it too."""
    _gone(dataset.path / name)
    assert _verified(dataset, keyring_uri)[1] == 1
    _read(dataset, keyring)


@pytest.mark.parametrize("name", ["CURRENT", "audit.jsonl", "audit.head", MANIFEST])
def test_a_folder_in_place_of_a_file_is_a_finding(
    dataset: Dataset, keyring: Keyring, keyring_uri: str, name: str
) -> None:
    """It ended in an error of Python's: whoever can write to the folder can put one there."""
    _gone(dataset.path / name)
    (dataset.path / name).mkdir()
    assert _verified(dataset, keyring_uri)[1] == 1
    assert "is not a plain file" in _read(dataset, keyring)


def test_what_was_never_there_is_the_callers_mistake(
    dataset: Dataset, keyring_uri: str, tmp_path: Path
) -> None:
    """Exit code 2: another folder, another version."""
    assert _verified(Dataset(tmp_path / "nowhere"), keyring_uri)[1:] == (
        2,
        f"{tmp_path / 'nowhere'}: no such dataset",
    )
    _, code, text = _verified(dataset, keyring_uri, "--version", "7")
    assert (code, text) == (2, f"{dataset.path}: no version 7; it has 1, 2")
