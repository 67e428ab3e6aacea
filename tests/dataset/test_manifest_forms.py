"""A manifest is taken only as it was signed: form, signature, version, digest, in this order or
none.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from anonymize.dataset import Dataset, Manifest
from anonymize.dataset.canonical import canonical, parse_canonical
from anonymize.dataset.manifest import _SIGNED, NAME, load_manifest, open_manifest
from anonymize.dataset.signing import signed
from anonymize.errors import DatasetError
from anonymize.keys import Keyring


def opened(outer: dict[str, Any], keyring: Keyring) -> Manifest:
    """Open a manifest that was put together by hand."""
    return open_manifest(canonical(outer), keyring, "manifest.json")


def body(**changed: Any) -> dict[str, Any]:
    """Return a manifest's body with changes."""
    return Manifest(dataset="people", version=1).as_json() | changed


def by_hand(content: dict[str, Any], keyring: Keyring) -> dict[str, Any]:
    """Return a manifest of this content with a signature of it."""
    return {"manifest": content, "signature": signed(keyring, _SIGNED, canonical(content))}


def test_a_manifest_opens_as_it_was_signed(keyring: Keyring) -> None:
    """Nothing is lost."""
    assert opened(by_hand(body(), keyring), keyring) == Manifest(dataset="people", version=1)


def test_reads_are_logged_where_the_manifest_says_so_alone(keyring: Keyring) -> None:
    """One from before reads were logged says nothing."""
    said = {name: value for name, value in body().items() if name != "audit_reads"}
    assert not opened(by_hand(said, keyring), keyring).audit_reads
    assert opened(by_hand(said | {"audit_reads": True}, keyring), keyring).audit_reads


def test_a_changed_manifest_is_refused_whoever_asks(keyring: Keyring) -> None:
    """The signature is checked, not only the digest that the log has."""
    outer = by_hand(body(), keyring)
    outer["manifest"] = body(purpose="anything")
    with pytest.raises(DatasetError, match="the signature is not right"):
        opened(outer, keyring)


@pytest.mark.parametrize("change", [{"more": 1}, {"manifest": None}, {"signature": None}])
def test_what_is_no_manifest_is_damaged(change: dict[str, Any], keyring: Keyring) -> None:
    """With something beside it, without a body, without a signature."""
    with pytest.raises(DatasetError, match=r"is not a manifest: damaged|is not signed"):
        opened(by_hand(body(), keyring) | change, keyring)


def test_a_signed_manifest_of_another_format_is_told_from_a_damaged_one(keyring: Keyring) -> None:
    """A newer release may have written it."""
    with pytest.raises(DatasetError, match="is signed but of another format"):
        opened(by_hand(body(version="one"), keyring), keyring)


def test_no_file_is_listed_twice(dataset: Dataset, keyring: Keyring) -> None:
    """Its rows would count twice."""
    files = dataset.manifest(1, keyring=keyring).files
    with pytest.raises(ValidationError, match="a file is listed twice"):
        Manifest(dataset="people", files=(files[0], files[0]))


def test_a_version_is_not_opened_by_another_ones_manifest(
    dataset: Dataset, keyring: Keyring
) -> None:
    """Nor by one that is not there, nor by one that was not published."""
    folder = dataset.folder(1)
    with pytest.raises(DatasetError, match="is the manifest of version 1, not of 2"):
        load_manifest(folder, 2, keyring)
    with pytest.raises(DatasetError, match="is not the manifest that was published"):
        load_manifest(folder, 1, keyring, "0" * 64)
    (folder / NAME).unlink()
    with pytest.raises(DatasetError, match="is missing or may not be read"):
        load_manifest(Path(folder), 1, keyring)


def test_versions_are_canonical(dataset: Dataset, keyring: Keyring) -> None:
    """The bytes on disk are those that a check makes again."""
    data = (dataset.folder(1) / NAME).read_bytes()
    assert canonical(parse_canonical(data)) == data
