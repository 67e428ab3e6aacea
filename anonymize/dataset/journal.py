"""What a run notes of finished work while it runs, so that the next run can go on after a kill.

A journal is a folder in the staging folder: one sealed file per entry. It is sealed under the
owner's key with the run's identity and the entry's name as associated data, so an entry of another
run, or one that somebody changed, does not open and counts as not there. It is not synced to disk:
after a power failure an entry may be torn, and then its work is done again.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from cryptography.exceptions import InvalidTag

from anonymize.dataset.plainfile import read_plain
from anonymize.durable import write_error
from anonymize.errors import DatasetError
from anonymize.keys import PurposeKey
from anonymize.keys.keyring.wrapping import open_sealed, seal
from anonymize.keys.primitives.derive import encode_parts

FOLDER = "journal"
ACTION = "unfinished run"
"""The action that the journal's key is derived for."""
LARGEST_BYTES = 4 << 30


class Journal:
    """The journal in a staging folder. Several processes may add entries at a time."""

    def __init__(self, staging: Path, key: PurposeKey, identity: str) -> None:
        """Use the journal of the run that ``identity`` describes; nothing is created yet.

        Args:
            staging: The staging folder.
            key: The owner's key for `ACTION`.
            identity: What must be equal for an entry to be of use to another run.
        """
        self._folder, self._identity = staging / FOLDER, identity
        self._secret = key.derive("journal", length=32)

    def put(self, name: str, data: bytes) -> None:
        """Add an entry; it appears whole or not at all.

        Raises:
            DatasetError: the disk is full, or the folder cannot be written to.
        """
        path = self._folder / f"{name}.sealed"
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
        try:
            self._folder.mkdir(exist_ok=True)
            temporary.write_bytes(seal(self._secret, data, self._about(name)))
            os.replace(temporary, path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise write_error(error, path) from None

    def get(self, name: str) -> bytes | None:
        """Return an entry; None if it is missing, torn, or not of this run."""
        with contextlib.suppress(FileNotFoundError, DatasetError, InvalidTag):
            sealed = read_plain(self._folder / f"{name}.sealed", LARGEST_BYTES)
            return open_sealed(self._secret, sealed, self._about(name))
        return None

    def remove(self) -> None:
        """Remove the journal: what is published has none."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _about(self, name: str) -> bytes:
        return encode_parts("journal", self._identity, name)
