"""The sidecars of wrapped keys: which keys a part needs, and wrapping them anew without touching data.

A sidecar is not in the manifest's digests, so that it can be rewritten when a master key is rotated. It
needs no digest: every wrapped key in it is authenticated, and a key of another file opens nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from anonymize.dataset.canonical import write_atomically
from anonymize.errors import DatasetError, KeysError
from anonymize.io.interface import KeyWrapper
from anonymize.io.kms import ENVELOPE_AAD, Envelopes, join, split
from anonymize.io.parts import sidecar_of
from anonymize.names import KeyName

LARGEST_BYTES = 64 << 20


def _load(part: Path) -> dict[str, dict[str, Any]]:
    """The sidecar's entries: ``footerKey`` and ``columnKey0`` …, each with its name and wrapped key."""
    path = sidecar_of(part)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ValueError
        outer = json.loads(path.read_bytes())
        entries = {str(name): json.loads(text) for name, text in outer.items()}
        if "footerKey" not in entries or not all(_sound(entry) for entry in entries.values()):
            raise ValueError
    except FileNotFoundError:
        raise DatasetError("is missing: the part's wrapped keys", place=str(path)) from None
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        raise _damaged(part) from None
    return entries


def _sound(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("keyMaterialType") == "PKMT1"
        and entry.get("doubleWrapping") is False
        and isinstance(entry.get("isFooterKey"), bool)
        and isinstance(entry.get("masterKeyID"), str)
        and isinstance(entry.get("wrappedDEK"), str)
    )


def _envelopes(part: Path) -> Iterator[tuple[str, str]]:
    """Each key name with each of its wrapped envelope keys, once."""
    yield from {(entry["masterKeyID"], split(entry["wrappedDEK"])[0]) for entry in _load(part).values()}


def check_keys(part: Path, names: Iterable[str], held: Iterable[str], envelopes: Envelopes) -> None:
    """Return if ``envelopes`` opens every wrapped key of ``part`` under the key names it holds.

    ``names`` are the keys that the signed manifest lists for the part, ``held`` those of them that the
    keyring has. Asked before Parquet sees the file, because it hangs or aborts on some uses of a
    column whose key is missing; and a damaged key is never taken for one that the reader lacks.

    Raises:
        DatasetError: the sidecar is missing, damaged, or not of these keys.
        KeysError: the keyring holds the key but not this version of it, or the wrapped key is damaged.
    """
    known, usable, seen = set(names), set(held), set[str]()
    for name, envelope in _envelopes(part):
        if name not in known:
            raise _damaged(part)
        seen.add(name)
        if name in usable:
            try:
                envelopes.opened(envelope)
            except KeysError as error:
                raise KeysError(error.problems[0].what, place=str(part)) from None
    if seen != known:
        raise _damaged(part)


def _damaged(part: Path) -> DatasetError:
    return DatasetError("is damaged: the part's wrapped keys", place=str(sidecar_of(part)))


def rewrap(part: Path, keyring: KeyWrapper) -> int:
    """Wrap the envelope keys of ``part`` under the current version of their keys; return how many.

    The data keys and the part stay as they are, so its digest and the manifest stay valid. The sidecar
    is replaced in one step: after a crash the old or the new one is there.

    Raises:
        DatasetError: the sidecar is missing or damaged.
        KeysError: the keyring lacks an old version, so the envelope key cannot be opened.
    """
    entries = _load(part)
    renewed: dict[str, str] = {}
    for entry in entries.values():
        envelope, sealed = split(entry["wrappedDEK"])
        if envelope not in renewed:
            renewed[envelope] = keyring.wrap(
                KeyName(entry["masterKeyID"]), keyring.unwrap(envelope, ENVELOPE_AAD), ENVELOPE_AAD
            )
        entry["wrappedDEK"] = join(renewed[envelope], sealed)
    outer = {name: json.dumps(entry, separators=(",", ":")) for name, entry in entries.items()}
    write_atomically(sidecar_of(part), json.dumps(outer, separators=(",", ":")).encode())
    return len(renewed)


def wrapping_keys(part: Path) -> frozenset[str]:
    """Return the ids (name and version) of the keys that wrap ``part``'s keys now."""
    from anonymize.keys import wrapping

    return frozenset(str(wrapping.key_of(envelope)) for _, envelope in _envelopes(part))
