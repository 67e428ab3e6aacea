"""Sidecar files with the wrapped keys of a part: checks them, and wraps the keys again without
touching data.

The signed manifest holds the digest of each sidecar as published. When a master key is rotated, the
sidecars are written again. The digests of the new ones are in the log's signed ``rewrap`` entry
before the first is replaced, so a signature covers every sidecar at any moment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anonymize.dataset.canonical import require_bounded
from anonymize.dataset.plainfile import read_plain
from anonymize.dataset.signing import Keyring
from anonymize.errors import DatasetError, KeysError
from anonymize.io.sink.parquet_keys import ENVELOPE_AAD, Envelopes, join, split
from anonymize.io.sink.part_info import sidecar_of
from anonymize.names import KeyName

LARGEST_BYTES = 16 << 20


def _load(part: Path) -> tuple[dict[str, dict[str, Any]], str]:
    """Return the sidecar's entries (``footerKey``, ``columnKey0`` …, each with its key's name and
    the wrapped key), and its digest.
    """
    path = sidecar_of(part)
    try:
        data = read_plain(path, LARGEST_BYTES)
        require_bounded(data)
        outer = json.loads(data)
        entries = {str(name): json.loads(text) for name, text in outer.items()}
        if "footerKey" not in entries or not all(_sound(entry) for entry in entries.values()):
            raise ValueError
    except FileNotFoundError:
        raise DatasetError("is missing: the part's wrapped keys", place=str(path)) from None
    except (DatasetError, OSError, ValueError, TypeError, AttributeError, RecursionError):
        raise _damaged(part) from None
    return entries, hashlib.sha256(data).hexdigest()


def sidecar_digest(part: Path) -> str:
    """Return the SHA-256 of the wrapped keys beside ``part``.

    Raises:
        DatasetError: they are missing or damaged.
    """
    return _load(part)[1]


def _sound(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("keyMaterialType") == "PKMT1"
        and entry.get("doubleWrapping") is False
        and isinstance(entry.get("isFooterKey"), bool)
        and isinstance(entry.get("masterKeyID"), str)
        and isinstance(entry.get("wrappedDEK"), str)
    )


def check_keys(
    part: Path,
    names: Iterable[str],
    held: Iterable[str],
    envelopes: Envelopes,
    digests: Collection[str],
) -> None:
    """Check that the wrapped keys of ``part`` match ``digests``, and that each one under a held
    name opens.

    ``names`` are the keys that the signed manifest lists for the part, ``held`` those that the
    keyring has. This is checked before Parquet opens the file, because Parquet hangs or aborts on
    some uses of a column whose key is missing. It also ensures that a damaged key is not mistaken
    for one that the reader lacks. Parquet reads the sidecar again; it gets the data keys that were
    opened here and no others.

    Raises:
        DatasetError: the sidecar is missing, damaged, names other keys, or is not a signed one.
        KeysError: the keyring holds the key but not this version of it, or the wrapped key is
            damaged.
    """
    known, usable, seen = set(names), set(held), set[str]()
    entries, digest = _load(part)
    _require_signed(part, digest, digests)
    for entry in entries.values():
        name = entry["masterKeyID"]
        if name not in known:
            raise _damaged(part)
        seen.add(name)
        if name in usable:
            try:
                envelopes.admit(entry["wrappedDEK"], name)
            except KeysError as error:
                raise KeysError(error.problems[0].what, place=str(part)) from None
    if seen != known:
        raise _damaged(part)


def data_key(part: Path, envelopes: Envelopes, digests: Collection[str]) -> bytes:
    """Return the data key of a part that has one key for all of it, 32 bytes.

    Raises:
        DatasetError: the sidecar is missing, damaged or not a signed one, or the part has several
            keys.
        KeysError: the keyring lacks the key, or the wrapped key is damaged.
    """
    entries, digest = _load(part)
    _require_signed(part, digest, digests)
    if set(entries) != {"footerKey"}:
        raise DatasetError("has several keys", place=str(part))
    return envelopes.unwrap(entries["footerKey"]["wrappedDEK"], entries["footerKey"]["masterKeyID"])


def _damaged(part: Path) -> DatasetError:
    return DatasetError("is damaged: the part's wrapped keys", place=str(sidecar_of(part)))


@dataclass(frozen=True)
class Renewed:
    """A sidecar whose keys are wrapped by current versions."""

    data: bytes
    sha256: str


def rewrapped(
    part: Path, keyring: Keyring, name: KeyName | None, digests: Collection[str]
) -> Renewed | None:
    """Return the sidecar of ``part`` with its envelope keys wrapped by the current version of
    ``name`` (None: of each key).

    None if no older version wraps a key; keys that a destroyed version wraps stay as they are. The
    data keys and the part do not change, so the part's digest stays valid. The present sidecar must
    match ``digests``, because its successor gets signed.

    Raises:
        DatasetError: the sidecar is missing or damaged, or not one of ``digests``.
        KeysError: the keyring lacks an old version, so the envelope key cannot be opened.
    """
    from anonymize.keys.keyring import wrapping

    entries, digest = _load(part)
    _require_signed(part, digest, digests)
    renewed: dict[str, str] = {}
    for entry in entries.values():
        envelope, sealed = split(entry["wrappedDEK"])
        wrapped_by, key = wrapping.key_of(envelope), KeyName(entry["masterKeyID"])
        if name not in (None, key) or keyring.is_destroyed(wrapped_by):
            continue  # what was shredded on purpose stays shut, and stops no rotation
        if wrapped_by == keyring.current(key):
            continue
        if envelope not in renewed:
            renewed[envelope] = keyring.wrap(
                key, keyring.unwrap(envelope, ENVELOPE_AAD), ENVELOPE_AAD
            )
        entry["wrappedDEK"] = join(renewed[envelope], sealed)
    if not renewed:
        return None
    outer = {name: json.dumps(entry, separators=(",", ":")) for name, entry in entries.items()}
    data = json.dumps(outer, separators=(",", ":")).encode()
    return Renewed(data, hashlib.sha256(data).hexdigest())


def _require_signed(part: Path, digest: str, digests: Collection[str]) -> None:
    if digest not in digests:
        raise DatasetError(
            "its bytes are not those the manifest or the log lists: the part's wrapped keys were"
            " changed or replaced",
            place=str(sidecar_of(part)),
        )


def wrapping_keys(part: Path) -> frozenset[str]:
    """Return the ids (name and version) of the keys that wrap ``part``'s keys now."""
    from anonymize.keys.keyring import wrapping

    entries, _ = _load(part)
    return frozenset(
        str(wrapping.key_of(split(entry["wrappedDEK"])[0])) for entry in entries.values()
    )
