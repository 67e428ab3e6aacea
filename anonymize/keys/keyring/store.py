"""Acts on keyring files: open (cached per process), make, rotate, revoke, retire, destroy."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anonymize.arguments import checked
from anonymize.durable import refuse_in_dataset
from anonymize.errors import KeysError
from anonymize.keys.keyring.files import locked, require_room
from anonymize.keys.keyring.keyring import (
    RESERVED,
    SIGNING,
    Keyring,
    KeyUse,
    KeyVersion,
    check_name,
    new_version,
    refuse_readers,
)
from anonymize.keys.keyring.keyring_file import content_of, decrypted, fresh, load, save
from anonymize.keys.keyring.keyring_uri import locate
from anonymize.names import KeyName

THROWAWAY = "throwaway"
"""Place of keyrings that are in memory only."""
_TIME = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ)?"
)
_cache: dict[tuple[object, ...], Keyring] = {}


@checked
def open_keyring(keyring: Keyring | str | None = None) -> Keyring:
    """Return the keyring at a URI; opened once per process and again when the file has changed.

    The URI is ``file:PATH``, or a key management service's (``aws-kms:``, ``vault:``); by default
    what COATCHECK_KEYRING says, else ``file:.coatcheck/keyring.json``. A keyring that is open
    already is returned as it is.

    Raises:
        KeysError: no file, readable by others, no passphrase; or it does not open (one message for
            a wrong passphrase and a damaged file).
    """
    if isinstance(keyring, Keyring):
        return keyring
    location = locate(keyring)
    seen = _seen(
        location.path
    )  # taken before reading, so that a replacement in between is noticed at the next open
    content = content_of(location)
    locks = location.locks()
    stamp = (location.uri, *seen, *(lock.fingerprint() for lock in locks))
    found = _cache.get(stamp)
    if found is None:
        for stale in [other for other in _cache if other[0] == location.uri]:
            del _cache[stale]
        opened = decrypted(location, content, locks)
        found = _cache[stamp] = Keyring(opened.entries, location.uri)
    return found


def _seen(path: Path) -> tuple[int, ...]:
    """Return the state that distinguishes a file from its replacement; empty if it does not
    exist.
    """
    try:
        status = path.stat()
    except OSError:
        return ()
    return status.st_ino, status.st_mtime_ns, status.st_size


def forget_opened_keyrings() -> None:
    """Remove cached keyrings, so that the next open reads the file."""
    _cache.clear()


@checked
def init_keyring(
    keyring: Keyring | str | None = None,
    names: Iterable[KeyName] = (),
    uses: Mapping[KeyName, KeyUse] | None = None,
) -> Keyring:
    """Return the keyring at a URI with all ``names``, ``signing`` and ``owner`` in it, making what
    is missing.

    Without a passphrase in the environment it also makes a passphrase file of mode 0600 beside the
    keyring. Keys that are there already stay as they are; ``uses`` says what policies use keys for,
    and a key that values come from once is never again taken for one that only encrypts files.

    Raises:
        KeysError: the keyring does not open, is a reader's, or its file or passphrase cannot be
            written.
        ArgumentError: a new keyring would lie in a dataset's folder, where readers may get it.
    """
    location = locate(keyring)
    wanted = [*names, *RESERVED]
    for name in wanted:
        check_name(name)
    if not location.path.exists():
        refuse_in_dataset(location.path)
    with locked(location.path):
        there = location.path.exists()
        if there and len(location.locks()) == 1:  # two: a change of passphrase was interrupted
            known = open_keyring(location.uri)
            refuse_readers(known.entries(), location.uri)
            if _holds(known.entries(), wanted, uses or {}):
                return known  # opened once: a passphrase takes a fifth of a second by intent
        opened = load(location) if there else fresh(location.lock(make=True))
        refuse_readers(opened.entries, location.uri)
        have = {entry.name for entry in opened.entries}
        missing = [name for name in dict.fromkeys(wanted) if name not in have]
        made = [new_version(name, 1, today()) for name in missing]
        entries = tuple(_used(entry, uses or {}) for entry in (*opened.entries, *made))
        if entries != opened.entries or not there:
            save(location.path, dataclasses.replace(opened, entries=entries))
    return open_keyring(location.uri)


@checked
def throwaway_keyring(names: Iterable[KeyName]) -> Keyring:
    """Return a keyring with new keys that is in memory only: when it is gone, nobody can link or
    reveal what its keys made.
    """
    wanted = dict.fromkeys([*names, *RESERVED])
    return Keyring([new_version(name, 1, today()) for name in wanted], THROWAWAY)


def _holds(
    entries: Iterable[KeyVersion], wanted: Iterable[KeyName], uses: Mapping[KeyName, KeyUse]
) -> bool:
    """Return whether nothing is to be made or noted."""
    entries = tuple(entries)
    noted = all(_used(entry, uses) == entry for entry in entries)
    return noted and {entry.name for entry in entries}.issuperset(wanted)


def _used(entry: KeyVersion, uses: Mapping[KeyName, KeyUse]) -> KeyVersion:
    use = uses.get(entry.name, entry.use)
    return entry if entry.use == "values" else dataclasses.replace(entry, use=use)


@checked
def rotate_key(name: KeyName, keyring: Keyring | str | None = None) -> Keyring:
    """Return the keyring after adding a new version of ``name``, which becomes the
    current one.

    Older versions stay, for the data that they protect. If the process is killed, the file is the
    old or the new one.

    Raises:
        KeysError: the keyring has no key ``name``, or is a reader's.
    """

    def add(entries: tuple[KeyVersion, ...]) -> tuple[KeyVersion, ...]:
        refuse_readers(entries, locate(keyring).uri)
        versions = [entry.version for entry in entries if entry.name == name]
        if not versions:
            raise KeysError(_unknown(name, entries))
        return (*entries, _next_version(entries, name))

    return _change(keyring, add)


def _next_version(entries: tuple[KeyVersion, ...], name: KeyName) -> KeyVersion:
    last = max((entry for entry in entries if entry.name == name), key=lambda entry: entry.version)
    return dataclasses.replace(new_version(name, last.version + 1, today()), use=last.use)


@checked
def revoke_key(
    name: KeyName, version: int, since: str, keyring: Keyring | str | None = None
) -> Keyring:
    """Return the keyring after revoking a version of ``signing``: what it signed since
    is refused.

    ``since`` is a day or a second, ISO, UTC. The version signs no more; if it was the newest, a new
    one is made. Readers refuse its signatures once they get a new keyring.

    Raises:
        KeysError: not a version of the signing key, ``since`` is not a time, or is later than an
            earlier revocation's; or the keyring is a reader's.
    """
    if name != SIGNING:
        raise KeysError(
            f"only versions of '{SIGNING}' are revoked; rotate '{name}', then destroy the old"
            " version"
        )
    if not is_time(since):
        raise KeysError(
            f"'{since}' is not a time; write a day, 2026-11-29, or a second in UTC,"
            " 2026-11-29T08:00:00Z"
        )

    def revoke(entries: tuple[KeyVersion, ...]) -> tuple[KeyVersion, ...]:
        refuse_readers(entries, locate(keyring).uri)
        wanted = _pick(entries, name, version)
        if wanted.revoked_from and wanted.revoked_from < since:
            raise KeysError(
                f"key '{wanted.id}' is revoked from {wanted.revoked_from} already, which is earlier"
            )
        state = {"state": "retired", "ended": today()} if wanted.state == "live" else {}
        revoked = dataclasses.replace(wanted, revoked_from=since, **state)  # type: ignore[arg-type]
        changed = tuple(revoked if entry.id == wanted.id else entry for entry in entries)
        signs = any(entry.name == SIGNING and entry.state == "live" for entry in changed)
        return changed if signs else (*changed, _next_version(changed, SIGNING))

    return _change(keyring, revoke)


def is_time(text: str) -> bool:
    """Return True for a day or a second as the calendar has it: not for 30 February."""
    if not _TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


@checked
def destroy_key(name: KeyName, version: int, keyring: Keyring | str | None = None) -> Keyring:
    """Return the keyring after forgetting one key version for good: crypto-shredding.

    Only its id and date stay, so that the version number is never used again and errors can state
    what happened. Older copies of the file still hold it: destroy those too. A process that has the
    keyring open keeps the version until it ends or opens the file again.
    """
    return _change(keyring, lambda entries: _ended(entries, name, version, "destroyed"))


def require_writable(keyring: Keyring | str | None = None) -> None:
    """Check that the keyring's file can be replaced, before something says that it was.

    Raises:
        KeysError: the folder is read-only, or the disk is full; nothing was changed.
    """
    location = locate(keyring)
    with locked(location.path):
        require_room(location.path)


def retire_key(name: KeyName, version: int, keyring: Keyring | str | None = None) -> Keyring:
    """Return the keyring after switching one key version off; ``reinstate_key`` undoes
    it.
    """
    return _change(keyring, lambda entries: _ended(entries, name, version, "retired"))


def reinstate_key(name: KeyName, version: int, keyring: Keyring | str | None = None) -> Keyring:
    """Return the keyring after switching a retired key version on again."""

    def back(entries: tuple[KeyVersion, ...]) -> tuple[KeyVersion, ...]:
        wanted = _pick(entries, name, version)
        if wanted.revoked_from:
            raise KeysError(f"key '{wanted.id}' was revoked; it signs no more")
        if wanted.state != "retired":
            raise KeysError(f"key '{wanted.id}' is {wanted.state}, not retired")
        live = dataclasses.replace(wanted, state="live", ended="")
        return tuple(live if entry.id == wanted.id else entry for entry in entries)

    return _change(keyring, back)


def keyfile_beside(path: Path) -> Path:
    """Return the default path of a keyring's passphrase file."""
    return path.with_name(path.name + ".key")


