"""Reads and writes the keyring file; its exact form is in FORMAT.md section 7."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from anonymize.errors import KeysError
from anonymize.keys.keyring.files import move_private, read_private, write_private
from anonymize.keys.keyring.keyring import KeyVersion
from anonymize.keys.keyring.keyring_uri import Location
from anonymize.keys.keyring.kms import FORM_OF_KIND, check_kind
from anonymize.keys.keyring.passphrase import keyfile_of, next_keyfile
from anonymize.keys.keyring.unlocking import Lock
from anonymize.keys.keyring.wrapping import open_sealed, seal
from anonymize.keys.primitives.derive import encode_parts
from anonymize.keys.primitives.secret import Secret

FORMAT_NAME = "coatcheck keyring 1"


@dataclasses.dataclass(frozen=True)
class Opened:
    """A keyring file in memory, with what is needed to write it again without another Argon2id."""

    header: dict[str, Any]
    key: Secret
    entries: tuple[KeyVersion, ...]


def content_of(location: Location) -> bytes:
    """Return the file's bytes after checking that it has this kind of lock; done before a
    passphrase is requested.

    Raises:
        KeysError: there is no such file, it is readable by others, or it has another kind of lock.
    """
    content = read_private(location.path, "keyring")
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError, RecursionError):
        header = json.loads(content)["lock"]
        if header.get("kind") in FORM_OF_KIND:
            check_kind(header, location.kind)
    return content


def fresh(lock: Lock) -> Opened:
    """Return a keyring without keys under ``lock``."""
    keyring_id = secrets.token_hex(8)
    header, key = lock.new(keyring_id)
    return Opened({"format": FORMAT_NAME, "id": keyring_id, "lock": header}, key, ())


def load(location: Location) -> Opened:
    """Return the keyring of a file, after completing an interrupted change of its passphrase. This
    process must hold the file's lock.
    """
    locks = location.locks()
    if len(locks) == 1:
        return decrypted(location, content_of(location), locks)
    keyfile = keyfile_of(location.path)
    try:
        opened = _decrypt(content_of(location), locks[1], location)
    except KeysError:
        opened = _decrypt(content_of(location), locks[0], location)
        next_keyfile(keyfile).unlink(
            missing_ok=True
        )  # the change was interrupted before the keyring was encrypted with it
        return opened
    move_private(next_keyfile(keyfile), keyfile)
    return opened


def decrypted(location: Location, content: bytes, locks: Sequence[Lock]) -> Opened:
    """Return the keyring in ``content``, opened by the first of ``locks`` that fits.

    If none fits, and file or passphrase have changed since they were read, they are read again:
    another process was changing both.
    """
    failures = []
    for lock in locks:
        try:
            return _decrypt(content, lock, location)
        except KeysError as error:
            failures.append(error)
    again, now = content_of(location), location.locks()
    if again == content and [lock.fingerprint() for lock in now] == [
        lock.fingerprint() for lock in locks
    ]:
        raise failures[0]
    return decrypted(location, again, now)


def _decrypt(content: bytes, lock: Lock, location: Location) -> Opened:
    place = str(location.path)
    try:
        stored = json.loads(content)
        sealed = base64.b64decode(stored.pop("sealed"), validate=True)
        named = str(stored["format"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KeysError(lock.unopened, place=place) from None
    if named != FORMAT_NAME and named.startswith("coatcheck keyring "):
        raise KeysError("the keyring was written by another version of coatcheck", place=place)
    try:
        key = lock.open(stored["lock"], stored["id"])
        return Opened(stored, key, _entries(key, sealed, stored))
    except KeysError as error:
        raise type(error)(str(error), place=place) from None
    except (
        InvalidTag,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        MemoryError,
    ):
        raise KeysError(lock.unopened, place=place) from None


def _entries(key: Secret, sealed: bytes, header: dict[str, Any]) -> tuple[KeyVersion, ...]:
    return tuple(_entry(entry) for entry in json.loads(open_sealed(key, sealed, _bound(header))))


def save(path: Path, opened: Opened) -> None:
    """Write ``opened`` to ``path`` atomically, readable by its owner only."""
    # Encrypted in a separate frame: the traceback of a full disk must not hold the plaintext.
    content = {**opened.header, "sealed": base64.b64encode(_sealed(opened)).decode()}
    write_private(path, Secret(json.dumps(content, indent=1).encode() + b"\n"))


def _sealed(opened: Opened) -> bytes:
    plaintext = json.dumps([_stored(entry) for entry in opened.entries]).encode()
    return seal(opened.key, plaintext, _bound(opened.header))


def _bound(header: dict[str, Any]) -> bytes:
    return encode_parts(json.dumps(header, sort_keys=True, separators=(",", ":")))


def _stored(entry: KeyVersion) -> dict[str, Any]:
    text = {name: getattr(entry, name) for name in ("name", "version", "state", "made", "ended")}
    secret = None if entry.secret is None else base64.b64encode(entry.secret.reveal()).decode()
    public = None if entry.public is None else base64.b64encode(entry.public).decode()
    later = {name: said for name in ("revoked_from", "use") if (said := getattr(entry, name))}
    return {**text, "secret": secret, "public": public, **later}


def _entry(stored: dict[str, Any]) -> KeyVersion:
    secret, public = stored.pop("secret"), stored.pop("public")
    return KeyVersion(
        **stored,
        secret=None if secret is None else Secret(base64.b64decode(secret)),
        public=None if public is None else base64.b64decode(public),
    )
