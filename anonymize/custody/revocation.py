"""Revokes a leaked signing key, and signs the logs of the datasets that it signed."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from anonymize.arguments import checked
from anonymize.custody.belonging import require_keys_in_log
from anonymize.custody.rotate_keys import require_datasets
from anonymize.dataset import Dataset
from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.keymaterial import sidecar_digest
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.openparts import key_problem
from anonymize.dataset.reads import read_log
from anonymize.dataset.refusing import refused_versions, signed_late
from anonymize.errors import DatasetError, Problem
from anonymize.keys import Keyring, KeyVersion, open_keyring, revoke_key
from anonymize.keys.keyring.keyring import refuse_readers
from anonymize.keys.keyring.keyring_uri import locate
from anonymize.names import KeyName


@dataclass(frozen=True)
class Revoked:
    """The result of a revocation."""

    keyring: Keyring
    """The keyring after the revocation."""
    refused: dict[str, tuple[int, ...]]
    """Dataset → versions on disk whose publication is refused now."""
    acts: dict[str, int]
    """Dataset → number of refused entries of its log, publications included."""


@checked
def revoke(
    name: KeyName,
    version: int,
    since: str,
    datasets: Sequence[str | Path],
    keyring: Keyring | str | None = None,
) -> Revoked:
    """Revoke a version of the signing key from ``since`` on; a newer one signs the datasets' logs
    in their present state.

    Entries that the old version signed from then on are ignored, one by one: a version counts as
    not published, a move as not made. Entries from before stay valid. If the old version signs
    anything after the new key's entry, the log is refused, whatever the date. Wrapped keys that
    were renewed since are signed again if they open. Can be repeated after an interruption.

    Raises:
        KeysError: see `revoke_key`; or the keyring is a reader's, older than a dataset, or not the
            one that signed a log; nothing was done.
        DatasetError: a dataset is missing, busy, or its log is damaged, and nothing was done. Leave
            it out to revoke the key at once.
    """
    require_datasets(datasets)
    before = _trusting(open_keyring(locate(keyring).uri))
    refuse_readers(before.entries(), before.place)
    opened = {str(Path(path).resolve()): Dataset(path) for path in datasets}
    with ExitStack() as held:
        for dataset in opened.values():
            held.enter_context(dataset.lock())
            _require_sound(dataset, before, f"{name}.{version}", since)
        keyring = revoke_key(name, version, since, keyring)
        done = {
            str(dataset.path): _sign(dataset, keyring, before, name, version, since)
            for dataset in opened.values()
        }
    refused = {path: tuple(refused_versions(entries)) for path, entries in done.items()}
    acts = {
        path: sum(entry.what.startswith("refused ") for entry in entries)
        for path, entries in done.items()
    }
    return Revoked(keyring, refused, acts)


def _trusting(keyring: Keyring, revoked: str = "", since: str = "") -> Keyring:
    """Return the keyring without any revocation, except that of one key version."""
    entries: tuple[KeyVersion, ...] = keyring.entries()
    changed = (
        dataclasses.replace(e, revoked_from=since if e.id == revoked else "") for e in entries
    )
    return Keyring(tuple(changed), keyring.place)


def _require_sound(dataset: Dataset, before: Keyring, revoked: str, since: str) -> None:
    """Check that the log is complete, has no entry of the revoked key after one of a newer key, and
    names no key that the keyring lacks.

    An older copy of the keyring would make a second, different signing key of one id. Entries that
    the revocation refuses count too: who has the leaked key can name any keys in them, and an older
    copy cannot be told from that.

    Raises:
        DatasetError, KeysError: it is not so; nothing was done yet.
    """
    try:
        entries = require_whole_log(dataset, before)
        if not entries and dataset.audit.head() is None:
            raise DatasetError("nothing was published there", place=str(dataset.path))
        late = tuple(signed_late(entries, _trusting(before, revoked, since), dataset.audit.path))
        if late:
            raise DatasetError(late)
    except DatasetError as error:
        what = "nothing was done; to revoke the key at once, leave this dataset out"
        raise DatasetError([*error.problems, Problem(str(dataset.path), what)]) from None
    require_keys_in_log(dataset, entries, before)


def _sign(
    dataset: Dataset, keyring: Keyring, before: Keyring, name: KeyName, version: int, since: str
) -> tuple[AuditEntry, ...]:
    """Enter the revocation, signed by the new key; return the log's entries with those that are
    refused now.
    """
    details = {"key": f"{name}.{version}", "from": since}
    why = f"revoked from {since}"
    dataset.audit.append("revoke key", why=why, details=details, keyring=keyring, head_by=before)
    read_log(dataset).continue_after(f"{name}.{version}", keyring, before)
    _enter_wrapped_keys(dataset, keyring)
    with dataset.lock(keyring):  # CURRENT names the last move that is not refused
        pass
    return dataset.audit.entries(keyring)


def _enter_wrapped_keys(dataset: Dataset, keyring: Keyring) -> None:
    """Sign wrapped keys on disk whose only signature is in a refused entry; otherwise readers could
    not open them.

    Only those that open with the owner's keys are signed: somebody who has the signing key alone
    cannot make such.
    """
    pairs = zip(dataset.audit.entries(), dataset.audit.entries(keyring), strict=True)
    renewed = [was for was, now in pairs if was.what == "rewrap" and now.what != "rewrap"]
    told = dict[str, dict[str, str]]()
    for standing in dataset.audit.standings(keyring, dataset.versions(keyring)) if renewed else ():
        folder = dataset.folder(standing.version)
        dataset.bring(standing.version, parts=True)
        for entry in dataset.opened(standing, keyring).files:
            said = {act.sidecars_of(standing.version).get(entry.path, "") for act in renewed}
            digest = sidecar_digest(folder / entry.path)
            known = {entry.sidecar_sha256, *standing.sidecars.get(entry.path, ())}
            if (
                digest in said - known
                and key_problem(folder / entry.path, entry, keyring, {digest}) is None
            ):
                told.setdefault(str(standing.version), {})[entry.path] = digest
    if told:
        parts = sum(map(len, told.values()))
        dataset.audit.append(
            "rewrap",
            why="renewed before the revocation",
            details={"parts": parts, "versions": told},
            keyring=keyring,
        )
