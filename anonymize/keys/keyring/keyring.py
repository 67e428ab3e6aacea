"""A keyring in memory: named keys with versions, and the operations on them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NoReturn, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from anonymize.errors import KeysError, RevokedError
from anonymize.keys.keyring import wrapping
from anonymize.keys.primitives.derive import FORMAT, PurposeKey, encode_parts, hkdf
from anonymize.keys.primitives.secret import Secret
from anonymize.names import KeyId, KeyName

SIGNING = KeyName("signing")
"""The Ed25519 key that signs manifests; readers have its public half."""
OWNER = KeyName("owner")
"""The data owner's own key, which readers never get. For quarantined rows, the order of rows, and
the sealed part of manifests.
"""
CANARY = KeyName("canary")
"""The key that canaries are drawn and kept by, which readers never get: who holds it can say which
rows are invented. Only in keyrings of policies that ask for canaries.
"""
RESERVED = (SIGNING, OWNER)
"""Keys of every owner's keyring that a policy may not name."""
State = Literal["live", "retired", "destroyed"]
KeyUse = Literal["", "files", "values"]
MAX_VERSION = 65535
_MOST_RIGHT = 65_536
_right: set[tuple[bytes, bytes, bytes]] = set()
"""Cache of signatures that were valid in this process: public key, digest and signature, about 200
bytes each.
"""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}\Z")


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """One version of a named key; its secret is not in the repr."""

    name: KeyName
    version: int
    """From 1, never reused."""
    state: State
    """``live``; ``retired`` (kept, refused until reinstated); ``destroyed`` (only this entry is
    left).
    """
    made: str
    """Date of making, ISO, UTC."""
    ended: str = ""
    """Date of retirement or destruction, ISO, UTC; empty while live."""
    secret: Secret | None = None
    """32 bytes; ``None`` when destroyed, and in a reader's signing key."""
    public: bytes | None = None
    """The signing key's public half, 32 bytes; ``None`` for other keys."""
    revoked_from: str = ""
    """ISO date or time, UTC, from which a signing key's signatures are refused; empty if it was not
    revoked.
    """
    use: KeyUse = ""
    """``values`` if policies derive pseudonyms or tokens from it, ``files`` if they only encrypt
    files with it.
    """

    @property
    def id(self) -> KeyId:
        """Return ``name.version``."""
        return KeyId(f"{self.name}.{self.version}")


