"""What locks a keyring file: a passphrase (Argon2id), or a key management service."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from anonymize.errors import KeysError
from anonymize.keys.files import create_private, read_private
from anonymize.keys.kms import check_kind
from anonymize.keys.secret import Secret

PASSPHRASE_VARIABLE = "COATCHECK_PASSPHRASE"  # noqa: S105 - a name, not a value
KEYFILE_VARIABLE = "COATCHECK_KEYFILE"
ARGON2 = {"memory_kib": 65536, "iterations": 3, "lanes": 4}
"""RFC 9106's second recommended option: 64 MiB, three passes, four lanes; about 0.2 s."""
_BOUNDS = {"memory_kib": (19456, 1 << 20), "iterations": (2, 16), "lanes": (1, 16)}


class Lock(Protocol):
    """Makes and recovers the 32-byte key that encrypts a keyring file.

    ``Header`` is the JSON object that the file stores in the clear to recover it; the file binds
    it as associated data.
    """

    def new(self, keyring_id: str) -> tuple[dict[str, Any], Secret]:
        """Return a fresh header and its key, for the keyring that ``keyring_id`` names."""
        ...

    def open(self, header: dict[str, Any], keyring_id: str) -> Secret:
        """Return the key of ``header``.

        Raises:
            KeysError: this lock did not make it, or its service refuses.
            ValueError: the header is malformed, or the key does not open.
        """
        ...

    def fingerprint(self) -> bytes:
        """Return bytes that change when what opens the file changes; they reveal nothing of it."""
        ...


_SALT = os.urandom(16)


@dataclass(frozen=True)
class PassphraseLock:
    """Argon2id over a passphrase."""

    passphrase: Secret

    def new(self, keyring_id: str) -> tuple[dict[str, Any], Secret]:
        """Return a header with a fresh salt, and its key."""
        header = {"kind": "argon2id", **ARGON2, "salt": base64.b64encode(os.urandom(16)).decode()}
        return header, self.open(header, keyring_id)

    def open(self, header: dict[str, Any], keyring_id: str) -> Secret:
        """Return the key of ``header``; its costs must lie within bounds."""
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


_taken: list[Secret] = []


def take_passphrase() -> Secret | None:
    """Return what COATCHECK_PASSPHRASE says or said; it leaves the environment and stays in this process's memory.

    So that no child gets it that is started from now on: a name model's loader, a policy's command, a server. Forked
    children have it; one that is started anew reads a passphrase file.
    """
    said = os.environ.pop(PASSPHRASE_VARIABLE, "")
    if said:
        _taken[:] = [Secret(said.encode())]
    return _taken[0] if _taken else None


def forget_passphrase() -> None:
    """Drop the passphrase that was taken, so that the next open asks the environment and the file again."""
    _taken.clear()


def keyfile_of(path: Path) -> Path:
    """Return where the passphrase of keyring ``path`` is kept when no variable holds it."""
    named = os.environ.get(KEYFILE_VARIABLE)
    return Path(named) if named else path.with_name(path.name + ".key")


def passphrase_lock(path: Path, *, make: bool = False) -> PassphraseLock:
    """Return the lock of keyring ``path``: from the environment, else from its key file (made if asked).

    Raises:
        KeysError: there is neither, or the key file is open to others or empty.
    """
    if (said := take_passphrase()) is not None:
        return PassphraseLock(said)
    keyfile = keyfile_of(path)
    if not keyfile.exists():
        if not make:
            raise KeysError(f"no passphrase: set {PASSPHRASE_VARIABLE}, or keep it in {keyfile}", place=str(path))
        create_private(keyfile, Secret(secrets.token_urlsafe(32).encode() + b"\n"))
    passphrase = Secret(read_private(keyfile, "passphrase file").strip())
    if not len(passphrase):
        raise KeysError("the passphrase file is empty", place=str(keyfile))
    return PassphraseLock(passphrase)
