"""Says what changed between two published versions, from their manifests alone: no raw value, no
exact small count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from anonymize.dataset import Dataset, Manifest
from anonymize.errors import DatasetError, KeysError
from anonymize.keys import Keyring
from anonymize.names import key_name_of


def current_manifest(path: str, keyring: Keyring) -> Manifest | None:
    """Return the checked manifest of a dataset's current version; None before the first, and if it
    cannot be checked with this keyring.
    """
    try:
        dataset = Dataset(path)
        return None if dataset.current is None else dataset.manifest(keyring=keyring)
    except (DatasetError, KeysError):
        return None


def changed_since(before: Manifest | None, now: Manifest) -> tuple[str, ...]:
    """Return a sentence per difference between the version that was current and the new one; empty
    if there is no earlier one.

    Policies and sources are compared by their keyed digests, and only where the same owner's key
    made both.
    """
    return () if before is None else tuple(_differences(before, now))


def _differences(before: Manifest, now: Manifest) -> Iterator[str]:
    yield _rows(before.rows.written, now.rows.written)
    if before.owner.key == now.owner.key:
        same = before.source.hmac_sha256 == now.source.hmac_sha256
        yield f"the source is {'the same, byte for byte' if same else 'another'}"
        same = before.policy_hmac_sha256 == now.policy_hmac_sha256
        yield f"the policy is {'the same' if same else 'another'}"
    if before.purpose != now.purpose:
        yield f"the purpose was {before.purpose}, is {now.purpose}"
    yield from _columns(before, now)
    yield from _keys(before.keys, now.keys)
    was, is_ = (one.privacy.k if one.privacy else None for one in (before, now))
    if was != is_:
        yield f"k was {_or_none(was)}, is {_or_none(is_)}"
    names = sorted({*before.software, *now.software})
    others = [name for name in names if before.software.get(name) != now.software.get(name)]
    if others:
        yield f"made with other versions of {', '.join(others)}"


def _rows(was: int, now: int) -> str:
    if was == now:
        return f"as many rows: {now:,}"
    return f"{now:,} rows, {abs(now - was):,} {'more' if now > was else 'fewer'}"


def _columns(before: Manifest, now: Manifest) -> Iterator[str]:
    was, is_ = _published(before), _published(now)
    if new := sorted(set(is_) - set(was)):
        yield f"new: {', '.join(new)}"
    if gone := sorted(set(was) - set(is_)):
        yield f"gone: {', '.join(gone)}"
    for name in sorted(set(was) & set(is_)):
        if was[name] != is_[name]:
            yield f"{name} was {' as '.join(was[name])}, is {' as '.join(is_[name])}"


def _published(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Return the action and the type of every published column."""
    lines: list[dict[str, Any]] = manifest.plan or []
    return {
        str(line["column"]): (str(line["action"]), str(line["output_type"]))
        for line in lines
        if line["output_type"]
    }


def _keys(before: tuple[str, ...], now: tuple[str, ...]) -> Iterator[str]:
    was = {key_name_of(key): key for key in before}
    for key in dict.fromkeys(now):
        last = was.get(key_name_of(key), key)
        if last != key:
            yield f"key {key} in place of {last}"


def _or_none(k: int | None) -> str:
    return "not asked for" if k is None else str(k)