@final
class Keyring:
    """Named keys and their versions, in memory. Changed only through its file (``rotate``,
    ``destroy``).

    Its repr lists key ids and states. Cannot be pickled: send its URI and open it in the other
    process.
    """

    __slots__ = ("_entries", "place")

    place: str
    """The URI it was opened from, for messages."""

    def __init__(self, entries: Iterable[KeyVersion], place: str) -> None:
        """Store ``entries``, one per name and version."""
        self._entries = {entry.id: entry for entry in entries}
        self.place = place

    def entries(self) -> tuple[KeyVersion, ...]:
        """Return every version of every key, including destroyed ones, by name and version."""
        return tuple(sorted(self._entries.values(), key=lambda entry: (entry.name, entry.version)))

    def key_ids(self) -> tuple[KeyId, ...]:
        """Return the ids of all live versions, by name and version."""
        return tuple(entry.id for entry in self.entries() if entry.state == "live")

    def current(self, name: KeyName) -> KeyId:
        """Return the id of the newest live version of ``name``.

        Raises:
            KeysError: there is none; the error lists the existing keys.
        """
        live = [entry for entry in self.entries() if entry.name == name and entry.state == "live"]
        if not live:
            raise KeysError(self._why_not(str(name)))
        return live[-1].id

    def current_ids(self) -> dict[KeyName, KeyId]:
        """Return the newest live version of every key in it that has one, by the key's name."""
        names = dict.fromkeys(KeyName(key_id.rpartition(".")[0]) for key_id in self.key_ids())
        return {name: self.current(name) for name in names}

    def require(self, key: KeyName | KeyId) -> KeyVersion:
        """Return the live version that ``key`` names: the newest for a name, the exact one for an
        id.

        Raises:
            KeysError: it is absent, retired or destroyed.
        """
        entry = (
            self._entries.get(KeyId(key))
            if "." in key
            else self._entries[self.current(KeyName(key))]
        )
        if entry is None or entry.state != "live":
            raise KeysError(self._why_not(str(key)))
        return entry

    def purpose_key(
        self,
        name: KeyName,
        *,
        action: str,
        domain: str,
        entity: str = "",
        version: int | None = None,
    ) -> PurposeKey:
        """Return the key of ``name`` for one domain, entity and action; of the newest version
        unless ``version`` is given.

        Two purposes that differ in any part have unrelated keys, so columns join only if their
        policies name the same domain.

        Raises:
            KeysError: the version is absent, retired or destroyed, or it is a signing key.
        """
        entry = self.require(name if version is None else KeyId(f"{name}.{version}"))
        return PurposeKey(
            entry.id, self._secret(entry), domain=domain, entity=entity, action=action
        )

    def wrap(self, key: KeyName | KeyId, dek: bytes, aad: bytes = b"") -> str:
        """Return ``dek`` encrypted under ``key`` (a name: its newest version), with ``aad`` as
        associated data.

        The result is text that names the key's version. AES-256-GCM, random nonce: at most 2^32
        wraps per key version. Source: keys/FORMAT.md section 6.
        """
        entry = self.require(key)
        return wrapping.wrap(entry.id, self._secret(entry), dek, aad)

    def unwrap(self, wrapped: str, aad: bytes = b"") -> bytes:
        """Return the bytes that ``wrap`` encrypted.

        Raises:
            KeysError: its key is absent, retired or destroyed; or it does not open (tampered,
                truncated, wrong key, wrong ``aad``: one message for all).
        """
        entry = self.require(wrapping.key_of(wrapped))
        return wrapping.unwrap(entry.id, self._secret(entry), wrapped, aad)

    def sign(self, data: bytes) -> tuple[KeyId, bytes]:
        """Return the signing key's id and its Ed25519 signature of ``data``, 64 bytes.

        Raises:
            KeysError: this keyring holds no private signing key.
        """
        entry = self.require(SIGNING)
        if entry.secret is None:
            raise KeysError(
                f"key '{entry.id}' of {self.place} only verifies: this is a reader's keyring"
            )
        return entry.id, Ed25519PrivateKey.from_private_bytes(entry.secret.reveal()).sign(data)

    def fingerprint(self, key_id: KeyId) -> str:
        """Return 16 hexadecimal digits of the SHA-256 of a signing key's public half, which
        distinguish two keys of one id.

        Raises:
            KeysError: the key is absent or is not a signing key.
        """
        return hashlib.sha256(self._public(key_id)).hexdigest()[:16]

    def check_value(self, key_id: KeyId) -> str:
        """Return 16 hexadecimal digits that distinguish a key from another of the same id, and
        reveal nothing else.

        Empty for a key that was destroyed or does not exist. Source: keys/FORMAT.md section 7.
        """
        entry = self._entries.get(key_id)
        if entry is None or (entry.secret is None and entry.public is None):
            return ""
        if entry.public is not None:
            return self.fingerprint(key_id)
        return (
            hkdf(self._secret(entry), info=encode_parts(FORMAT, "check", key_id), length=8)
            .reveal()
            .hex()
        )

    def verify(self, key_id: KeyId, data: bytes, signature: bytes, *, at: str = "") -> None:
        """Check that ``signature`` is that of ``data`` under ``key_id``; a retired version still
        verifies.

        ``at`` is the time of the signature, ISO, UTC, according to what was signed. If the key was
        revoked, a signature without it is refused.

        Raises:
            RevokedError: the key was revoked from a time before ``at``.
            KeysError: the key is absent or is not a signing key, or the signature is wrong.
        """
        if not _is_signature(self._public(key_id), data, signature):
            raise KeysError(f"the signature is not that of key '{key_id}' over this content")
        revoked = self._entries[key_id].revoked_from
        if revoked and (not at or at >= revoked):
            raise RevokedError(
                f"key '{key_id}' was revoked from {revoked}, and this was signed"
                f" {at[:40] or 'at no time'}"
            )

    def revoked_from(self, key_id: KeyId) -> str:
        """Return the time from which a signing key's signatures are refused, ISO, UTC; empty if
        there is none.

        Raises:
            KeysError: the key is absent or is not a signing key.
        """
        self._public(key_id)
        return self._entries[key_id].revoked_from

    def is_destroyed(self, key_id: KeyId) -> bool:
        """Return True for a key version that was destroyed: nobody opens what it wraps."""
        entry = self._entries.get(key_id)
        return entry is not None and entry.state == "destroyed"

    def _public(self, key_id: KeyId) -> bytes:
        entry = self._entries.get(key_id)
        if entry is None or entry.public is None:
            raise KeysError(self._why_not(str(key_id)))
        return entry.public

    def _secret(self, entry: KeyVersion) -> Secret:
        if entry.name == SIGNING or entry.secret is None:
            raise KeysError(f"key '{entry.id}' signs and verifies; it does not encrypt")
        return entry.secret

    def _why_not(self, key: str) -> str:
        entry = self._entries.get(KeyId(key))
        if entry is not None and entry.state == "destroyed":
            return (
                f"key '{key}' was destroyed on {entry.ended}; what it protected cannot be read"
                " again"
            )
        if entry is not None and entry.state == "retired":
            return f"key '{key}' was retired on {entry.ended}; reinstate it to use it"
        ended = [entry for entry in self.entries() if entry.name == key]
        if ended:
            states = ", ".join(f"{entry.id} was {entry.state} on {entry.ended}" for entry in ended)
            return f"key '{key}' has no live version: {states}; rotate it to make one"
        holds = ", ".join(self.key_ids()) or "no key"
        return f"key '{key}' is not in the keyring; it holds {holds}"

    def __repr__(self) -> str:
        """Return key ids only."""
        return f"Keyring({', '.join(self.key_ids())})"

    def __reduce__(self) -> NoReturn:
        """Refuse pickling and copying."""
        raise TypeError("keyrings are not pickled; send the URI and open it there")


