"""Key rotation and crypto-shredding, with the datasets they touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from anonymize.dataset import Dataset
from anonymize.dataset.keymaterial import wrapping_keys
from anonymize.keys import Keyring, destroy_key, open_keyring, rotate_key
from anonymize.names import KeyId, KeyName


@dataclass(frozen=True)
class Rotated:
    """What a rotation did."""

    key_id: KeyId
    """The new current version."""
    rewrapped: dict[str, int]
    """Parts whose keys are now wrapped by it, per dataset."""


def rotate(name: KeyName, datasets: Sequence[str | Path], keyring_uri: str | None = None) -> Rotated:
    """Make a new version of a key, and wrap the Parquet keys of the datasets' versions by it; no data is rewritten.

    For a key that pseudonyms derive from, nothing is re-wrapped: the next run gives other pseudonyms,
    published versions keep theirs, and the manifests say which version made them. Killed anywhere,
    it can be repeated: ``rewrap`` the datasets again.

    Raises:
        KeysError: the keyring has no such key.
        DatasetError: a dataset is missing, busy or damaged; the key is rotated, that dataset is not re-wrapped.
    """
    keyring = rotate_key(name, keyring_uri)
    done = {}
    for path in datasets:
        done[str(path)] = Dataset(path).rewrap(keyring=keyring, why=f"rotation of {name}")
    return Rotated(keyring.current(name), done)


def destroyable(name: KeyName, version: int, keyring: Keyring) -> KeyId:
    """Return the id of a key version that is there to be destroyed, live or retired.

    Raises:
        KeysError: the keyring has no such version, or it is destroyed already.
    """
    key_id = KeyId(f"{name}.{version}")
    if any(entry.id == key_id and entry.state == "retired" for entry in keyring.entries()):
        return key_id
    return keyring.require(key_id).id


def unreadable_without(key_id: KeyId, datasets: Sequence[str | Path], keyring: Keyring) -> tuple[str, ...]:
    """Return ``dataset version N`` for every version with a file whose keys only ``key_id`` opens."""
    return tuple(_wrapped_by(key_id, datasets, keyring))


def _wrapped_by(key_id: KeyId, datasets: Sequence[str | Path], keyring: Keyring) -> Iterator[str]:
    for path in datasets:
        dataset = Dataset(path)
        for number in dataset.versions():
            folder = dataset.folder(number)
            files = dataset.manifest(number, keyring=keyring).files
            if any(str(key_id) in wrapping_keys(folder / entry.path) for entry in files):
                yield f"{path} version {number}"


def destroy(
    name: KeyName, version: int, datasets: Sequence[str | Path], *, reason: str, keyring_uri: str | None = None
) -> None:
    """Forget a key version for good (crypto-shredding), written into each dataset's audit log first.

    Raises:
        KeysError: the keyring has no such version.
        DatasetError: an audit entry could not be written; nothing is destroyed.
    """
    keyring = open_keyring(keyring_uri)
    key_id = destroyable(name, version, keyring)
    for path in datasets:
        details = {"key": str(key_id)}
        Dataset(path).audit.append("destroy key", why=reason, details=details, keyring=keyring)
    destroy_key(name, version, keyring_uri)
