"""Wraps the keys of versions again. One log entry covers all of them, and is written before the
first sidecar is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable

from anonymize.dataset.keymaterial import rewrapped
from anonymize.dataset.signing import Keyring
from anonymize.dataset.standing import Standing
from anonymize.dataset.view import DatasetView
from anonymize.durable import Prepared, sync_folder, write_error
from anonymize.io.sink.part_info import sidecar_of
from anonymize.names import KeyName


def rewrap_versions(
    dataset: DatasetView, numbers: Iterable[int], keyring: Keyring, name: KeyName | None, why: str
) -> int:
    """Write the new sidecars beside the old ones, enter their digests in the log, put them in
    place; return their number.

    Touches only files with a key that an older version of ``name`` (None: of any key) wraps, and
    enters nothing if there is none. If the process is killed, every sidecar is the old one or the
    new one, and both are signed for. The log is read once and gets one entry, so the time is linear
    in the number of versions.

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
    """Check that everything older versions of ``name`` wrap can be wrapped again; nothing is
    written.

    Raises:
        DatasetError: a manifest or wrapped keys are missing, damaged or not signed.
        KeysError: the keyring lacks the keys that open them.
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
    """Write one version's new sidecars beside the old ones; return part → digest."""
    folder, told = dataset.folder(standing.version), dict[str, str]()
    for entry in dataset.opened(standing, keyring).files:
        signed_for = {entry.sidecar_sha256, *standing.sidecars.get(entry.path, ())}
        if (renewed := rewrapped(folder / entry.path, keyring, name, signed_for)) is not None:
            told[entry.path] = renewed.sha256
            prepared.append(Prepared(sidecar_of(folder / entry.path), renewed.data))
    return told


def _put(prepared: list[Prepared]) -> None:
    """Put the sidecars in place, then sync each folder once."""
    for sidecar in prepared:
        sidecar.put(sync=False)
    for folder in dict.fromkeys(sidecar.path.parent for sidecar in prepared):
        try:
            sync_folder(folder)
        except OSError as error:
            raise write_error(error, folder) from None
