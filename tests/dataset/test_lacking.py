"""A keyring that cannot check, and a current version that does not hold: neither is called sound or
a change.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from anonymize.custody.rotate_keys import rotate
from anonymize.dataset import Dataset
from anonymize.errors import DatasetError, KeysError
from anonymize.keys import destroy_key, open_keyring, share_keyring
from anonymize.names import KeyName
from anonymize.pipeline.current_version import require_current

from .test_revoked import uri as uri
from .test_strays import two as two

TRAINING = KeyName("training")


def test_a_keyring_that_lacks_keys_says_so(two: Dataset, uri: str, tmp_path: Path) -> None:
    """Rotated away, destroyed, or none of the data's: the keyring cannot check. A column's key may
    lack.
    """
    readers = {
        name: share_keyring([KeyName(name)], tmp_path / f"{name}.json", uri)
        for name in ("training", "clinical")
    }
    assert two.verify(keyring=readers["training"]).ok
    with pytest.raises(KeysError, match="opens nothing"):
        two.verify(keyring=readers["clinical"])
    rotate(TRAINING, [two.path], uri)
    with pytest.raises(KeysError, match=r"'training\.2' is not in the keyring.*cannot check"):
        two.verify(keyring=readers["training"])
    for version in (1, 2):
        destroy_key(TRAINING, version, uri)
    with pytest.raises(KeysError, match="cannot check"):
        two.verify(keyring=open_keyring(uri))


def test_a_changed_version_is_one_whatever_the_keyring_lacks(
    two: Dataset, uri: str, tmp_path: Path
) -> None:
    """Damage comes first."""
    reader = share_keyring([KeyName("clinical")], tmp_path / "reader.json", uri)
    (two.folder(2) / "notes").write_bytes(b"")
    told = two.verify(keyring=reader).problems
    assert [problem.what for problem in told] == ["is not listed in the manifest"]
    part = next(two.folder(2).glob("part-*.parquet"))
    part.write_bytes(part.read_bytes()[:-1])
    assert "bytes, the manifest says" in two.verify(keyring=reader).problems[0].what


@pytest.mark.parametrize("kind", ["missing", "changed", "folder"])
def test_a_current_version_that_does_not_hold_is_no_change_to_accept(
    two: Dataset, uri: str, kind: str
) -> None:
    """A rollback to a version that verifies is the way on, and works."""
    keyring, manifest = open_keyring(uri), two.folder(2) / "manifest.json"
    require_current(str(two.path), keyring)
    if kind == "missing":
        manifest.unlink()
    elif kind == "changed":
        manifest.write_bytes(manifest.read_bytes().replace(b"people", b"peoplf"))
    else:
        shutil.rmtree(two.folder(2))
    with pytest.raises(DatasetError, match=f"coatcheck rollback {two.path} 1 "):
        require_current(str(two.path), keyring)
    two.rollback(1, keyring=keyring, why="two is damaged")
    require_current(str(two.path), keyring)
