"""An entry of the audit log, and the signed head that states the log's length."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from anonymize.dataset.canonical import canonical, parse_canonical
from anonymize.dataset.signing import Keyring, check_signature, signed
from anonymize.errors import DatasetError
from anonymize.names import KeyId

MOVES = ("publish", "rollback")
"""Acts that make their version current."""
ACTS = (*MOVES, "expire", "rewrap")
"""Acts that change the state of a version."""
REFUSED = "refused "
"""Prefix of the act in entries of a revoked key, after a newer key has signed the log."""
_SIGNED_ENTRY = b"coatcheck audit 1\n"
_SIGNED_HEAD = b"coatcheck audit head 1\n"
_HASH = re.compile(r"([0-9a-f]{64})?")


@dataclass(frozen=True)
class AuditEntry:
    """One act."""

    index: int
    """Position in the log, from 0."""
    at: str
    """Time, ISO 8601, UTC."""
    who: str
    """User and host."""
    what: str
    """``publish``, ``rollback``, ``expire``, ``rewrap``, ``reveal``, …"""
    why: str
    version: int | None
    """The dataset version that the act concerns."""
    details: Mapping[str, Any]
    previous: str
    """Hash of the previous entry, empty for the first."""
    hash: str
    """SHA-256 of all fields above in canonical JSON."""
    signature: Mapping[str, str] | None = None
    """Signature of the hash, and so of the whole log up to here. None only in logs that are shown
    unverified.
    """

    @classmethod
    def made(cls, keyring: Keyring, **body: Any) -> AuditEntry:
        """Return a signed entry with the content ``body``.

        Raises:
            KeysError: the keyring cannot sign.
        """
        hash_ = _hash(body)
        return cls(**body, hash=hash_, signature=signed(keyring, _SIGNED_ENTRY, hash_.encode()))

    @classmethod
    def parsed(cls, line: bytes, place: str) -> AuditEntry:
        """Return the entry in ``line`` after checking its hash. Its predecessor and its signature
        are not checked.

        Raises:
            DatasetError: the line is not an entry.
        """
        entry = _parsed(bytes(line))
        if entry is None:
            raise changed(place)
        return entry

    def body(self) -> dict[str, Any]:
        """Return the content that the hash covers."""
        return {
            "index": self.index,
            "at": self.at,
            "who": self.who,
            "what": self.what,
            "why": self.why,
            "version": self.version,
            "details": dict(self.details),
            "previous": self.previous,
        }

    def line(self) -> bytes:
        """Return the entry's line in the log."""
        whole: dict[str, Any] = self.body() | {"hash": self.hash}
        if self.signature is not None:
            whole["signature"] = dict(self.signature)
        return canonical(whole) + b"\n"

    def key_id(self) -> KeyId:
        """Return the id of the key that signed it, according to the entry itself."""
        return KeyId(str((self.signature or {}).get("key", "")))

    def sidecars_of(self, version: int | None) -> dict[str, str]:
        """Return part → digest of the sidecars of ``version`` from a ``rewrap`` entry, which
        concerns one version or several.
        """
        said = self.details.get("sidecars", {})
        if self.version is None:
            said = self.details.get("versions", {}).get(str(version), {})
        return (
            {str(path): str(digest) for path, digest in said.items()}
            if self.version in (None, version)
            else {}
        )

    def refused(self) -> AuditEntry:
        """Return the entry marked as refused. Its position and hash stay, for the chain; it has no
        effect.
        """
        return replace(self, what=f"{REFUSED}{self.what}", details={})

    def check(self, keyring: Keyring, place: str) -> None:
        """Check that the entry is signed by a key of ``keyring`` that was not revoked at the
        entry's time.

        Raises:
            DatasetError, KeysError: see `check_signature`.
        """
        content, what = self.hash.encode(), f"the '{self.what[:40]}' entry"
        check_signature(
            self.signature, keyring, _SIGNED_ENTRY, content, what=what, place=place, at=self.at
        )


