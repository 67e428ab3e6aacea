"""The audit log: one JSON line per act, each holding the hash of the one before.

Beside it lies ``audit.head`` (count and last hash), and every signed manifest anchors the log as it stood:
a changed, removed or reordered line shows, and so does a log cut short.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import getpass
import hashlib
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anonymize.dataset.canonical import Prepared, canonical, parse_canonical, plain_json
from anonymize.dataset.manifest import Keyring
from anonymize.errors import DatasetError, KeysError, Problem
from anonymize.io.parts import write_error
from anonymize.keys.base64url import strictly_decoded
from anonymize.names import KeyId

_SIGNED = b"coatcheck audit 1\n"
_TRIES, _PAUSE_SECONDS = 50, 0.02


@dataclass(frozen=True)
class AuditEntry:
    """One act."""

    index: int
    """From 0."""
    at: str
    """ISO 8601, UTC."""
    who: str
    """User and host."""
    what: str
    """``publish``, ``rollback``, ``expire``, ``rewrap``, ``reveal``, …"""
    why: str
    version: int | None
    """The dataset version it concerns."""
    details: Mapping[str, Any]
    previous: str
    """Hash of the entry before, empty for the first."""
    hash: str
    """SHA-256 of all of the above in canonical JSON."""
    signature: Mapping[str, str] | None = None
    """Key id and Ed25519 signature of the hash, where the keyring could sign."""

    def body(self) -> dict[str, Any]:
        """Return what the hash is over."""
        return {"index": self.index, "at": self.at, "who": self.who, "what": self.what, "why": self.why,
                "version": self.version, "details": dict(self.details), "previous": self.previous}  # fmt: skip

    def line(self) -> bytes:
        """Return the entry's line in the log."""
        whole: dict[str, Any] = self.body() | {"hash": self.hash}
        if self.signature is not None:
            whole["signature"] = dict(self.signature)
        return canonical(whole) + b"\n"


def _hash(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(body)).hexdigest()


