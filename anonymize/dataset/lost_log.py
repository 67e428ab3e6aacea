"""Finds that the log lacks versions that were published: it was removed, cut short or put back.

The folder proves it: ``CURRENT`` names such a version, or a manifest in it that this keyring's key
signed. An act that trusted such a log would sign it anew, and a look-up would find nothing.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence

from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.manifest import LARGEST_BYTES, NAME, Manifest, open_manifest
from anonymize.dataset.plainfile import read_plain
from anonymize.dataset.refusing import refused_versions
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import DatasetView
from anonymize.errors import DatasetError

_LOOKS, _PAUSE_SECONDS = 3, 0.1
"""A run may publish between the reading of the log and that of the folder."""


def require_whole_log(dataset: DatasetView, keyring: Keyring) -> tuple[AuditEntry, ...]:
    """Return the log's entries, if it knows every version that was published, and the heads that
    the dataset's anchor has, if it was opened with one. For acts and look-ups that do not hold the
    lock; may be called during a run.

    Raises:
        DatasetError: it does not, or is damaged, cut short or not signed.
        KeysError: the log or a manifest is signed by keys that are not in the keyring.
    """
    for look in range(_LOOKS):
        entries = dataset.audit.entries(keyring)
        published = {e.version for e in entries if e.what == "publish" and e.version is not None}
        try:
            refuse_lost_log(dataset, entries, published | set(refused_versions(entries)), keyring)
            break
        except DatasetError:
            if look + 1 == _LOOKS:
                raise
            time.sleep(_PAUSE_SECONDS)
    anchor = dataset.anchor
    if anchor and (problems := anchor.problems(dataset.audit, keyring, begun=False)):
        raise DatasetError(problems)
    return entries


def refuse_lost_log(
    dataset: DatasetView,
    entries: Sequence[AuditEntry],
    published: Collection[int],
    keyring: Keyring,
) -> None:
    """Refuse to remove anything if entries of the log are missing, not a run was interrupted.

    A folder or file that is named like a version but has no manifest signed by this keyring proves
    nothing.

    Raises:
        DatasetError: a version was published according to ``CURRENT`` or to its own signed
            manifest, and the log lacks it; or a folder is another dataset's version.
        KeysError: a manifest is signed by keys that are not in the keyring.
    """
    said = dataset.said()
    lost = {said} - set(published) - {None}
    names = {str(entry.details["dataset"]) for entry in entries if "dataset" in entry.details}
    for number in set(dataset.folders()) - set(published):
        found = _signed_manifest(dataset, number, keyring)
        if found is None:
            continue
        if names - {found.dataset} or found.version != number:
            what = (
                f"holds version {found.version} of dataset '{found.dataset}', which is not its"
                " place; move it away"
            )
            raise DatasetError(f"{what}, nothing was changed", place=str(dataset.folder(number)))
        anchor = found.audit
        head = entries[anchor.entries - 1].hash if 0 < anchor.entries <= len(entries) else ""
        if anchor.entries > len(entries) or anchor.head != head:
            lost.add(number)
    if lost:
        what = (
            f"the audit log does not know version {min(filter(None, lost))}, which was published:"
            " it was cut short"
        )
        raise DatasetError(
            f"{what} or replaced; restore it, nothing was changed", place=str(dataset.audit.path)
        )


def _signed_manifest(dataset: DatasetView, number: int, keyring: Keyring) -> Manifest | None:
    """Return the manifest in a version's folder if this keyring's key signed it."""
    path = dataset.folder(number) / NAME
    dataset.bring(number)
    try:
        return open_manifest(read_plain(path, LARGEST_BYTES), keyring, str(path))
    except (FileNotFoundError, DatasetError):
        return None
