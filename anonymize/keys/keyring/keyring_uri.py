"""Parses a keyring's URI: where its file is, and what locks it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from anonymize.errors import KeysError
from anonymize.keys.keyring.keyring import Keyring
from anonymize.keys.keyring.kms import AwsKmsLock, TransitLock
from anonymize.keys.keyring.passphrase import passphrases
from anonymize.keys.keyring.unlocking import Lock, PassphraseLock

KEYRING_VARIABLE = "COATCHECK_KEYRING"
DEFAULT_PATH = ".coatcheck/keyring.json"
FORMS = "file:PATH, aws-kms:KEY?keyring=PATH, vault:MOUNT/KEY?keyring=PATH"
_FILE_PART = "?keyring="


@dataclass(frozen=True)
class Location:
    """A keyring's file, and what locks it."""

    scheme: str
    """``file``, ``aws-kms`` or ``vault``."""
    key: str
    """The service's key; empty for ``file``."""
    path: Path
    """Absolute path, so that a change of the working folder does not change the keyring."""

    @property
    def uri(self) -> str:
        """Return a URI for this location that is valid from any folder of this machine."""
        return (
            f"file:{self.path}"
            if self.scheme == "file"
            else f"{self.scheme}:{self.key}{_FILE_PART}{self.path}"
        )

    @property
    def kind(self) -> str:
        """Return the name of this lock in the file's header."""
        return "argon2id" if self.scheme == "file" else self.scheme

    def lock(self, *, make: bool = False) -> Lock:
        """Return the lock of the file; ``make`` allows creating a passphrase file."""
        return self.locks(make=make)[0]

    def locks(self, *, make: bool = False) -> tuple[Lock, ...]:
        """Return the possible locks of the file: its own, and the next one if a change of
        passphrase was interrupted.
        """
        if self.scheme == "aws-kms":
            return (AwsKmsLock(self.key),)
        if self.scheme == "vault":
            mount, _, name = self.key.rpartition("/")
            return (TransitLock(mount, name),)
        return tuple(PassphraseLock(passphrase) for passphrase in passphrases(self.path, make=make))


def locate(keyring: Keyring | str | None = None) -> Location:
    """Return the location that a URI names, or that an opened keyring is from; by default
    COATCHECK_KEYRING, else the file in this folder.

    Raises:
        KeysError: the URI has an unknown form.
    """
    uri = keyring.place if isinstance(keyring, Keyring) else keyring
    if uri == "":  # of a variable that is not set: not the same as no URI
        raise KeysError(f"the keyring's URI is empty; it has one of the forms {FORMS}")
    if uri is not None and "\0" in uri:
        raise KeysError("the keyring's URI holds a NUL character, which no path has")
    text = uri or os.environ.get(KEYRING_VARIABLE) or f"file:{DEFAULT_PATH}"
    scheme, _, rest = text.partition(":")
    if scheme == "file" and rest and "?" not in rest:
        return Location(scheme, "", _absolute(rest.removeprefix("//")))
    key, marker, path = rest.partition(_FILE_PART)
    plain = key and "?" not in key and (path or not marker)
    if plain and (scheme == "aws-kms" or (scheme == "vault" and key.strip("/").count("/"))):
        return Location(
            scheme, key.strip("/") if scheme == "vault" else key, _absolute(path or DEFAULT_PATH)
        )
    raise KeysError(f"what is given is not a keyring's URI; it has one of the forms {FORMS}")


def beside(uri: str, location: Location) -> Location:
    """Return the location that ``uri`` names; if it names a service's key but no file, with the
    file of ``location``.

    Raises:
        KeysError: the URI has an unknown form.
    """
    alone = not uri.startswith("file:") and "?" not in uri
    return locate(f"{uri}{_FILE_PART}{location.path}" if alone else uri)


def _absolute(path: str) -> Path:
    return Path(os.path.abspath(path))
