"""Nothing is written by hand into a dataset's folder: who copies it to readers copies all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import anonymize
from anonymize.cli.commands import init_command
from anonymize.dataset import Dataset, export
from anonymize.errors import ArgumentError
from anonymize.keys import init_keyring, open_keyring, share_keyring
from anonymize.names import KeyName
from anonymize.policy import SourceSpec
from anonymize.vault.sqlite import SqliteVault
from tests.workplace import Workplace
from tests.workplace import workplace as workplace

Writer = Callable[[Workplace, Path], object]


def _run(place: Workplace, extra: str) -> object:
    return anonymize.run(place.policy(extra), keyring=place.keyring_uri)


def _export(place: Workplace, folder: Path) -> object:
    return export(place.sink, folder / "x.csv", keyring=open_keyring(place.keyring_uri))


def _nested(place: Workplace, folder: Path) -> object:
    path = place.policy()
    path.write_text(path.read_text().replace(f"{{path: {place.sink}}}", f"{{path: {folder}/d2}}"))
    return anonymize.run(path, keyring=place.keyring_uri)


WRITERS: dict[str, Writer] = {
    "export": _export,
    "keys init": lambda _, folder: init_keyring(f"file:{folder / 'k.json'}"),
    "keys share": lambda place, folder: share_keyring(
        [KeyName("training")], folder / "reader.json", place.keyring_uri
    ),
    "init": lambda place, folder: init_command(
        SourceSpec(path=str(place.source)), folder / "p.yaml", (), ("en",), "off", None
    ),
    "vault": lambda _, folder: SqliteVault(folder / "vault.db"),
    "another sink": _nested,
}


@pytest.mark.parametrize("where", ["", "versions", "versions/000001", "a/folder/to/be/made"])
@pytest.mark.parametrize("writer", WRITERS)
def test_a_writer_refuses_a_datasets_folder_before_it_writes(
    workplace: Workplace, writer: str, where: str
) -> None:
    """With the place to mend; the dataset verifies as before."""
    _run(workplace, "")
    before = sorted(workplace.sink.rglob("*"))
    with pytest.raises(ArgumentError, match=r"only runs write; name a place outside of it$"):
        WRITERS[writer](workplace, workplace.sink / where)
    assert sorted(workplace.sink.rglob("*")) == before
    keyring = open_keyring(workplace.keyring_uri)
    assert Dataset(workplace.sink).verify(keyring=keyring).problems == ()


def test_an_anchor_in_another_datasets_folder_is_refused(workplace: Workplace) -> None:
    """Its writers could take away what it is told."""
    _run(workplace, "")
    other = Workplace(workplace.folder / "other", workplace.keyring_uri)
    other.folder.mkdir()
    other.source.write_bytes(workplace.source.read_bytes())
    with pytest.raises(ArgumentError, match="only runs write"):
        _run(other, f"audit: {{anchor: {{file: {workplace.sink / 'heads'}}}}}")
    assert not other.sink.exists()


def test_a_link_into_a_datasets_folder_is_seen(workplace: Workplace) -> None:
    """A folder of another name is the same place; beside the dataset is another."""
    _run(workplace, "")
    link = workplace.folder / "elsewhere"
    link.symlink_to(workplace.sink / "versions", target_is_directory=True)
    with pytest.raises(ArgumentError, match="only runs write"):
        _export(workplace, link)
    assert _export(workplace, workplace.folder) == 3
