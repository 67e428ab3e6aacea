"""Derives purpose keys: one HKDF key per domain, entity and action, so that nothing joins by
accident.
"""

from __future__ import annotations

import unicodedata
from typing import Any, NoReturn, final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand

from anonymize.keys.primitives.secret import Secret
from anonymize.names import KeyId, key_version_of

FORMAT = "coatcheck/1"
"""First part of every HKDF info. Must change with any change of the bytes in FORMAT.md."""


def hkdf(material: Secret, *, salt: bytes = b"", info: bytes, length: int) -> Secret:
    """Return ``length`` bytes of HKDF-SHA256 over ``material``. Source: RFC 5869."""
    return Secret(HKDF(SHA256(), length, salt, info).derive(material.reveal()))


def encode_parts(*parts: str | bytes) -> bytes:
    """Return ``parts`` encoded so that no other list of parts gives the same bytes.

    Each part is its length in bytes (four bytes, big-endian), followed by its bytes; text is
    NFC-normalised UTF-8. Source: keys/FORMAT.md section 2.
    """
    encoded = (
        part if isinstance(part, bytes) else unicodedata.normalize("NFC", part).encode()
        for part in parts
    )
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)


@final
class PurposeKey:
    """A key for one purpose: 32 secret bytes derived from one version of a named key.

    Frozen, cannot be pickled, and its repr has no bytes: a plan names keys, and each process
    derives them. Primitives derive their AES keys from it with ``derive``; no two of them share
    one.
    """

    __slots__ = ("_secret", "domain", "entity", "id")

    id: KeyId
    """Name and version of the key that it is derived from: ``pseudonym.2``."""
    domain: str
    """Domain within which its results join."""
    entity: str
    """The kind of personal data within the domain, or empty."""

    def __init__(
        self, key_id: KeyId, master: Secret, *, domain: str, entity: str, action: str
    ) -> None:
        """Derive the key of this purpose from ``master``."""
        info = encode_parts(FORMAT, "purpose", domain, entity, action)
        object.__setattr__(self, "id", key_id)
        object.__setattr__(self, "domain", domain)
        object.__setattr__(self, "entity", entity)
        object.__setattr__(self, "_secret", hkdf(master, info=info, length=32))

    @property
    def version(self) -> int:
        """Return the version number of the key that it is derived from."""
        return key_version_of(self.id)

    def derive(self, *info: str, length: int) -> Secret:
        """Return ``length`` bytes (at most 8160) for the use that ``info`` names."""
        expand = HKDFExpand(SHA256(), length, encode_parts(*info))
        return Secret(expand.derive(self._secret.reveal()))  # type: ignore[attr-defined]

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        """Refuse assignment, because keys do not change."""
        raise AttributeError("a purpose key does not change")

    def __repr__(self) -> str:
        """Return the key's id only."""
        return f"PurposeKey({self.id})"

    def __reduce__(self) -> NoReturn:
        """Refuse pickling and copying."""
        raise TypeError("keys are not pickled; send the key's name and open the keyring there")
