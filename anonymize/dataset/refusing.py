"""Ignores entries that a revoked key signed, in a log that a newer key has signed since.

The head covers the log as a whole, and a revoked key cannot sign one. Until a newer key has signed,
a log with such an entry is refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from anonymize.dataset.entry import REFUSED, AuditEntry
from anonymize.dataset.signing import Keyring
from anonymize.errors import KeysError, Problem, RefusedError

_NUMBER = re.compile("[0-9]{1,6}")


def version_of(entry: AuditEntry) -> int:
    """Return the version of the key that signed an entry, according to the entry; 0 without a
    signature.
    """
    number = entry.key_id().rpartition(".")[2]
    return int(number) if _NUMBER.fullmatch(number) else 0


def is_revoked(entry: AuditEntry, keyring: Keyring) -> str:
    """Return the date from which the entry's key is revoked; empty if it is not revoked, or not
    held.
    """
    try:
        return keyring.revoked_from(entry.key_id())
    except KeysError:
        return ""


def judged(entries: Sequence[AuditEntry], keyring: Keyring, log: Path) -> tuple[AuditEntry, ...]:
    """Return the entries after checking each signature. Refused entries have no effect in the
    result.

    An entry is refused if a revoked key signed it on or after its revocation, by the entry's date
    or by its position after such an entry, and a newer key signed a later entry.

    Raises:
        DatasetError: an entry is not signed, or one of a revoked key comes after the last one of
            the newer keys.
        KeysError: an entry is signed by keys that are not in the keyring.
    """
    newest = _newest_behind(entries)
    found, late = list[AuditEntry](), ""
    for entry, newer in zip(entries, newest, strict=True):
        revoked = is_revoked(entry, keyring)
        try:
            entry.check(keyring, f"{log}:{entry.index + 1}")
            out_of_time = bool(revoked) and late >= revoked
        except RefusedError:
            if newer <= version_of(entry):
                raise
            out_of_time = True
        late = max(late, entry.at)
        found.append(entry.refused() if out_of_time and newer > version_of(entry) else entry)
    return _without_moves_to_refused(found)


def _without_moves_to_refused(entries: Sequence[AuditEntry]) -> tuple[AuditEntry, ...]:
    """Return the entries in which a rollback onto a refused version is refused too, whoever signed
    it: there is nothing that it could make current.
    """
    sound = {entry.version for entry in entries if entry.what == "publish"}
    refused = set(refused_versions(entries)) - sound
    return tuple(
        entry.refused() if entry.what == "rollback" and entry.version in refused else entry
        for entry in entries
    )


def _newest_behind(entries: Sequence[AuditEntry]) -> list[int]:
    """Return, for each entry, the newest key version that signed a later one."""
    newest, found = 0, list[int]()
    for entry in reversed(entries):
        found.append(newest)
        newest = max(newest, version_of(entry))
    return found[::-1]


def signed_late(entries: Sequence[AuditEntry], keyring: Keyring, log: Path) -> Iterator[Problem]:
    """Yield entries that a revoked key signed after a newer one had signed, whatever their date:
    the date proves nothing.
    """
    newest = 0
    for entry in entries:
        if version_of(entry) < newest and is_revoked(entry, keyring):
            what = f"'{entry.key_id()}' was revoked, and a newer key had signed"
            yield Problem(f"{log}:{entry.index + 1}", what)
        newest = max(newest, version_of(entry))


def refused_versions(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """Return version → the key that signed its publication, for refused publications."""
    return {
        entry.version: str(entry.key_id())
        for entry in entries
        if entry.what == f"{REFUSED}publish" and entry.version is not None
    }


def why_refused(version: int, key_id: str) -> str:
    """Return the message for a version whose publication is refused."""
    what = (
        f"version {version} is refused: '{key_id}', which signed its publication, was revoked from"
        " before that"
    )
    return f"{what}; publish it again (coatcheck run), or read an older one"
