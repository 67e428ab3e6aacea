"""Which versions were made with a key, or from a file; and of which that cannot be told."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

import anonymize
from anonymize.custody.rotate_keys import rotate
from anonymize.custody.where_is import WhereIs, where_is_key, where_is_source
from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError, DatasetError, KeysError
from anonymize.keys import Keyring, init_keyring, open_keyring, share_keyring
from anonymize.names import KeyName
from tests.conftest import NAMES
from tests.dataset.conftest import publish
from tests.workplace import Workplace


@pytest.fixture
def own(workplace: Workplace) -> Workplace:
    """Return a workplace with a keyring of its own and a version; the key of its pseudonyms is
    rotated, and a second version made from other rows.
    """
    uri = f"file:{workplace.folder / 'own.json'}"
    init_keyring(uri, NAMES)
    mine = Workplace(workplace.folder, uri)
    anonymize.run(mine.policy(), keyring=uri)
    rotate(KeyName("pseudonym"), [mine.sink], uri)
    mine.source.write_text(
        mine.source.read_text() + "Dee Falk,dee@example.org,10117,1991-07-01,8\n"
    )
    anonymize.run(mine.policy(), keyring=uri, accept_change=True)
    return mine


def _versions(result: WhereIs) -> list[int]:
    return [one.version for one in result.found]


def test_versions_are_found_by_the_key_that_made_their_values(own: Workplace) -> None:
    """By its id, and by its name; what it made is told."""
    first = where_is_key("pseudonym.1", [own.sink], own.keyring_uri)
    assert _versions(first) == [1]
    assert first.found[0].how == ("pseudonym.1 made values of name, email",)
    assert _versions(where_is_key("pseudonym", [own.sink], own.keyring_uri)) == [1, 2]
    assert [one.current for one in where_is_key("pseudonym.2", [own.sink], own.keyring_uri).found]


def test_a_key_that_wraps_signs_or_seals_is_found(own: Workplace) -> None:
    """After a rotation the new version wraps, and the old one did."""
    rotate(KeyName("training"), [own.sink], own.keyring_uri)
    found = where_is_key("training", [own.sink], own.keyring_uri).found
    assert [one.how for one in found] == [
        (
            "training.1 made values or wrapped files when it was published",
            "training.2 wraps files now",
        )
    ] * 2
    (signed,) = {one.how for one in where_is_key("signing.1", [own.sink], own.keyring_uri).found}
    assert signed == ("signing.1 signed its publication",)
    (sealed,) = {one.how for one in where_is_key("owner.1", [own.sink], own.keyring_uri).found}
    assert "owner.1 sealed what it keeps for the owner" in sealed


def test_an_expired_version_is_named_by_the_log(own: Workplace) -> None:
    """A leaked key opens copies of what is no longer here."""
    Dataset(own.sink).expire(keep=1, keyring=own.keyring_uri, why="a test")
    (found,) = where_is_key("pseudonym.1", [own.sink], own.keyring_uri).found
    assert (found.version, found.on_disk, found.current) == (1, False, False)
    assert "copies may be elsewhere" in found.how[0]


def test_a_mistyped_key_is_not_a_key_of_no_version(own: Workplace) -> None:
    """One that made nothing is."""
    with pytest.raises(ArgumentError, match="the keyring has none of that name; it has clinical"):
        where_is_key("pseudonim", [own.sink], own.keyring_uri)
    assert where_is_key("reveal", [own.sink], own.keyring_uri).found == ()
    with pytest.raises(DatasetError, match="no such dataset"):
        where_is_key("reveal", [own.folder / "oot"], own.keyring_uri)


def test_versions_are_found_by_the_file_they_were_made_from(own: Workplace, tmp_path: Path) -> None:
    """By bytes, under whatever name; one name with other bytes is told apart."""
    copy = tmp_path / "copy.csv"
    shutil.copy(own.source, copy)
    found = where_is_source(own.source, [own.sink], own.keyring_uri).found
    assert [(one.version, one.how) for one in found] == [
        (1, ("made from a file of this name, with other bytes",)),
        (2, ("made from these bytes",)),
    ]
    assert _versions(where_is_source(copy, [own.sink], own.keyring_uri)) == [2]
    own.source.unlink()
    (how,) = {one.how for one in where_is_source(own.source, [own.sink], own.keyring_uri).found}
    assert how == ("made from a file of this name, whose bytes were not compared",)


def test_a_readers_keyring_finds_by_key_and_not_by_file(own: Workplace, tmp_path: Path) -> None:
    """Names of raw files may be names of people."""
    reader = share_keyring([KeyName("training")], tmp_path / "reader.json", own.keyring_uri)
    assert _versions(where_is_key("pseudonym.1", [own.sink], reader)) == [1]
    with pytest.raises(KeysError):
        where_is_source(own.source, [own.sink], reader)


def test_what_cannot_be_told_is_said(tmp_path: Path, keyring: Keyring) -> None:
    """A version without facts, and one that is not there, may be of this file."""
    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1)
    publish(dataset, keyring, 2)
    shutil.rmtree(dataset.folder(1))
    result = where_is_source("people.csv", [dataset.path], keyring)
    assert (result.found, result.looked_at) == ((), 1)
    assert [(one.version, one.why) for one in result.untold] == [
        (2, "it keeps no facts for the owner"),
        (1, "its folder is not there"),
    ]


def test_the_command_prints_what_was_found_and_fails_where_it_cannot_tell(own: Workplace) -> None:
    """Data on stdout, the rest on stderr."""
    done = own.coatcheck("where-is", "out", "--key", "pseudonym.1", "--json")
    assert [one["version"] for one in json.loads(done.stdout)["found"]] == [1]
    table = own.coatcheck("where-is", "out", "--source", "people.csv")
    assert (table.returncode, len(table.stdout.splitlines())) == (0, 3)
    none = own.coatcheck("where-is", "out", "--key", "support")
    assert (none.returncode, none.stdout) == (0, "")
    assert none.stderr == "in none of the 2 versions that were looked at\n"
    shutil.rmtree(own.sink / "versions" / "000001")
    lost = own.coatcheck("where-is", "out", "--key", "pseudonym.1")
    assert (lost.returncode, lost.stderr.splitlines()[-1]) == (
        1,
        "out version 1: cannot be told: its folder is not there",
    )
    assert own.coatcheck("where-is", "out").returncode == 2
    away = own.coatcheck("where-is", "nothere", "--key", "pseudonym.1")
    assert (away.returncode, away.stderr) == (2, "nothere: no such dataset\n")


@pytest.mark.soak
def test_a_hundred_versions_are_looked_through_in_two_seconds(
    tmp_path: Path, keyring_uri: str
) -> None:
    """Of processor time, which does not depend on load."""
    keyring, dataset = open_keyring(keyring_uri), Dataset(tmp_path / "people")
    for number in range(1, 101):
        publish(dataset, keyring, number, parts=1)
    start = time.process_time()
    assert len(where_is_key("training.1", [dataset.path], keyring).found) == 100
    assert time.process_time() - start < 2
