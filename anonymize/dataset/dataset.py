"""A dataset on disk: its versions, the current one, and the acts that change it.

``publish`` writes in this order, each step on disk before the next: parts and signed manifest in a
hidden staging folder; the folder renamed to its version; the audit entry; ``CURRENT``. The audit
entry decides. A version without one was never published, and the next run removes it. A version
with one becomes current at the next act if the process died before it did. Readers see the old
version until the last step.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from anonymize.arguments import checked
from anonymize.dataset.difference import Difference, differences
from anonymize.dataset.expiry import doomed_versions
from anonymize.dataset.folder_changes import prepared_current, remove_version
from anonymize.dataset.forgotten import absent_in
from anonymize.dataset.locked import LockedDataset
from anonymize.dataset.manifest import Manifest
from anonymize.dataset.readable import ReadableDataset
from anonymize.dataset.rewrapping import rewrap_versions
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.dataset.staging import Staging
from anonymize.dataset.verify import Verification, verify_version
from anonymize.dataset.view import PREFIX
from anonymize.durable import write_error
from anonymize.errors import (
    DatasetAwayError,
    DatasetError,
    KeysAwayError,
    SourceAwayError,
    VaultAwayError,
)
from anonymize.names import KeyName

_AWAY = (SourceAwayError, KeysAwayError, VaultAwayError, DatasetAwayError)
"""Errors after which the next try goes on where this one stopped."""


class Dataset(LockedDataset, ReadableDataset):
    """The dataset in a folder. Nothing is created before the first act."""

    @contextlib.contextmanager
    def stage(self, keyring: Keyring | None = None, *, goes_on: bool = False) -> Iterator[Staging]:
        """Yield a folder for a new version's parts, and hold the lock. The folder is removed if it
        is not published, unless a server or a store was away: the next run may go on with it.

        ``goes_on`` leaves what killed runs left for `Staging.take_over`, until the block ends.

        Raises:
            DatasetError: another run holds the dataset, or the disk is full.
        """
        self._goes_on = goes_on
        with self.lock(keyring):
            folder = self.versions_path / f"{PREFIX}{os.getpid()}-{os.urandom(4).hex()}"
            try:
                folder.mkdir()
            except OSError as error:
                raise write_error(error, folder) from None
            staging = Staging(self, folder)
            self._staged = {folder}
            try:
                yield staging
            except BaseException as error:
                if not (goes_on and isinstance(error, _AWAY)):
                    staging.discard()
                raise
            else:
                staging.discard()
                staging.take_over(lambda left: False)
            finally:
                self._staged = set()

    @checked
    def rollback(
        self,
        version: int,
        *,
        keyring: Keyring | str | None = None,
        why: str = "",
        dataset: str | None = None,
    ) -> Manifest:
        """Make another published version current, after verifying it; return its manifest.

        ``dataset`` is the name that the dataset in the folder must have. A version that is current
        already is verified, and no act is entered, so that the same call can be made again.

        Raises:
            DatasetError: no such dataset or version, or it does not verify; the current one stays.
            KeysError: the keyring cannot sign: it is a reader's.
        """
        keyring = opened_keyring(keyring)
        keyring.sign(b"may this keyring move versions")
        self.require()
        if dataset is not None:
            self.require_named(dataset, keyring)
        with self.lock(keyring):
            self.chosen(version)
            self._refuse_forgotten(version, keyring)
            others = {*self.gone(keyring), *self.folders()} - {version}
            self._require_sound(version, others, keyring, dataset)
            move = self.last_move()
            if move is not None and move.version == version == self.said():
                return self.manifest(version, keyring=keyring)
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
            manifest = self.manifest(version, keyring=keyring)
            self.tell(manifest)
            return manifest

    @checked
    def expire(
        self,
        *,
        keep: int | None = None,
        older_than: timedelta | None = None,
        versions: Collection[int] | None = None,
        keyring: Keyring | str | None = None,
        why: str = "",
        dataset: str | None = None,
        dry_run: bool = False,
    ) -> tuple[int, ...]:
        """Remove old versions, never the current one; return the removed ones.

        ``keep`` is how many of the newest stay, ``older_than`` the age below which a version stays,
        by the date of its publication in the log and this machine's clock. With both, only what
        neither keeps is removed, so ``keep`` holds a number of versions whatever the clock shows.
        ``versions`` are the only ones that go, whatever else is given.

        Versions that a revocation refuses are removed too and do not count among the newest:
        nobody can read them. If no version is published, they stay, because they may be all that
        is left.

        ``dataset`` is the name that the dataset in the folder must have. Nothing is removed if the
        current version does not verify, because an older one may then be the only good one.
        ``dry_run`` checks all this and returns what would be removed; it changes no file.

        Raises:
            ArgumentError: none of ``keep``, ``older_than`` and ``versions``.
            DatasetError: no such dataset, or its log or its current version does not verify.
            KeysError: the keyring cannot sign: it is a reader's.
        """
        keyring = opened_keyring(keyring)
        keyring.sign(b"may this keyring move versions")
        self.require()
        if dataset is not None:
            self.require_named(dataset, keyring)
        with contextlib.nullcontext() if dry_run else self.lock(keyring):
            current, doomed = doomed_versions(self, keyring, keep, older_than, versions)
            if current is not None:
                self._require_sound(current, doomed, keyring, dataset)
            if doomed and not dry_run:
                self.audit.append(
                    "expire", why=why, details={"versions": list(doomed)}, keyring=keyring
                )
                for number in set(doomed) & set(self.folders()):
                    remove_version(self, number)
                self.tell(doomed)
            return doomed

    def _refuse_forgotten(self, version: int, keyring: Keyring) -> None:
        """Refuse to make a version current that is older than an entry by which somebody is to be
        left out.

        Raises:
            DatasetError: it is.
        """
        entries = self.audit.entries(keyring)
        published = [e.index for e in entries if e.what == "publish" and e.version == version]
        for entry in entries[published[-1] if published else 0 :]:
            if absent_in(entry) is not None:
                what = (
                    f"version {version} is from before somebody was forgotten (entry"
                    f" {entry.index + 1} of the log) and may hold them; publish again (coatcheck"
                    " run), or leave the current one"
                )
                raise DatasetError(what, place=str(self.path))

    def _require_sound(
        self, version: int | None, others: Iterable[int], keyring: Keyring, name: str | None
    ) -> None:
        """Check that a version and the dataset around it verify, without the folders of ``others``.

        Raises:
            DatasetError: with every problem.
        """
        apart = {str(self.folder(number)) for number in others}
        found = self.verify(version, keyring=keyring, dataset=name).problems
        if problems := [problem for problem in found if problem.place not in apart]:
            raise DatasetError(problems)
        self.manifest(
            version, keyring=keyring
        )  # the current version according to the log; the check above may have left it out

    @checked
    def verify(
        self,
        version: int | None = None,
        *,
        keyring: Keyring | str | None = None,
        dataset: str | None = None,
    ) -> Verification:
        """Return the problems of ``version`` and of the dataset around it; see `verify_version`.

        ``dataset`` is the name that the dataset in the folder must have.

        Raises:
            DatasetError: there is no such version.
            KeysError: the keyring lacks the key that signed the manifest.
        """
        return verify_version(self, version, opened_keyring(keyring), dataset)

    @checked
    def diff(
        self, before: int, after: int, *, keyring: Keyring | str | None = None
    ) -> tuple[Difference, ...]:
        """Return what the signed manifests of two versions state differently: policy, rules,
        schema, rows, nulls by column, privacy measures, keys, and how they were made.

        No row is read, so equal manifests do not mean equal rows. Counts that the manifests raise
        to k are compared as raised.

        Raises:
            DatasetError: no such version, or its manifest is not the published one.
            KeysError: the keyring cannot check the signatures.
        """
        opened = opened_keyring(keyring)
        made = [self.manifest(number, keyring=opened) for number in (before, after)]
        return differences(made[0], made[1])

    @checked
    def rewrap(
        self,
        version: int | None = None,
        *,
        keyring: Keyring | str | None = None,
        name: KeyName | None = None,
        why: str = "",
    ) -> int:
        """Wrap again, by the current key version, what older versions of key ``name`` (None: of any
        key) wrap in ``version`` (None: in all).

        Used when a master key is rotated. No data is rewritten and manifests stay valid; readers
        need the new key version from then on. Can be repeated after an interruption. Returns the
        number of files whose wrapped keys changed; files that current versions wrap already are not
        touched.

        Raises:
            DatasetError: no such version, or a sidecar is damaged or not the signed one.
            KeysError: the keyring cannot sign, or lacks the version that wrapped a part.
        """
        keyring = opened_keyring(keyring)
        keyring.sign(b"may this keyring move versions")
        self.require()
        with self.lock(keyring):
            numbers = self.versions(keyring) if version is None else (self.chosen(version),)
            done = rewrap_versions(self, numbers, keyring, name, why)
            self.tell(done)
            return done
