"""The digest of a version's manifest and who signed it, for whoever signs for the version."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from anonymize.dataset.canonical import parse_canonical
from anonymize.dataset.manifest import LARGEST_BYTES, NAME, Manifest
from anonymize.dataset.plainfile import read_plain
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import DatasetView


@dataclass(frozen=True)
class Seal:
    """What identifies the signed manifest of a version."""

    manifest_sha256: str
    """SHA-256 of ``manifest.json``, hexadecimal."""
    key: str
    """Id of the key that signed it."""
    fingerprint: str
    """Fingerprint of that key, 16 hexadecimal digits."""


def sealed_manifest(
    dataset: DatasetView, version: int | None, keyring: Keyring
) -> tuple[Manifest, Seal]:
    """Return the manifest of ``version`` (None: the current one), checked as by
    `DatasetView.manifest`, and its seal.

    Raises:
        DatasetError, KeysError: see `DatasetView.manifest`.
    """
    made = dataset.manifest(version, keyring=keyring)
    data = read_plain(dataset.folder(made.version) / NAME, LARGEST_BYTES)
    signature = parse_canonical(data)["signature"]
    return made, Seal(
        hashlib.sha256(data).hexdigest(), str(signature["key"]), str(signature["fingerprint"])
    )
