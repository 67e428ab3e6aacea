"""Wrapping the keys of a version anew: entered in the log before the first sidecar is replaced."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from anonymize.dataset.canonical import Prepared
from anonymize.dataset.keymaterial import rewrapped
from anonymize.dataset.signing import Keyring
from anonymize.io.parts import sidecar_of

if TYPE_CHECKING:
    from anonymize.dataset.dataset import Dataset


def rewrap_version(dataset: Dataset, number: int, keyring: Keyring, why: str) -> int:
    """Write the new sidecars beside the old ones, enter their digests, put them in place; return how many.

    Killed at any point, every sidecar is the old one or the new one, and both are signed for.

    Raises:
        DatasetError, KeysError: see `Dataset.rewrap`.
    """
    folder, prepared, told = dataset.folder(number), list[Prepared](), dict[str, str]()
    try:
        for entry in dataset.manifest(number, keyring=keyring).files:
            data = rewrapped(folder / entry.path, keyring)
            told[entry.path] = hashlib.sha256(data).hexdigest()
            prepared.append(Prepared(sidecar_of(folder / entry.path), data))
        details = {"parts": len(told), "sidecars": told}
        dataset.audit.append("rewrap", why=why, version=number, details=details, keyring=keyring)
    except BaseException:
        for sidecar in prepared:
            sidecar.discard()
        raise
    for sidecar in prepared:
        sidecar.put()
    return len(told)
