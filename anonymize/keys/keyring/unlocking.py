"""Locks of a keyring file: a passphrase (Argon2id), or a key management service."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from anonymize.keys.keyring.kms import check_kind
from anonymize.keys.keyring.passphrase import check_taken
from anonymize.keys.primitives.secret import Secret

ARGON2 = {"memory_kib": 65536, "iterations": 3, "lanes": 4}
"""RFC 9106's second recommended option: 64 MiB, three passes, four lanes; about 0.2 s."""
_BOUNDS = {"memory_kib": (19456, 1 << 20), "iterations": (2, 16), "lanes": (1, 16)}


class Lock(Protocol):
    """Makes and recovers the 32-byte key that encrypts a keyring file.

    ``Header`` is the JSON object from which the key is recovered. The file stores it unencrypted,
    as associated data.
    """

    def new(self, keyring_id: str) -> tuple[dict[str, Any], Secret]:
        """Return a new header and its key, for the keyring with id ``keyring_id``."""
        ...

    def open(self, header: dict[str, Any], keyring_id: str) -> Secret:
        """Return the key of ``header``.

        Raises:
            KeysError: this lock did not make it, or its service refuses.
            ValueError: the header is malformed, or the key does not open.
        """
        ...

    def fingerprint(self) -> bytes:
        """Return bytes that change if the passphrase or key changes, and reveal nothing of it."""
        ...

    @property
    def unopened(self) -> str:
        """Return the message for a file that does not open: what is wrong with this lock, and that
        the file may be damaged.
        """
        ...


_SALT = os.urandom(16)


@dataclass(frozen=True)
class PassphraseLock:
    """Argon2id over a passphrase."""

    passphrase: Secret

    unopened: ClassVar[str] = (
        "the keyring does not open: the passphrase is wrong or the file is damaged"
    )

    def new(self, keyring_id: str) -> tuple[dict[str, Any], Secret]:
        """Return a header with a new salt, and its key.

        Raises:
            KeysError: the passphrase has almost no strength.
        """
        check_taken(self.passphrase)
        header = {"kind": "argon2id", **ARGON2, "salt": base64.b64encode(os.urandom(16)).decode()}
        return header, self.open(header, keyring_id)

    def open(self, header: dict[str, Any], keyring_id: str) -> Secret:
        """Return the key of ``header``; its costs must be within bounds."""
        check_kind(header, "argon2id")
        for name, (low, high) in _BOUNDS.items():
            if not (isinstance(header.get(name), int) and low <= header[name] <= high):
                raise ValueError(name)
        salt = base64.b64decode(header["salt"], validate=True)
        kdf = Argon2id(
            salt=salt,
            length=32,
            iterations=header["iterations"],
            lanes=header["lanes"],
            memory_cost=header["memory_kib"],
        )
        return Secret(kdf.derive(self.passphrase.reveal()))

    def fingerprint(self) -> bytes:
        """Return a digest salted per process."""
        return hashlib.sha256(_SALT + self.passphrase.reveal()).digest()
