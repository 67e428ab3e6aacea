"""Where a keyring is and what locks it, from its URI."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from anonymize.errors import KeysError
from anonymize.keys.locks import Lock, passphrase_lock

KEYRING_VARIABLE = "CLOAKROOM_KEYRING"
DEFAULT = "file:.cloakroom/keyring.json"


@dataclass(frozen=True)
class Location:
    """A keyring's file and the scheme of its lock."""

    scheme: str
    path: Path
    """Absolute, so that a changed working folder does not change which keyring it is."""

    @property
    def uri(self) -> str:
        """Return the URI that leads here from anywhere on this machine."""
        return f"{self.scheme}:{self.path}"

    def lock(self, *, make: bool = False) -> Lock:
        """Return what locks the file; ``make`` may create a passphrase file."""
        return passphrase_lock(self.path, make=make)


def locate(uri: str | None = None) -> Location:
    """Return the location that ``uri`` names; by default CLOAKROOM_KEYRING, else the file in this folder.

    Raises:
        KeysError: the scheme is not one of those there are.
    """
    text = uri or os.environ.get(KEYRING_VARIABLE) or DEFAULT
    scheme, colon, rest = text.partition(":")
    if not colon or not rest or scheme != "file":
        raise KeysError(f"'{text}' is not a keyring's URI: file:PATH")
    return Location(scheme, Path(os.path.abspath(rest.removeprefix("//"))))
