"""Wrapping the keys of versions anew: entered in the log, all in one entry, before the first
sidecar is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable

from anonymize.dataset.keymaterial import rewrapped
from anonymize.dataset.signing import Keyring
from anonymize.dataset.standing import Standing
from anonymize.dataset.view import DatasetView
from anonymize.durable import Prepared, sync_folder, write_error
from anonymize.io.sink.parts import sidecar_of
from anonymize.names import KeyName


def rewrap_versions(
    dataset: DatasetView, numbers: Iterable[int], keyring: Keyring, name: KeyName | None, why: str
) -> int:
    """Write the new sidecars beside the old ones, enter their digests, put them in place; return
    how many.

    Only files with a key wrapped by an older version of ``name`` (None: of any key) are touched;
    nothing is entered where there is none. Killed at any point, every sidecar is the old one or the
    new one, and both are signed for. The log is read once and grows by one entry, so that the time
    is linear in the versions.

    Raises:
        DatasetError, KeysError: see `Dataset.rewrap`.
    """
    prepared, told = list[Prepared](), dict[str, dict[str, str]]()
    try:
        for standing in dataset.audit.standings(keyring, numbers):
            if theirs := _prepare(dataset, standing, keyring, name, prepared):
                told[str(standing.version)] = theirs
        if not prepared:
            return 0
        details = {"parts": len(prepared), "versions": told}
        dataset.audit.append("rewrap", why=why, details=details, keyring=keyring)
    except BaseException:
        for sidecar in prepared:
            sidecar.discard()
        raise
    _put(prepared)
    return len(prepared)


def require_wrapped(dataset: DatasetView, keyring: Keyring, name: KeyName) -> None:
    """Return if what older versions of ``name`` wrap could be wrapped anew; nothing is written.

    Raises:
        DatasetError: a manifest or wrapped keys are missing, damaged or not signed for.
        KeysError: the keyring lacks what opens them.
    """
    for standing in dataset.audit.standings(keyring, dataset.versions(keyring)):
        folder = dataset.folder(standing.version)
        for entry in dataset.opened(standing, keyring).files:
            rewrapped(
                folder / entry.path,
                keyring,
                None,
                {entry.sidecar_sha256, *standing.sidecars.get(entry.path, ())},
            )


def _prepare(
    dataset: DatasetView,
    standing: Standing,
    keyring: Keyring,
    name: KeyName | None,
    prepared: list[Prepared],
) -> dict[str, str]:
    """Write one version's new sidecars beside the old; return part → digest."""
    folder, told = dataset.folder(standing.version), dict[str, str]()
    for entry in dataset.opened(standing, keyring).files:
        signed_for = {entry.sidecar_sha256, *standing.sidecars.get(entry.path, ())}
        if (renewed := rewrapped(folder / entry.path, keyring, name, signed_for)) is not None:
            told[entry.path] = renewed.sha256
            prepared.append(Prepared(sidecar_of(folder / entry.path), renewed.data))
    return told


def _put(prepared: list[Prepared]) -> None:
    """Put the sidecars in place, then bring each folder's names to disk, once."""
    for sidecar in prepared:
        sidecar.put(sync=False)
    for folder in dict.fromkeys(sidecar.path.parent for sidecar in prepared):
        try:
            sync_folder(folder)
        except OSError as error:
            raise write_error(error, folder) from None
