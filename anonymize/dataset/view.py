"""A dataset as its readers see it: its versions, the current one, and their state in the signed
log.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

from anonymize.arguments import checked
from anonymize.dataset.anchor import Anchor
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.entry import MOVES, AuditEntry, expired_by
from anonymize.dataset.lock import DatasetLock
from anonymize.dataset.manifest import Manifest, load_manifest
from anonymize.dataset.mirror import Mirror
from anonymize.dataset.plainfile import has_folder, is_folder, is_plain, names_in, read_plain
from anonymize.dataset.refusing import refused_versions
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.dataset.standing import Standing
from anonymize.errors import DatasetError, Problem
from anonymize.policy.addresses import dataset_address

_CURRENT = re.compile(rb"[0-9]{6,12}\n")
_FOLDER = re.compile(r"[0-9]{6,12}")
_LOOKS, _PAUSE_SECONDS = 50, 0.02
PREFIX = ".staging-"
"""Prefix of folders that are not a version yet, or no longer. The next act removes them."""


class DatasetView:
    """Read access to the dataset in a folder. Nothing here changes a file."""

    @checked
    def __init__(self, path: str | Path, anchor: Anchor | None = None) -> None:
        """Use the dataset in ``path``, a folder or ``s3://bucket/prefix``; ``anchor`` is where acts
        put the log's head.

        Raises:
            DatasetError: an address in a store that cannot be read, or holds no dataset.
        """
        self.mirror = _mirrored(path)
        self.path = self.mirror.folder if self.mirror else Path(path)
        self.anchor = anchor
        self.versions_path = self.path / "versions"
        self.audit = AuditLog(self.path, self.mirror)

    def __repr__(self) -> str:
        """Return the path or address and nothing else."""
        return f"Dataset({str(self.mirror.store if self.mirror else self.path)!r})"

    @property
    def current(self) -> int | None:
        """The published version's number according to the folder, unverified, None before the
        first. Readers use `standing`.

        Raises:
            DatasetError: ``CURRENT`` is damaged.
        """
        number = self.said()
        if number is not None and self._moving():
            move = self.last_move()
            if move is not None and self.is_moving_to(move.version):
                return move.version
        return number

    def said(self) -> int | None:
        """Return the number in ``CURRENT``.

        Raises:
            DatasetError: it is damaged.
        """
        path = self.path / "CURRENT"
        try:
            text = read_plain(path, 64)
        except FileNotFoundError:
            return None
        if not _CURRENT.fullmatch(text):
            raise DatasetError("is damaged; it should hold a version's number", place=str(path))
        return int(text)

    def _moving(self) -> tuple[Path, ...]:
        """The file that a move of ``CURRENT`` writes before the log entry, and renames after it."""
        return tuple(path for path in self.path.glob(".CURRENT.*.tmp") if is_plain(path))

    def is_moving_to(self, version: int | None) -> bool:
        """Return True if a move of ``CURRENT`` to ``version`` is under way, or was interrupted."""
        for path in self._moving():
            with contextlib.suppress(FileNotFoundError, DatasetError):
                if read_plain(path, 64) == current_text(version):
                    return True
        return False

    def standing(self, version: int | None, keyring: Keyring) -> Standing:
        """Return the state of ``version`` in the signed log, for None of the current one.

        ``CURRENT`` must match the last signed move. If a run was killed between the two, or is
        between them now, the log counts.

        Raises:
            DatasetError: no such version, the log is damaged, or ``CURRENT`` is not the last signed
                move.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        if self.mirror:
            self.mirror.refresh()
        found = self._standing(version, keyring)
        if found is None:
            raise DatasetError(
                "no version is published yet" if self.path.is_dir() else "no such dataset",
                place=str(self.path),
            )
        if not (has_folder(self.versions_path) and is_folder(self.folder(found.version))):
            raise DatasetError(f"version {found.version} is not on disk", place=str(self.path))
        return found

    def _standing(self, version: int | None, keyring: Keyring) -> Standing | None:
        if version is not None:
            self.chosen(version)
            return self.audit.standing(keyring, version)
        for _ in range(_LOOKS):
            said = self.said()
            found = self.audit.standing(keyring)
            moved = found.version if found else None
            if said == moved or self.is_moving_to(moved):
                return found
            time.sleep(_PAUSE_SECONDS)  # a run may have moved it between the two reads
        raise DatasetError([self.astray(said, moved)])

    def astray(self, said: int | None, moved: int | None) -> Problem:
        """Return the problem of a ``CURRENT`` that is not the last move. Readers and `verify` use
        the same message.
        """
        what = (
            f"says {said or 'nothing'}, the last signed move in the audit log says"
            f" {moved or 'nothing'}: changed "
        )
        what += (
            "or removed by hand, or the log was cut short, or a run was interrupted (the next one"
            " completes it)"
        )
        return Problem(str(self.path / "CURRENT"), what)

    def require(self) -> None:
        """Check that there is a dataset, so that an act does not create a folder for a mistyped
        name. One that only releases aggregates has a log and no version.

        Raises:
            DatasetError: there is none.
        """
        if not has_folder(self.versions_path) and self.audit.head() is None:
            raise DatasetError("no such dataset", place=str(self.path))

    def require_named(self, name: str, keyring: Keyring) -> None:
        """Check that the signed log is of the dataset of that name. Passes if nothing was published
        yet.

        Another dataset's folder in the place of a policy's has a log and manifests with valid
        signatures.

        Raises:
            DatasetError: it is another dataset, or the log is damaged.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        entries = self.audit.entries(keyring)
        names = {
            str(entry.details.get("dataset", name)) for entry in entries if entry.what == "publish"
        }
        if others := sorted(names - {name}):
            what = f"this folder holds dataset '{others[0]}', not '{name}'; nothing was done"
            raise DatasetError(what, place=str(self.path))

    def versions(self, keyring: Keyring | str | None = None) -> tuple[int, ...]:
        """Return the numbers of all published versions that are on disk, ascending; with a keyring
        (or its URI) as signed, without one as the folder says.

        Expired versions are left out, even if an interrupted expiry has left their folders.

        Raises:
            DatasetError, KeysError: see `AuditLog.entries`.
        """
        opened = None if keyring is None else opened_keyring(keyring)
        entries = self.audit.entries(opened)
        published = {entry.version for entry in entries if entry.what == "publish"} - expired_by(
            entries
        )
        return tuple(number for number in self.folders() if number in published)

    def folders(self) -> tuple[int, ...]:
        """Return the numbers of all version folders, published or not, ascending.

        Raises:
            DatasetError: the parent folder is a link or may not be read. Its versions must not
                count as missing then.
        """
        if not has_folder(self.versions_path):
            return ()
        numbers = (int(name) for name in names_in(self.versions_path) if _FOLDER.fullmatch(name))
        return tuple(
            sorted(number for number in set(numbers) if os.path.lexists(self.folder(number)))
        )

    def gone(self, keyring: Keyring) -> tuple[int, ...]:
        """Return the versions that were published, never expired, and are not on disk.

        Raises:
            DatasetError, KeysError: see `AuditLog.entries`.
        """
        entries = self.audit.entries(keyring)
        published = {
            entry.version
            for entry in entries
            if entry.what == "publish" and entry.version is not None
        }
        return tuple(sorted(published - expired_by(entries) - set(self.folders())))

    def refused(self, keyring: Keyring) -> tuple[int, ...]:
        """Return the versions on disk that a revocation refuses and no expiry entered, ascending.

        Raises:
            DatasetError, KeysError: see `AuditLog.entries`.
        """
        entries = self.audit.entries(keyring)
        left = set(refused_versions(entries)) - expired_by(entries)
        return tuple(sorted(left.intersection(self.folders()) - set(self.versions(keyring))))

    def folder(self, version: int) -> Path:
        """Return the folder of ``version``."""
        return self.versions_path / f"{version:06d}"

    def chosen(self, version: int | None) -> int:
        """Return ``version`` if it is published; for None the current one.

        Raises:
            DatasetError: there is no such version; the error names those that exist.
        """
        if version is None:
            version = self.current
            if version is None:
                raise DatasetError(
                    "no version is published yet" if self.path.is_dir() else "no such dataset",
                    place=str(self.path),
                )
        elif version not in (have := self.versions()):
            raise DatasetError(
                f"no version {version}; it has {', '.join(map(str, have)) or 'none'}",
                place=str(self.path),
            )
        if not is_folder(self.folder(version)):
            raise DatasetError(f"version {version} is not on disk", place=str(self.path))
        return version

    @checked
    def manifest(
        self, version: int | None = None, *, keyring: Keyring | str | None = None
    ) -> Manifest:
        """Return the manifest of ``version`` (None: the current one) after checking its signature
        and the log's.

        Raises:
            DatasetError: no such version, or its manifest is damaged, changed, or not the one that
                was published.
            KeysError: the keyring cannot check the signature.
        """
        keyring = opened_keyring(keyring)
        return self.opened(self.standing(version, keyring), keyring)

    def manifests(self, keyring: Keyring) -> Iterator[Manifest]:
        """Yield the manifest of each published version on disk, ascending, checked as by
        `manifest`. The log is read once.

        Raises:
            DatasetError, KeysError: see `manifest`.
        """
        for standing in self.audit.standings(keyring, self.versions(keyring)):
            yield self.opened(standing, keyring)

    def opened(self, standing: Standing, keyring: Keyring) -> Manifest:
        """Return the manifest of a version, which must be the published one according to the log.

        Raises:
            DatasetError, KeysError: see `manifest`.
        """
        number = standing.version
        self.bring(number)
        return load_manifest(self.folder(number), number, keyring, standing.manifest_sha256)

    def bring(self, version: int, *, parts: bool = False) -> None:
        """Have a version's manifest and wrapped keys, with ``parts`` its parts too, on this machine
        if they lie in a store.

        Raises:
            DatasetError: the store cannot be read.
        """
        if self.mirror:
            self.mirror.bring(version, parts=parts)

    def bring_part(self, version: int, path: str) -> None:
        """Have one part on this machine; see `bring`."""
        if self.mirror:
            self.mirror.bring_part(version, path)

    def drop_part(self, version: int, path: str) -> None:
        """Give up a part that was brought; who has it open still reads it."""
        if self.mirror:
            self.mirror.drop_part(version, path)

    def is_at_work(self) -> bool:
        """Return True if the lock file names a run at work here. Does not touch the lock itself."""
        return DatasetLock(self.path).seems_held()

    def last_move(self) -> AuditEntry | None:
        """Return the audit entry that last made a version current, unverified."""
        return next(
            (entry for entry in reversed(self.audit.entries()) if entry.what in MOVES), None
        )


def _mirrored(path: str | Path) -> Mirror | None:
    """Return the mirror of a dataset in a store; None for a folder of this machine."""
    try:
        address = dataset_address(str(path))
    except ValueError as error:
        raise DatasetError(str(error), place="dataset") from None
    return Mirror(address) if address else None


def current_text(version: int | None) -> bytes:
    """Return the content of ``CURRENT`` for a version."""
    return f"{version or 0:06d}\n".encode()
