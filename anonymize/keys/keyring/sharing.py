"""Makes readers' keyrings: the keys that open what they may read, and the public halves of the
signing keys. And copies of the whole for a drill.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path

from anonymize.arguments import checked
from anonymize.errors import KeysError
from anonymize.keys.keyring.files import create_private
from anonymize.keys.keyring.keyring import CANARY, OWNER, SIGNING, Keyring, KeyVersion
from anonymize.keys.keyring.keyring_file import fresh, save
from anonymize.keys.keyring.passphrase import random_passphrase
from anonymize.keys.keyring.store import keyfile_beside, open_keyring
from anonymize.keys.keyring.unlocking import PassphraseLock
from anonymize.keys.primitives.secret import Secret
from anonymize.names import KeyId, KeyName

_VALUES = ("pseudonym", "reveal")
"""Names of keys that values are derived from by default, whatever the keyring states."""


@checked
def share_keyring(
    names: Iterable[KeyName | KeyId],
    path: str | Path,
    keyring: Keyring | str | None = None,
    *,
    reidentifies: bool = False,
) -> Keyring:
    """Write a reader's keyring to ``path`` and return it: only ``names``, and the public signing
    keys.

    A name means all its live versions, an id one version. The new file has its own passphrase, in
    ``PATH.key`` of mode 0600; hand over the two by different ways. ``reidentifies`` allows keys
    that pseudonyms or tokens are derived from: their holder can find out, by trying, whose a
    pseudonym is.

    Raises:
        KeysError: a key is not there, values come from it and ``reidentifies`` was not said,
            ``signing`` or ``owner`` is asked for, or ``path`` exists.
        ArgumentError: ``path`` lies in a dataset's folder.
    """
    keyring = open_keyring(keyring)
    chosen: dict[KeyId, KeyVersion] = {}
    for name in names:
        entry = keyring.require(name)
        if entry.name == SIGNING:
            raise KeysError(
                "a reader's keyring holds the public half of 'signing' only; it is always in"
            )
        if entry.name == CANARY:
            raise KeysError(
                "'canary' tells which rows of a version are invented, so that a leak is recognized;"
                " it is not shared with readers"
            )
        if entry.name == OWNER:
            raise KeysError(
                "'owner' is the data owner's own key, for what readers are not to learn; it is not"
                " shared"
            )
        if not reidentifies and (entry.use == "values" or entry.name in _VALUES):
            raise KeysError(
                f"pseudonyms or tokens come from '{entry.name}': who holds it finds out whose they"
                " are; readers need the sink's keys only; say --reidentifies if it is meant"
            )
        every = [
            other
            for other in keyring.entries()
            if other.name == entry.name and other.state == "live"
        ]
        chosen.update((picked.id, picked) for picked in ([entry] if "." in name else every))
    public = [
        dataclasses.replace(
            entry, secret=None
        )  # also of destroyed versions, because their signatures must still be checked
        for entry in keyring.entries()
        if entry.name == SIGNING
    ]
    target = Path(path)
    for file in (target, keyfile_beside(target)):
        if file.exists():
            raise KeysError("there is a file here already; it is not overwritten", place=str(file))
    passphrase = random_passphrase()
    create_private(keyfile_beside(target), passphrase)
    entries = (*chosen.values(), *public)
    save(target, dataclasses.replace(fresh(PassphraseLock(passphrase)), entries=entries))
    return Keyring(entries, f"file:{target}")


def copy_keyring(keyring: Keyring, path: Path, passphrase: Secret) -> None:
    """Write all of a keyring to ``path``, a new file, locked by ``passphrase``, which is written
    nowhere. Whatever locks the original, the copy needs no key service.

    Raises:
        KeysError: the file cannot be written.
    """
    entries = keyring.entries()
    save(path, dataclasses.replace(fresh(PassphraseLock(passphrase)), entries=entries))
