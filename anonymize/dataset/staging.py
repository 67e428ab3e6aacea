"""A new version before its publication: written to a hidden folder, checked, signed, and made
visible in one step.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from anonymize.dataset.card_files import write_cards
from anonymize.dataset.entry import REFUSED, AuditEntry
from anonymize.dataset.folder_changes import prepared_current, remove_version
from anonymize.dataset.keymaterial import sidecar_digest
from anonymize.dataset.locked import LockedDataset
from anonymize.dataset.manifest import LARGEST_BYTES, NAME, AuditAnchor, Manifest, open_manifest
from anonymize.dataset.reads import read_log
from anonymize.dataset.signing import Keyring
from anonymize.dataset.verify import file_problems, key_problems
from anonymize.dataset.when_and_who import now
from anonymize.durable import sync_file, sync_folder, write_atomically, write_error
from anonymize.errors import DatasetError
from anonymize.io.sink.part_info import sidecar_of

CardsOf = Callable[[Manifest], Mapping[str, bytes]]
"""Makes the cards of a version, name → content, of its manifest, which has number and time."""


def no_cards(manifest: Manifest) -> Mapping[str, bytes]:
    """Return no card."""
    return {}


class Staging:
    """A new version before its publication."""

    def __init__(self, dataset: LockedDataset, folder: Path) -> None:
        """Hold the staging folder ``folder`` of ``dataset``."""
        self.dataset, self.path = dataset, folder
        self._taken = False

    def take_over(self, fits: Callable[[Path], bool]) -> None:
        """Go on in the newest folder of a killed run that ``fits``, and remove the others."""
        for left in self.dataset.unfinished():
            if left == self.path:
                continue
            if not self._taken and fits(left):
                shutil.rmtree(self.path)
                self.path, self._taken = left, True
                self.dataset.staged_in(left)
            else:
                shutil.rmtree(left)

    @property
    def dir(self) -> Path:
        """The staging folder; the same as ``path``."""
        return self.path

    def next_version(self) -> int:
        """Return the number that the version will have, unless another one is published before."""
        return self._next_number(self.dataset.audit.entries())

    def publish(
        self, manifest: Manifest, keyring: Keyring, *, why: str = "", cards: CardsOf = no_cards
    ) -> Manifest:
        """Check every file, write the ``cards``, sign the manifest, make the version visible and
        current; return the signed manifest.

        Raises:
            DatasetError: a file is missing, unlisted or does not match its entry, or the disk is
                full; nothing is visible and the last version stays.
            BusyError: in a store, another version was published first.
            KeysError: the keyring cannot sign.
            AnchorError: the version is published, and the anchor does not know it yet.
        """
        with self.dataset.lock(keyring):
            entries = self.dataset.audit.entries(keyring)
            self._refuse_other(entries, manifest)
            self._sweep()
            problems = file_problems(self.path, manifest, ignore=frozenset())
            if problems:
                raise DatasetError(problems)
            if self.dataset.mirror:
                self.dataset.mirror.send(self.path)
                self.dataset.mirror.rebase()
                entries = self.dataset.audit.entries(keyring)
            files = [
                entry.model_copy(update={"sidecar_sha256": sidecar_digest(self.path / entry.path)})
                for entry in manifest.files
            ]
            manifest = manifest.model_copy(
                update={
                    "version": self._next_number(entries),
                    "created_at": now(),
                    "files": tuple(files),
                    "audit": AuditAnchor(
                        entries=len(entries), head=entries[-1].hash if entries else ""
                    ),
                }
            )
            if problems := key_problems(self.path, manifest, keyring, {}):
                raise DatasetError(problems)
            written = write_cards(self.path, cards(manifest))
            manifest = manifest.model_copy(update={"cards": written})
            signed = manifest.signed(keyring)
            if len(signed) > LARGEST_BYTES:
                raise DatasetError(_too_large(manifest, len(signed)), place=str(self.path / NAME))
            # the check that readers make
            manifest = open_manifest(signed, keyring, str(self.path / NAME))
            write_atomically(self.path / NAME, signed)
            self._sync(manifest)
            self._make_visible(manifest, keyring, why, hashlib.sha256(signed).hexdigest())
            self.dataset.tell(manifest)
        return manifest

    def _refuse_other(self, entries: tuple[AuditEntry, ...], manifest: Manifest) -> None:
        """Refuse to make a version of one dataset the next version of another."""
        names = [str(entry.details["dataset"]) for entry in entries if "dataset" in entry.details]
        if names and names[-1] != manifest.dataset:
            what = (
                f"this folder holds dataset '{names[-1]}', not '{manifest.dataset}'; name another"
            )
            raise DatasetError(what, place=str(self.dataset.path))

    def _next_number(self, entries: tuple[AuditEntry, ...]) -> int:
        publications = (
            "publish",
            f"{REFUSED}publish",
        )  # the number of a refused version is not used again
        used = [
            entry.version
            for entry in entries
            if entry.what in publications and entry.version is not None
        ]
        return max([0, *used, *self.dataset.folders()]) + 1

    def _sweep(self) -> None:
        """Remove files that killed tasks left of parts that other tasks wrote again."""
        for pattern in (".*.tmp", "_KEY_MATERIAL_FOR_.*.tmp.json"):
            for path in self.path.rglob(pattern):
                path.unlink()

    def _sync(self, manifest: Manifest) -> None:
        for entry in manifest.files:
            path = self.path / entry.path
            sync_file(path)
            sync_file(sidecar_of(path))
        for folder in {self.path, *((self.path / entry.path).parent for entry in manifest.files)}:
            sync_folder(folder)

    def _make_visible(self, manifest: Manifest, keyring: Keyring, why: str, digest: str) -> None:
        dataset, version = self.dataset, manifest.version
        current = prepared_current(
            dataset,
            version,
            # written to disk before the log entry, because the publication must not fail for space
            # after it
        )
        try:
            os.replace(self.path, dataset.folder(version))
            sync_folder(dataset.versions_path)
            details: dict[str, Any] = {
                "dataset": manifest.dataset,
                "rows": manifest.rows.written,
                "policy_hmac_sha256": manifest.policy_hmac_sha256,
                "manifest_sha256": digest,
                "keys": {
                    key: manifest.key_checks.get(key, "")
                    for key in {*manifest.keys, *manifest.key_checks}
                },
            }
            if manifest.reveal is not None:
                details["reveal"] = manifest.reveal.model_dump(mode="json")
            if manifest.privacy is not None and manifest.privacy.against is not None:
                details["against"] = [one.words() for one in manifest.privacy.against]
            if (reads := read_log(dataset).length()) is not None:
                details["reads"] = reads  # so that a log of reads that is cut later is noticed
            dataset.audit.append(
                "publish", why=why, version=version, details=details, keyring=keyring
            )
        except BaseException as error:
            current.discard()
            self._withdraw(version)
            if isinstance(error, OSError):
                raise write_error(error, dataset.folder(version)) from None
            raise
        current.put()

    def _withdraw(self, version: int) -> None:
        """Remove the folder unless the log has its publication."""
        dataset = self.dataset
        logged = any(e.what == "publish" and e.version == version for e in dataset.audit.entries())
        if not logged and dataset.folder(version).is_dir():
            remove_version(dataset, version)

    def discard(self) -> None:
        """Remove the folder and its content; does nothing after `publish`."""
        shutil.rmtree(self.path, ignore_errors=True)


def _too_large(manifest: Manifest, size_bytes: int) -> str:
    return (
        f"the manifest of {len(manifest.files):,} files has {size_bytes >> 20} MiB, and at most"
        f" {LARGEST_BYTES >> 20} MiB are read; nothing was published: publish fewer and larger"
        " source files, or several datasets"
    )
