"""Keyring files: open (once per process), make, share, rotate, retire, destroy."""

from __future__ import annotations

import base64
import dataclasses
import json
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag

from anonymize.errors import KeysError
from anonymize.keys.derive import encode_parts
from anonymize.keys.files import create_private, locked, read_private, write_private
from anonymize.keys.keyring import OWNER, RESERVED, SIGNING, Keyring, KeyVersion, check_name, new_version
from anonymize.keys.location import Location, locate
from anonymize.keys.locks import Lock, PassphraseLock
from anonymize.keys.secret import Secret
from anonymize.keys.wrapping import open_sealed, seal
from anonymize.names import KeyId, KeyName

FORMAT_NAME = "coatcheck keyring 1"
_DAMAGED = "the keyring does not open: the passphrase is wrong or the file is damaged"
_cache: dict[tuple[object, ...], Keyring] = {}


@dataclasses.dataclass(frozen=True)
class _Opened:
    """A keyring file in memory: enough to write it again without another Argon2id."""

    header: dict[str, Any]
    key: Secret
    entries: tuple[KeyVersion, ...]


def open_keyring(uri: str | None = None) -> Keyring:
    """Return the keyring at ``uri``; opened once per process and again when the file has changed.

    ``uri`` is ``file:PATH``, or a key management service's (``aws-kms:``, ``vault:``); by default
    what COATCHECK_KEYRING says, else ``file:.coatcheck/keyring.json``.

    Raises:
        KeysError: no file, open to others, no passphrase; or it does not open (wrong passphrase
            and damaged file are not told apart).
    """
    location = locate(uri)
    seen = _seen(location.path)  # before it is read: if it is replaced in between, the next open sees that
    content = read_private(location.path, "keyring")
    lock = location.lock()
    stamp = (location.uri, *seen, lock.fingerprint())
    keyring = _cache.get(stamp)
    if keyring is None:
        for stale in [other for other in _cache if other[0] == location.uri]:
            del _cache[stale]
        keyring = _cache[stamp] = Keyring(_decrypt(content, lock, location).entries, location.uri)
    return keyring


