"""Cards are files of a version: the signed manifest knows them, and every act takes them along."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset, card_files, read
from anonymize.dataset.card_files import write_cards
from anonymize.errors import DatasetError
from anonymize.keys import Keyring, init_keyring, rotate_key
from anonymize.names import KeyName
from tests.conftest import NAMES
from tests.object_store import bucket, s3  # noqa: F401

from .conftest import CARD, publish, rows, two_cards


@pytest.fixture
def carded(tmp_path: Path, keyring: Keyring) -> Dataset:
    """A dataset with one version that has cards."""
    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1, cards=two_cards)
    return dataset


def _problems(dataset: Dataset, keyring: Keyring) -> str:
    return " ".join(map(str, dataset.verify(keyring=keyring).problems))


def test_a_version_with_cards_verifies_and_reads(carded: Dataset, keyring: Keyring) -> None:
    """And gives its cards, which know the version's number."""
    assert _problems(carded, keyring) == ""
    assert read(carded, keyring=keyring).equals(rows(1))
    assert carded.card("croissant.json", keyring=keyring) == b'{"version": 1}\n'
    assert carded.card("other.md", keyring=keyring) is None


def test_a_version_without_cards_stays_readable(tmp_path: Path, keyring: Keyring) -> None:
    """As those of before are; asking for a card says that there is none."""
    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1)
    assert dataset.manifest(keyring=keyring).cards == ()
    assert _problems(dataset, keyring) == ""
    assert dataset.card("card.md", keyring=keyring) is None


def test_any_changed_byte_of_a_card_fails_verify_and_is_not_given(
    carded: Dataset, keyring: Keyring
) -> None:
    """The first, one in the middle, the last; and one that was cut off or appended."""
    path = carded.folder(1) / "card.md"
    for at in (0, len(CARD) // 2, len(CARD) - 1):
        path.write_bytes(CARD[:at] + bytes([CARD[at] ^ 1]) + CARD[at + 1 :])
        assert "card.md: its bytes are not those the manifest lists" in _problems(carded, keyring)
        with pytest.raises(DatasetError, match="changed or replaced"):
            carded.card("card.md", keyring=keyring)
    for data in (CARD[:-1], CARD + b"\n", b""):
        path.write_bytes(data)
        assert "card.md: its bytes are not those the manifest lists" in _problems(carded, keyring)


def _link(path: Path) -> None:
    path.rename(path.parent.parent.parent / "aside")
    path.symlink_to(path.parent.parent.parent / "aside")


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "x").write_bytes(CARD)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("change", [Path.unlink, _link, _folder, _pipe])
@pytest.mark.timeout(60)
def test_a_card_that_is_missing_or_no_plain_file_fails_verify(
    carded: Dataset, keyring: Keyring, change: Callable[[Path], None]
) -> None:
    """Without hanging; and rows are still read: cards are none."""
    change(carded.folder(1) / "card.md")
    assert "card.md" in _problems(carded, keyring)
    with pytest.raises(DatasetError):
        carded.card("card.md", keyring=keyring)
    assert read(carded, keyring=keyring).num_rows == 300


def test_an_extra_card_fails_verify(carded: Dataset, keyring: Keyring) -> None:
    """Also one with a name that other versions have a card of."""
    (carded.folder(1) / "openlineage.json").write_bytes(b"{}")
    assert "openlineage.json: is not listed in the manifest" in _problems(carded, keyring)


def test_the_card_of_another_version_fails_verify(carded: Dataset, keyring: Keyring) -> None:
    """Put in place of its own."""
    publish(carded, keyring, 2, cards=two_cards)
    shutil.copy(carded.folder(1) / "croissant.json", carded.folder(2) / "croissant.json")
    assert "croissant.json: its bytes are not those" in _problems(carded, keyring)


def test_an_expiry_removes_cards_and_a_rollback_checks_them(
    carded: Dataset, keyring: Keyring
) -> None:
    """As it does parts."""
    publish(carded, keyring, 2, cards=two_cards)
    (carded.folder(1) / "card.md").write_bytes(b"forged")
    with pytest.raises(DatasetError, match=r"card\.md: its bytes are not those"):
        carded.rollback(1, keyring=keyring)
    carded.expire(keep=1, keyring=keyring)
    assert not list(carded.path.rglob("000001"))


def test_keys_are_wrapped_again_beside_cards(tmp_path: Path) -> None:
    """Which stay as they are."""
    uri = f"file:{tmp_path / 'own.json'}"
    keyring = init_keyring(uri, NAMES)
    dataset = Dataset(tmp_path / "people")
    publish(dataset, keyring, 1, cards=two_cards)
    rotated = rotate_key(KeyName("training"), uri)
    assert dataset.rewrap(keyring=rotated, name=KeyName("training")) > 0
    assert dataset.card("card.md", keyring=rotated) == CARD
    assert _problems(dataset, rotated) == ""


def test_a_dataset_in_a_store_has_its_cards_there(s3: Any, bucket: str, keyring: Keyring) -> None:
    """Who opens it elsewhere verifies and prints them; a reader of rows does not fetch them."""
    address = f"s3://{bucket}/sets/people"
    for version in (1, 2):
        publish(Dataset(address), keyring, version, cards=two_cards)
    reader = Dataset(address)
    assert read(reader, keyring=keyring).num_rows == 300
    assert not (reader.folder(2) / "card.md").exists()
    assert Dataset(address).card("card.md", version=1, keyring=keyring) == CARD
    assert Dataset(address).verify(keyring=keyring).problems == ()
    Dataset(address).expire(keep=1, keyring=keyring)
    found = s3.list_objects_v2(Bucket=bucket, Prefix="sets/people/versions/")["Contents"]
    assert sum(one["Key"].endswith("card.md") for one in found) == 1


def test_a_card_that_cannot_be_written_publishes_nothing(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too large, here; nothing is left of the version, and the next run publishes."""
    dataset = Dataset(tmp_path / "people")
    monkeypatch.setattr(card_files, "LARGEST_BYTES", 10)
    with pytest.raises(DatasetError, match="at most 0 MiB are read; nothing was published"):
        publish(dataset, keyring, 1, cards=two_cards)
    assert dataset.versions(keyring) == ()
    assert list(dataset.versions_path.iterdir()) == []


def test_names_of_cards_lead_nowhere(tmp_path: Path) -> None:
    """Only a plain name in the version's folder is a card's."""
    for name in ("../card.md", "a/b.md", ".hidden.md", "part-00000.parquet", "Card.md"):
        with pytest.raises(ValueError, match="pattern"):
            write_cards(tmp_path, {name: b""})
    assert list(tmp_path.iterdir()) == []