@dataclass(frozen=True)
class Head:
    """The signed length and last hash of the log. A log that is cut short without its head is
    detected.
    """

    entries: int = 0
    hash: str = ""
    """Hash of the last entry."""
    act: int = 0
    """Number of the last entry that concerns versions (`ACTS`), from 1; readers need not read the
    entries after it.
    """
    act_hash: str = ""
    signature: Mapping[str, Any] | None = None

    @classmethod
    def made(cls, keyring: Keyring, entries: Sequence[AuditEntry]) -> Head:
        """Return the signed head of a log.

        Raises:
            KeysError: the keyring cannot sign.
        """
        act = next((entry for entry in reversed(entries) if entry.what in ACTS), None)
        plain = cls(
            len(entries),
            entries[-1].hash if entries else "",
            *((act.index + 1, act.hash) if act else (0, "")),
        )
        return replace(plain, signature=signed(keyring, _SIGNED_HEAD, canonical(plain.body())))

    @classmethod
    def of_length(cls, keyring: Keyring, entries: int, last_hash: str) -> Head:
        """Return the signed head of a log of that many entries, none of which concerns versions.

        Raises:
            KeysError: the keyring cannot sign.
        """
        plain = cls(entries, last_hash)
        return replace(plain, signature=signed(keyring, _SIGNED_HEAD, canonical(plain.body())))

    @classmethod
    def parsed(cls, data: bytes, place: str) -> Head:
        """Return the head in ``data`` without checking its signature.

        Raises:
            DatasetError: ``data`` is not a head.
        """
        head = _parsed_head(bytes(data))
        if head is None:
            raise DatasetError("is damaged", place=place)
        return head

    def body(self) -> dict[str, Any]:
        """Return the content that is signed."""
        return {
            "entries": self.entries,
            "hash": self.hash,
            "act": self.act,
            "act_hash": self.act_hash,
        }

    def data(self) -> bytes:
        """Return the head's bytes on disk."""
        return canonical(self.body() | {"signature": dict(self.signature or {})})

    def check(self, keyring: Keyring, place: str, at: str) -> None:
        """Check that the head is signed by a key of ``keyring`` that was not revoked ``at`` the
        time of the last entry.

        Raises:
            DatasetError, KeysError: see `check_signature`.
        """
        body = canonical(self.body())
        check_signature(
            self.signature, keyring, _SIGNED_HEAD, body, what="the log's head", place=place, at=at
        )


def expired_by(entries: Iterable[AuditEntry]) -> set[int]:
    """Return the numbers of expired versions, which are never used again."""
    said = (entry.details.get("versions") for entry in entries if entry.what == "expire")
    return {
        number
        for numbers in said
        if isinstance(numbers, list)
        for number in numbers
        if type(number) is int
    }


def changed(place: str) -> DatasetError:
    """Return the error for a line that is not an entry, or does not follow the one before."""
    return DatasetError(
        "the audit log was changed: this entry does not follow from the one before", place=place
    )


@lru_cache(maxsize=1024)
def _parsed(line: bytes) -> AuditEntry | None:
    """Return the entry in ``line``, None where it is none.

    Kept, because one act or verification reads the log several times, and canonical JSON and the
    hash of it are most of that. The same bytes are the same entry; entries are not changed.
    """
    try:
        entry = AuditEntry(**parse_canonical(line))
        sound = _hash(entry.body()) == entry.hash and _typed(entry)
    except (ValueError, TypeError, RecursionError):
        return None
    return entry if sound else None


@lru_cache(maxsize=64)
def _parsed_head(data: bytes) -> Head | None:
    """Return the head in ``data``, None where it is none. Kept like entries."""
    try:
        head = Head(**parse_canonical(data))
        counts = (
            type(head.entries) is int and type(head.act) is int and 0 <= head.act <= head.entries
        )
        sound = counts and _HASH.fullmatch(head.hash) and _HASH.fullmatch(head.act_hash)
    except (ValueError, TypeError, RecursionError):
        return None
    return head if sound else None


def _typed(entry: AuditEntry) -> bool:
    return (
        type(entry.index) is int
        and isinstance(entry.details, dict)
        and (entry.version is None or type(entry.version) is int)
        and all(
            isinstance(text, str)
            for text in (entry.at, entry.who, entry.what, entry.why, entry.previous)
        )
        and isinstance(entry.signature, dict | None)
    )


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()