def _seen(path: Path) -> tuple[int, ...]:
    """Return what tells a file from the one that replaces it; nothing for a file that is not there."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size


def forget_opened_keyrings() -> None:
    """Drop the keyrings this process holds, so that the next open reads the file."""
    _cache.clear()


def init_keyring(uri: str | None = None, names: Iterable[KeyName] = ()) -> Keyring:
    """Return the keyring at ``uri`` with all ``names``, ``signing`` and ``owner`` in it, making what is missing.

    Without a passphrase in the environment it also makes a passphrase file of mode 0600 beside
    the keyring. Keys that are there already stay as they are.
    """
    location = locate(uri)
    wanted = [*names, *RESERVED]
    for name in wanted:
        check_name(name)
    with locked(location.path):
        lock = location.lock(make=not location.path.exists())
        opened = _load(location, lock) if location.path.exists() else _fresh(lock)
        have = {entry.name for entry in opened.entries}
        missing = [name for name in dict.fromkeys(wanted) if name not in have]
        if missing or not location.path.exists():
            made = [new_version(name, 1, today()) for name in missing]
            _save(location.path, dataclasses.replace(opened, entries=(*opened.entries, *made)))
    return open_keyring(location.uri)


def rotate_key(name: KeyName, uri: str | None = None) -> Keyring:
    """Return the keyring at ``uri`` after adding a new version of ``name``, which becomes the current one.

    Older versions stay, for what they protect. Killed at any point, the file is the old or the new.

    Raises:
        KeysError: the keyring has no key ``name``.
    """

    def add(entries: tuple[KeyVersion, ...]) -> tuple[KeyVersion, ...]:
        versions = [entry.version for entry in entries if entry.name == name]
        if not versions:
            raise KeysError(_unknown(name, entries))
        return (*entries, new_version(name, max(versions) + 1, today()))

    return _change(uri, add)


def destroy_key(name: KeyName, version: int, uri: str | None = None) -> Keyring:
    """Return the keyring at ``uri`` after forgetting one key version for good: crypto-shredding.

    Only its id and date stay, so that the version is never issued again and errors can say what
    happened. Copies of the file made before still hold it: destroy those too. A process that has
    the keyring open keeps it until it ends or opens it again.
    """
    return _change(uri, lambda entries: _ended(entries, name, version, "destroyed"))


def retire_key(name: KeyName, version: int, uri: str | None = None) -> Keyring:
    """Return the keyring at ``uri`` after switching one key version off; ``reinstate_key`` undoes it."""
    return _change(uri, lambda entries: _ended(entries, name, version, "retired"))


def reinstate_key(name: KeyName, version: int, uri: str | None = None) -> Keyring:
    """Return the keyring at ``uri`` after switching a retired key version on again."""

    def back(entries: tuple[KeyVersion, ...]) -> tuple[KeyVersion, ...]:
        wanted = _pick(entries, name, version)
        if wanted.state != "retired":
            raise KeysError(f"key '{wanted.id}' is {wanted.state}, not retired")
        live = dataclasses.replace(wanted, state="live", ended="")
        return tuple(live if entry.id == wanted.id else entry for entry in entries)

    return _change(uri, back)


def share_keyring(names: Iterable[KeyName | KeyId], path: str | Path, uri: str | None = None) -> Keyring:
    """Write a reader's keyring to ``path`` and return it: only ``names``, and the public signing keys.

    A name takes all its live versions, an id that one. The new file has a passphrase of its own,
    kept in ``PATH.key`` of mode 0600; hand the two over by different ways.

    Raises:
        KeysError: a key is not there, ``signing`` or ``owner`` is asked for, or ``path`` exists.
    """
    keyring = open_keyring(uri)
    chosen: dict[KeyId, KeyVersion] = {}
    for name in names:
        entry = keyring.require(name)
        if entry.name == SIGNING:
            raise KeysError("a reader's keyring holds the public half of 'signing' only; it is always in")
        if entry.name == OWNER:
            raise KeysError("'owner' is the data owner's own key, for what readers are not to learn; it is not shared")
        every = [other for other in keyring.entries() if other.name == entry.name and other.state == "live"]
        chosen.update((picked.id, picked) for picked in ([entry] if "." in name else every))
    public = [
        dataclasses.replace(entry, secret=None)  # of destroyed ones too: what they signed is still to be checked
        for entry in keyring.entries()
        if entry.name == SIGNING
    ]
    target = Path(path)
    for file in (target, keyfile_beside(target)):
        if file.exists():
            raise KeysError("there is a file here already; it is not overwritten", place=str(file))
    passphrase = Secret(secrets.token_urlsafe(32).encode())
    create_private(keyfile_beside(target), passphrase)
    entries = (*chosen.values(), *public)
    _save(target, dataclasses.replace(_fresh(PassphraseLock(passphrase)), entries=entries))
    return Keyring(entries, f"file:{target}")


def relock_keyring(uri: str | None, new_uri: str) -> Keyring:
    """Return the keyring after locking its file by what ``new_uri`` says instead; keys and versions stay.

    Both URIs name one file. So a keyring moves from a passphrase to a key management service, and
    back. Copies of the file made before still open as they did.

    Raises:
        KeysError: the files differ, or either lock refuses.
    """
    before, after = locate(uri), locate(new_uri)
    if before.path != after.path:
        raise KeysError(f"one keyring is one file: {before.path} is not {after.path}")
    with locked(before.path):
        opened = _load(before, before.lock())
        _save(after.path, dataclasses.replace(_fresh(after.lock(make=True)), entries=opened.entries))
    return open_keyring(after.uri)


def keyfile_beside(path: Path) -> Path:
    """Return the default place of a keyring's passphrase file."""
    return path.with_name(path.name + ".key")


def today() -> str:
    """Return today's date, ISO, UTC."""
    return datetime.now(UTC).date().isoformat()