def today() -> str:
    """Return today's date, ISO, UTC."""
    return datetime.now(UTC).date().isoformat()


def _change(
    keyring: Keyring | str | None, edit: Callable[[tuple[KeyVersion, ...]], tuple[KeyVersion, ...]]
) -> Keyring:
    location = locate(keyring)
    content_of(location)
    with locked(location.path):
        opened = load(location)
        save(location.path, dataclasses.replace(opened, entries=edit(opened.entries)))
    return open_keyring(location.uri)


def _pick(entries: tuple[KeyVersion, ...], name: KeyName, version: int) -> KeyVersion:
    for entry in entries:
        if entry.name == name and entry.version == version:
            return entry
    raise KeysError(_unknown(f"{name}.{version}", entries))


def _ended(
    entries: tuple[KeyVersion, ...], name: KeyName, version: int, state: Any
) -> tuple[KeyVersion, ...]:
    wanted = _pick(entries, name, version)
    if wanted.state == "destroyed" or wanted.state == state:
        raise KeysError(f"key '{wanted.id}' was {wanted.state} on {wanted.ended} already")
    kept = wanted.secret if state == "retired" else None
    ended = dataclasses.replace(wanted, state=state, ended=today(), secret=kept)
    return tuple(ended if entry.id == wanted.id else entry for entry in entries)


def _unknown(key: str, entries: tuple[KeyVersion, ...]) -> str:
    return (
        f"key '{key}' is not in the keyring; it holds"
        f" {', '.join(entry.id for entry in entries) or 'no key'}"
    )
