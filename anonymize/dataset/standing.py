"""The state of one version according to the signed log: its publication, and later acts on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.signing import Keyring
from anonymize.errors import DatasetError

SINCE = ("rewrap", "expire")
"""Acts after the publication that change the state of a version."""


@dataclass(frozen=True)
class Standing:
    """The state of one version according to the signed log, for a reader."""

    version: int
    manifest_sha256: str
    """SHA-256 of the published manifest."""
    sidecars: Mapping[str, frozenset[str]]
    """Part → digests of its wrapped keys, if they were wrapped again since."""


def standing_of(
    version: int,
    published: AuditEntry | None,
    later: Iterable[AuditEntry],
    keyring: Keyring,
    log: Path,
) -> Standing:
    """Return the state of ``version`` from its publication and later acts of `SINCE`; earlier ones
    are skipped.

    Raises:
        DatasetError: it was never published, or has expired, or an entry about it has no valid
            signature.
        KeysError: the entry is signed by keys that are not in the keyring.
    """
    if published is None:
        raise DatasetError(f"holds no signed publication of version {version}", place=str(log))
    found: dict[str, set[str]] = {}
    for entry in later:
        if entry.index < published.index:
            continue
        place = f"{log}:{entry.index + 1}"
        if entry.what == "expire" and version in entry.details.get("versions", ()):
            raise DatasetError(f"version {version} was removed by expiry", place=place)
        if entry.what == "rewrap" and (sidecars := entry.sidecars_of(version)):
            entry.check(keyring, place)
            for path, digest in sidecars.items():
                found.setdefault(path, set()).add(digest)
    digest = str(published.details.get("manifest_sha256", ""))
    return Standing(version, digest, {path: frozenset(digests) for path, digests in found.items()})