def _is_signature(public: bytes, data: bytes, signature: bytes) -> bool:
    """Return True if the signature is valid. Valid ones are cached, because every read checks the
    same manifest and head.
    """
    stamp = (public, hashlib.sha256(data).digest(), signature)
    if stamp not in _right:
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
        except InvalidSignature:
            return False
        if len(_right) >= _MOST_RIGHT:
            _right.clear()
        _right.add(stamp)
    return True


def new_version(name: KeyName, version: int, made: str) -> KeyVersion:
    """Return a new key from the operating system's randomness.

    Raises:
        KeysError: ``name`` is not a key name, or there are 65,535 versions already.
    """
    check_name(name)
    if version > MAX_VERSION:
        raise KeysError(f"key '{name}' has {MAX_VERSION} versions, which is all there can be")
    if name == SIGNING:
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return KeyVersion(
            name, version, "live", made, secret=Secret(private.private_bytes_raw()), public=public
        )
    return KeyVersion(name, version, "live", made, secret=wrapping.random_key())


def refuse_readers(entries: Iterable[KeyVersion], place: str) -> None:
    """Refuse a reader's keyring where the act makes keys, which only the owner's has.

    Raises:
        KeysError: it holds the public half of a signing key alone.
    """
    for entry in entries:
        if entry.name == SIGNING and entry.secret is None and entry.state != "destroyed":
            raise KeysError(
                "this is a reader's keyring: it only verifies, and no key is made or revoked in it;"
                " use the owner's (--keyring, COATCHECK_KEYRING)",
                place=place,
            )


def check_name(name: str) -> None:
    """Check that ``name`` is a key name.

    Raises:
        KeysError: it is not 1–63 characters of ``a-z 0-9 _ -``, beginning with a letter.
    """
    if not _NAME.match(name):
        raise KeysError(
            f"{name!r} is not a key name: 1 to 63 of a-z, 0-9, '_', '-', a letter first"
        )
