"""A dataset on disk: versions, the one that is current, and the acts that move it.

``publish`` writes in this order, each step on disk before the next: parts and signed manifest in a
hidden staging folder; the folder renamed to its version; the audit entry; ``CURRENT``. The audit
entry
decides: a version without one was never published and is removed by the next run, a version with
one becomes current there if the process died before it did. Readers see the old version until the
last step.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator

from anonymize.arguments import checked
from anonymize.dataset.folder_changes import prepared_current, remove_version
from anonymize.dataset.locked import LockedDataset
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.rewrapping import rewrap_versions
from anonymize.dataset.signing import Keyring
from anonymize.dataset.staging import Staging
from anonymize.dataset.verify import Verification, verify_version
from anonymize.dataset.view import PREFIX
from anonymize.durable import write_error
from anonymize.errors import DatasetError
from anonymize.names import KeyName


class Dataset(LockedDataset):
    """The dataset in a folder; nothing is created before the first act."""

    @contextlib.contextmanager
    def stage(self, keyring: Keyring | None = None) -> Iterator[Staging]:
        """Yield a folder to write a new version's parts to; the lock is held. Unpublished, it is
        removed.

        Raises:
            DatasetError: another run holds the dataset, or the disk is full.
        """
        with self.lock(keyring):
            folder = self.versions_path / f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}"
            try:
                folder.mkdir()
            except OSError as error:
                raise write_error(error, folder) from None
            staging, self._staged = Staging(self, folder), folder
            try:
                yield staging
            finally:
                staging.discard()
                self._staged = None

    @checked
    def rollback(
        self, version: int, *, keyring: Keyring, why: str = "", dataset: str | None = None
    ) -> Manifest:
        """Make an older (or newer) published version current, after verifying it; return its
        manifest.

        ``dataset`` is the name that the folder must hold.

        Raises:
            DatasetError: no such dataset or version, or it does not verify; the current one stays.
            KeysError: the keyring cannot sign: it is a reader's.
        """
        keyring.sign(b"may this keyring move versions")
        self.require()
        if dataset is not None:
            self.require_named(dataset, keyring)
        with self.lock(keyring):
            self.chosen(version)
            others = {*self.gone(keyring), *self.folders()} - {version}
            self._require_sound(version, others, keyring, dataset)
            current = prepared_current(self, version)
            try:
                self.audit.append(
                    "rollback",
                    why=why,
                    version=version,
                    details={"from": self.current},
                    keyring=keyring,
                )
            except BaseException:
                current.discard()
                raise
            current.put()
            self.tell()
            return self.manifest(version, keyring=keyring)

    @checked
    def expire(
        self, *, keep: int, keyring: Keyring, why: str = "", dataset: str | None = None
    ) -> tuple[int, ...]:
        """Remove all but the newest ``keep`` versions (never the current one); return what was
        removed.

        Versions that a revocation refuses are removed too, and count not among the newest: nobody
        reads them. Where no version is published they stay, for they may be all that is left.

        ``dataset`` is the name that the folder must hold. Nothing is removed where the current
        version is not the one
        that was published: an older one may be all that is left.

        Raises:
            DatasetError: no such dataset, or its log or its current version does not hold.
            KeysError: the keyring cannot sign: it is a reader's.
        """
        keyring.sign(b"may this keyring move versions")
        self.require()
        if dataset is not None:
            self.require_named(dataset, keyring)
        with self.lock(keyring):
            have = self.versions(keyring)
            current = self.standing(None, keyring).version if have else None
            old = have[: max(0, len(have) - max(1, keep))]
            refused = self.refused(keyring) if have else ()
            doomed = sorted({*old, *refused, *self.gone(keyring)} - {current})
            if have:
                self._require_sound(current, doomed, keyring, dataset)
            if doomed:
                self.audit.append("expire", why=why, details={"versions": doomed}, keyring=keyring)
                for number in set(doomed) & set(self.folders()):
                    remove_version(self, number)
                self.tell()
            return tuple(doomed)

    def _require_sound(
        self, version: int | None, others: Iterable[int], keyring: Keyring, name: str | None
    ) -> None:
        """Return if a version verifies, and all around it but the folders of ``others``.

        Raises:
            DatasetError: with every problem.
        """
        apart = {str(self.folder(number)) for number in others}
        found = self.verify(version, keyring=keyring, dataset=name).problems
        if problems := [problem for problem in found if problem.place not in apart]:
            raise DatasetError(problems)
        self.manifest(
            version, keyring=keyring
        )  # the one that the log publishes, which the above may have left out

    @checked
    def verify(
        self, version: int | None = None, *, keyring: Keyring, dataset: str | None = None
    ) -> Verification:
        """Return what is wrong with ``version`` and the dataset around it; see `verify_version`.

        ``dataset`` is the name that the folder must hold.

        Raises:
            DatasetError: there is no such version.
            KeysError: the keyring lacks the key that signed the manifest.
        """
        return verify_version(self, version, keyring, dataset)

    @checked
    def rewrap(
        self,
        version: int | None = None,
        *,
        keyring: Keyring,
        name: KeyName | None = None,
        why: str = "",
    ) -> int:
        """Wrap by current versions what older ones of key ``name`` wrap (None: of any), in
        ``version`` (None: in all).

        For the rotation of a master key: no data is rewritten, manifests stay valid, readers need
        the new key version from now on. Can be repeated after an interruption. Returns the files
        whose wrapped keys changed; those that are by current versions already are left alone.

        Raises:
            DatasetError: no such version, or a sidecar is damaged or not the one that is signed
                for.
            KeysError: the keyring cannot sign, or lacks the version that wrapped a part.
        """
        keyring.sign(b"may this keyring move versions")
        self.require()
        with self.lock(keyring):
            numbers = self.versions(keyring) if version is None else (self.chosen(version),)
            done = rewrap_versions(self, numbers, keyring, name, why)
            self.tell()
            return done