def _change(uri: str | None, edit: Callable[[tuple[KeyVersion, ...]], tuple[KeyVersion, ...]]) -> Keyring:
    location = locate(uri)
    read_private(location.path, "keyring")
    with locked(location.path):
        opened = _load(location, location.lock())
        _save(location.path, dataclasses.replace(opened, entries=edit(opened.entries)))
    return open_keyring(location.uri)


def _pick(entries: tuple[KeyVersion, ...], name: KeyName, version: int) -> KeyVersion:
    for entry in entries:
        if entry.name == name and entry.version == version:
            return entry
    raise KeysError(_unknown(f"{name}.{version}", entries))


def _ended(entries: tuple[KeyVersion, ...], name: KeyName, version: int, state: Any) -> tuple[KeyVersion, ...]:
    wanted = _pick(entries, name, version)
    if wanted.state == "destroyed" or wanted.state == state:
        raise KeysError(f"key '{wanted.id}' was {wanted.state} on {wanted.ended} already")
    kept = wanted.secret if state == "retired" else None
    ended = dataclasses.replace(wanted, state=state, ended=today(), secret=kept)
    return tuple(ended if entry.id == wanted.id else entry for entry in entries)


def _unknown(key: str, entries: tuple[KeyVersion, ...]) -> str:
    return f"key '{key}' is not in the keyring; it holds {', '.join(entry.id for entry in entries) or 'no key'}"


def _fresh(lock: Lock) -> _Opened:
    keyring_id = secrets.token_hex(8)
    header, key = lock.new(keyring_id)
    return _Opened({"format": FORMAT_NAME, "id": keyring_id, "lock": header}, key, ())


def _load(location: Location, lock: Lock) -> _Opened:
    return _decrypt(read_private(location.path, "keyring"), lock, location)


def _decrypt(content: bytes, lock: Lock, location: Location) -> _Opened:
    place = str(location.path)
    try:
        stored = json.loads(content)
        sealed = base64.b64decode(stored.pop("sealed"), validate=True)
        named = str(stored["format"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise KeysError(_DAMAGED, place=place) from None
    if named != FORMAT_NAME and named.startswith("coatcheck keyring "):
        raise KeysError("the keyring was written by another version of coatcheck", place=place)
    try:
        key = lock.open(stored["lock"], stored["id"])
        return _Opened(stored, key, _entries(key, sealed, stored))
    except KeysError as error:
        raise KeysError(str(error), place=place) from None
    except (InvalidTag, ValueError, KeyError, TypeError, AttributeError, RecursionError, MemoryError):
        raise KeysError(_DAMAGED, place=place) from None


def _entries(key: Secret, sealed: bytes, header: dict[str, Any]) -> tuple[KeyVersion, ...]:
    return tuple(_entry(entry) for entry in json.loads(open_sealed(key, sealed, _bound(header))))


def _save(path: Path, opened: _Opened) -> None:
    # Sealed in a frame of its own: a full disk's traceback must not hold the plaintext.
    content = {**opened.header, "sealed": base64.b64encode(_sealed(opened)).decode()}
    write_private(path, Secret(json.dumps(content, indent=1).encode() + b"\n"))


def _sealed(opened: _Opened) -> bytes:
    plaintext = json.dumps([_stored(entry) for entry in opened.entries]).encode()
    return seal(opened.key, plaintext, _bound(opened.header))


def _bound(header: dict[str, Any]) -> bytes:
    return encode_parts(json.dumps(header, sort_keys=True, separators=(",", ":")))


def _stored(entry: KeyVersion) -> dict[str, Any]:
    text = {name: getattr(entry, name) for name in ("name", "version", "state", "made", "ended")}
    secret = None if entry.secret is None else base64.b64encode(entry.secret.reveal()).decode()
    public = None if entry.public is None else base64.b64encode(entry.public).decode()
    return {**text, "secret": secret, "public": public}


def _entry(stored: dict[str, Any]) -> KeyVersion:
    secret, public = stored.pop("secret"), stored.pop("public")
    return KeyVersion(
        **stored,
        secret=None if secret is None else Secret(base64.b64decode(secret)),
        public=None if public is None else base64.b64decode(public),
    )