class AuditLog:
    """``audit.jsonl`` of one dataset."""

    def __init__(self, folder: Path) -> None:
        """Point at the log in ``folder``, which need not exist yet."""
        self.path = folder / "audit.jsonl"
        self.head_path = folder / "audit.head"

    def entries(self) -> tuple[AuditEntry, ...]:
        """Return all entries in order, the chain checked.

        An incomplete last line (a crash while it was written) is passed over.

        Raises:
            DatasetError: a line is damaged, or the chain does not hold, or the log was cut short.
        """
        for _ in range(_TRIES):  # somebody may be appending
            before = self._head()
            entries, _length = self._read()
            if self._head() == before:
                break
            time.sleep(_PAUSE_SECONDS)
        self._check_head(entries)
        return entries

    def _read(self) -> tuple[tuple[AuditEntry, ...], int]:
        """The entries and how many bytes they take."""
        try:
            data = self.path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return (), 0
        entries: list[AuditEntry] = []
        length = data.rfind(b"\n") + 1
        for number, line in enumerate(data[:length].split(b"\n")[:-1], 1):
            entries.append(self._parsed(line, number, entries[-1].hash if entries else ""))
        return tuple(entries), length

    def published_manifest(self, version: int) -> str | None:
        """Return the SHA-256 of the manifest that was published as ``version``; None where no entry tells.

        For readers, at every read: the chain is not checked, which is ``verify``'s work.
        """
        try:
            lines = self.path.read_bytes().split(b"\n")
        except OSError:
            return None
        for line in lines:
            if b'"what":"publish"' in line:
                with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
                    entry = json.loads(line)
                    if entry["version"] == version:
                        return str(entry["details"]["manifest_sha256"])
        return None

    def _parsed(self, line: bytes, number: int, previous: str) -> AuditEntry:
        place = f"{self.path}:{number}"
        try:
            entry = AuditEntry(**parse_canonical(line))
            sound = entry.index == number - 1 and entry.previous == previous and _hash(entry.body()) == entry.hash
        except (ValueError, TypeError, RecursionError):
            sound = False
        if not sound:
            raise DatasetError("the audit log was changed: this entry does not follow from the one before", place=place)
        return entry

    def _head(self) -> tuple[int, str] | None:
        try:
            head = json.loads(self.head_path.read_bytes())
            return int(head["entries"]), str(head["hash"])
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DatasetError("is damaged", place=str(self.head_path)) from None

    def _check_head(self, entries: tuple[AuditEntry, ...]) -> None:
        """At most one entry more than the head knows (a crash between the two) is right."""
        head = self._head()
        count, last = head if head is not None else (0, "")
        known = entries[count - 1].hash if 0 < count <= len(entries) else ""
        if len(entries) < count or known != last or len(entries) > count + 1:
            raise DatasetError(
                f"the audit log was cut short or replaced: it holds {len(entries)} entries of {count}",
                place=str(self.path),
            )

    def append(
        self,
        what: str,
        *,
        why: str = "",
        version: int | None = None,
        details: Mapping[str, Any] | None = None,
        keyring: Keyring | None = None,
    ) -> AuditEntry:
        """Add an entry and return it; it is on disk when this returns, signed if ``keyring`` can.

        Several processes may append at once. ``details`` must hold no value of the data.

        Raises:
            DatasetError: the log is damaged, or the disk is full; nothing was added.
        """
        with self._alone():
            entries, length = self._read()
            self._check_head(entries)
            if entries and self._head() != (len(entries), entries[-1].hash):  # a crash came between the two
                self._new_head(entries[-1]).put()
            body: dict[str, Any] = {
                "index": len(entries), "at": now(), "who": _who(), "what": what, "version": version,
                "why": plain_json(why, "audit"), "details": plain_json(dict(details or {}), "audit"),
                "previous": entries[-1].hash if entries else "",
            }  # fmt: skip
            hash_ = _hash(body)
            entry = AuditEntry(**body, hash=hash_, signature=_signature(keyring, hash_))
            head = self._new_head(entry)  # on disk before the line is, so that a full disk stops both
            try:
                self._write(entry.line(), length)
            except BaseException:
                head.discard()
                raise
            head.put()
            return entry

    def _new_head(self, entry: AuditEntry) -> Prepared:
        return Prepared(self.head_path, canonical({"entries": entry.index + 1, "hash": entry.hash}))

    def _write(self, line: bytes, length: int) -> None:
        """Write behind the last whole line; a torn line before it, or after a failure, is cut off."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.ftruncate(handle, length)
            try:
                written = os.pwrite(handle, line, length)
                if written != len(line):
                    raise OSError(28, "no space")
                os.fsync(handle)
            except OSError as error:
                os.ftruncate(handle, length)
                raise write_error(error, self.path) from None
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path.with_name(".audit.lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def verify(self, keyring: Keyring | None = None) -> tuple[Problem, ...]:
        """Return what is wrong with the log: at most one problem with the chain, and one per false signature."""
        try:
            entries = self.entries()
        except DatasetError as error:
            return error.problems
        if keyring is None:
            return ()
        return tuple(problem for entry in entries for problem in self._signature_problems(entry, keyring))

    def _signature_problems(self, entry: AuditEntry, keyring: Keyring) -> Iterator[Problem]:
        if entry.signature is None:
            if entry.what == "publish":
                yield Problem(f"{self.path}:{entry.index + 1}", "a publication's entry is not signed")
            return
        try:
            signature = strictly_decoded(entry.signature["value"])
            keyring.verify(KeyId(entry.signature["key"]), _SIGNED + entry.hash.encode(), signature)
        except (KeysError, KeyError, TypeError, ValueError):
            yield Problem(f"{self.path}:{entry.index + 1}", "the signature is not right, or its key is not at hand")


def _signature(keyring: Keyring | None, hash_: str) -> dict[str, str] | None:
    if keyring is None:
        return None
    try:
        key_id, value = keyring.sign(_SIGNED + hash_.encode())
    except KeysError:  # a reader's keyring verifies only
        return None
    return {"key": str(key_id), "value": base64.b64encode(value).decode()}


def now() -> str:
    """Return the time in UTC, to the second, in ISO 8601."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"
