"""A dataset on disk: versions, the one that is current, and the acts that move it.

``publish`` writes in this order, each step on disk before the next: parts and signed manifest in a
hidden staging folder; the folder renamed to its version; the audit entry; ``CURRENT``. The audit entry
decides: a version without one was never published and is removed by the next run, a version with one
becomes current there if the process died before it did. Readers see the old version until the last step.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from anonymize.dataset.audit import AuditEntry, AuditLog, now
from anonymize.dataset.canonical import Prepared, write_atomically
from anonymize.dataset.keymaterial import rewrap
from anonymize.dataset.lock import DatasetLock
from anonymize.dataset.manifest import NAME, AuditAnchor, Keyring, Manifest, open_manifest
from anonymize.dataset.verify import Verification, file_problems, verify_version
from anonymize.errors import DatasetError
from anonymize.io.files import sha256_of
from anonymize.io.parts import sidecar_of, sync_file, sync_folder, write_error

MOVES = ("publish", "rollback")
"""Audit entries after which their version is current."""
_STAGING = ".staging-"


class Dataset:
    """The dataset in a folder; nothing is created before the first `lock`."""

    def __init__(self, path: str | Path, *, wait_seconds: float = 0.0) -> None:
        """Point at ``path``; `lock` waits that long for another run."""
        self._wait_seconds = wait_seconds
        self.path = Path(path)
        self.versions_path = self.path / "versions"
        self.audit = AuditLog(self.path)
        self._lock: DatasetLock | None = None

    def __repr__(self) -> str:
        """Return the path and nothing else."""
        return f"Dataset({str(self.path)!r})"

    @property
    def current(self) -> int | None:
        """The published version's number, None before the first.

        Raises:
            DatasetError: ``CURRENT`` is damaged.
        """
        path = self.path / "CURRENT"
        try:
            text = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not re.fullmatch(rb"[0-9]{6,}\n", text):
            raise DatasetError("is damaged; it should hold a version's number", place=str(path))
        return int(text)

    def require(self) -> None:
        """Return if there is a dataset; acts on what is there make no folder where a name was mistyped.

        Raises:
            DatasetError: there is none.
        """
        if not self.versions_path.is_dir():
            raise DatasetError("no such dataset", place=str(self.path))

    def versions(self) -> tuple[int, ...]:
        """Return the numbers of all published versions that are on disk, ascending."""
        published = {entry.version for entry in self.audit.entries() if entry.what == "publish"}
        return tuple(number for number in self._folders() if number in published)

    def _folders(self) -> tuple[int, ...]:
        if not self.versions_path.is_dir():
            return ()
        return tuple(sorted(int(p.name) for p in self.versions_path.iterdir() if re.fullmatch(r"[0-9]{6,}", p.name)))

    def folder(self, version: int) -> Path:
        """Return where ``version`` lies."""
        return self.versions_path / f"{version:06d}"

    def chosen(self, version: int | None) -> int:
        """Return ``version`` if it is published, the current one for None.

        Raises:
            DatasetError: there is no such version; those that exist are named.
        """
        if version is None:
            version = self.current
            if version is None:
                raise DatasetError(
                    "no version is published yet" if self.path.is_dir() else "no such dataset", place=str(self.path)
                )
        elif version not in (have := self.versions()):
            raise DatasetError(
                f"no version {version}; it has {', '.join(map(str, have)) or 'none'}", place=str(self.path)
            )
        if not self.folder(version).is_dir():
            raise DatasetError(f"version {version} is not on disk", place=str(self.path))
        return version

    def manifest(self, version: int | None = None, *, keyring: Keyring) -> Manifest:
        """Return the manifest of ``version`` (None: the current one), its signature checked.

        Raises:
            DatasetError: no such version, or its manifest is damaged, changed, or of another version.
            KeysError: the keyring cannot check the signature.
        """
        return self.opened(self.chosen(version), keyring)

    def opened(self, number: int, keyring: Keyring) -> Manifest:
        """Return the manifest in the folder of version ``number``, which must be the one that was published there.

        Raises:
            DatasetError, KeysError: see `manifest`.
        """
        manifest = load_manifest(self.folder(number), number, keyring)
        if not self.published_here(number):
            what = f"is not the manifest that was published as version {number}: another dataset's, or put in its place"
            raise DatasetError(what, place=str(self.folder(number) / NAME))
        return manifest

    def published_here(self, number: int) -> bool:
        """Return whether the manifest of a version is that of its entry in the log, as far as there is one."""
        entered = self.audit.published_manifest(number)
        return entered in (None, sha256_of(self.folder(number) / NAME))

    @contextlib.contextmanager
    def lock(self) -> Iterator[DatasetLock]:
        """Hold the dataset alone; what an interrupted run left is cleared first. Nests.

        Raises:
            DatasetError: another run holds it.
        """
        if self._lock is not None:
            yield self._lock
            return
        with DatasetLock(self.path, self._wait_seconds) as lock:
            self._lock = lock
            try:
                self._recover()
                yield lock
            finally:
                self._lock = None

    def _recover(self) -> None:
        """Remove staging folders and unpublished versions, and complete an interrupted move of CURRENT."""
        self.versions_path.mkdir(exist_ok=True)
        entries = self.audit.entries()
        published = {entry.version for entry in entries if entry.what == "publish"}
        self._refuse_lost_log(entries, published)
        expired = {
            number for entry in entries if entry.what == "expire" for number in entry.details.get("versions", ())
        }
        for path in self.versions_path.iterdir():
            if path.name.startswith(_STAGING):
                shutil.rmtree(path)
        for number in self._folders():
            if number not in published or number in expired:
                self._remove(number)
        moves = [entry.version for entry in entries if entry.what in MOVES]
        if moves and moves[-1] is not None and moves[-1] != self.current and self.folder(moves[-1]).is_dir():
            self._new_current(moves[-1]).put()
        for pattern in (".*.tmp", "versions/*/.*.tmp", "versions/*/quarantine/.*.tmp"):
            for path in self.path.glob(pattern):
                path.unlink(missing_ok=True)

    def _refuse_lost_log(self, entries: tuple[AuditEntry, ...], published: set[int | None]) -> None:
        """Refuse to clear anything where the log, not a run, is what was interrupted.

        Raises:
            DatasetError: a version was published according to CURRENT or to its own manifest, and the log lacks it.
        """
        lost = {self.current} - published - {None}
        for number in set(self._folders()) - published:
            anchor = anchor_of(self.folder(number))
            head = entries[anchor.entries - 1].hash if 0 < anchor.entries <= len(entries) else ""
            if anchor.entries > len(entries) or anchor.head != head:
                lost.add(number)
        if lost:
            what = (
                f"the audit log does not know version {min(filter(None, lost))}, which was published: it was cut short"
            )
            raise DatasetError(f"{what} or replaced; restore it, nothing was changed", place=str(self.audit.path))

    def _remove(self, version: int) -> None:
        """Take a version away: renamed first, so that no reader finds half of it."""
        doomed = self.versions_path / f"{_STAGING}removed-{version:06d}-{os.urandom(4).hex()}"
        os.replace(self.folder(version), doomed)
        shutil.rmtree(doomed)

    def _new_current(self, version: int) -> Prepared:
        return Prepared(self.path / "CURRENT", f"{version:06d}\n".encode())

    @contextlib.contextmanager
    def stage(self) -> Iterator[Staging]:
        """Yield a folder to write a new version's parts to; the lock is held. Unpublished, it is removed.

        Raises:
            DatasetError: another run holds the dataset, or the disk is full.
        """
        with self.lock():
            folder = self.versions_path / f"{_STAGING}{os.getpid()}-{os.urandom(4).hex()}"
            try:
                folder.mkdir()
            except OSError as error:
                raise write_error(error, folder) from None
            staging = Staging(self, folder)
            try:
                yield staging
            finally:
                staging.discard()

    def rollback(self, version: int, *, keyring: Keyring, why: str = "") -> Manifest:
        """Make an older (or newer) published version current, after verifying it; return its manifest.

        Raises:
            DatasetError: no such dataset or version, or it does not verify; the current one stays.
            KeysError: the keyring cannot sign: it is a reader's.
        """
        keyring.sign(b"may this keyring move versions")
        self.require()
        with self.lock():
            self.chosen(version)
            self.verify(version, keyring=keyring).require()
            current = self._new_current(version)
            try:
                self.audit.append("rollback", why=why, version=version, details={"from": self.current}, keyring=keyring)
            except BaseException:
                current.discard()
                raise
            current.put()
            return self.manifest(version, keyring=keyring)

    def expire(self, *, keep: int, keyring: Keyring | None = None, why: str = "") -> tuple[int, ...]:
        """Remove all but the newest ``keep`` versions (never the current one); return what was removed."""
        self.require()
        with self.lock():
            have = self.versions()
            doomed = [number for number in have[: max(0, len(have) - max(1, keep))] if number != self.current]
            if doomed:
                self.audit.append("expire", why=why, details={"versions": doomed}, keyring=keyring)
                for number in doomed:
                    self._remove(number)
            return tuple(doomed)

    def verify(self, version: int | None = None, *, keyring: Keyring) -> Verification:
        """Return what is wrong with ``version`` and the dataset around it; see `verify_version`.

        Raises:
            DatasetError: there is no such version.
            KeysError: the keyring lacks the key that signed the manifest.
        """
        return verify_version(self, version, keyring)

    def rewrap(self, version: int | None = None, *, keyring: Keyring, why: str = "") -> int:
        """Wrap the keys of a version's parts (None: of all versions) under the keys' current versions.

        For the rotation of a master key: no data is rewritten, manifests stay valid, readers need the
        new key version from now on. Can be repeated after an interruption. Returns the parts done.

        Raises:
            DatasetError: no such version, or a sidecar is damaged.
            KeysError: the keyring lacks the version that wrapped a part.
        """
        self.require()
        with self.lock():
            chosen = self.versions() if version is None else (self.chosen(version),)
            parts = [self.folder(number) / entry.path for number in chosen
                     for entry in self.manifest(number, keyring=keyring).files]  # fmt: skip
            for part in parts:
                rewrap(part, keyring)
            self.audit.append("rewrap", why=why, version=version, details={"parts": len(parts)}, keyring=keyring)
            return len(parts)

    def last_move(self) -> AuditEntry | None:
        """Return the audit entry that made a version current last."""
        return next((entry for entry in reversed(self.audit.entries()) if entry.what in MOVES), None)


class Staging:
    """A version in the making."""

    def __init__(self, dataset: Dataset, folder: Path) -> None:
        """Hold the staging folder ``folder`` of ``dataset``."""
        self.dataset, self.path = dataset, folder
        self.published: Manifest | None = None

    @property
    def dir(self) -> Path:
        """The staging folder; the same as ``path``."""
        return self.path

    def part_path(self, number: int) -> Path:
        """Return where part ``number`` belongs."""
        return self.path / f"part-{number:05d}.parquet"

    def quarantine_path(self, number: int) -> Path:
        """Return where the quarantined rows of part ``number`` belong: raw rows, under a key that readers lack."""
        folder = self.path / "quarantine"
        folder.mkdir(exist_ok=True)
        return folder / f"part-{number:05d}.parquet"

    def publish(self, manifest: Manifest, keyring: Keyring, *, why: str = "") -> Manifest:
        """Check every file, sign the manifest, make the version visible and current; return it as signed.

        Raises:
            DatasetError: a file is missing, unlisted or not what its entry says, or the disk is full:
                nothing is visible and the last version stays.
            KeysError: the keyring cannot sign.
        """
        entries = self.dataset.audit.entries()
        manifest = manifest.model_copy(update={
            "version": self._next_number(entries),
            "created_at": now(),
            "audit": AuditAnchor(entries=len(entries), head=entries[-1].hash if entries else ""),
        })  # fmt: skip
        self._sweep()
        problems = file_problems(self.path, manifest, ignore=frozenset())
        if problems:
            raise DatasetError(problems)
        signed = manifest.signed(keyring)
        manifest = open_manifest(signed, keyring, str(self.path / NAME))  # what readers will do
        write_atomically(self.path / NAME, signed)
        self._sync(manifest)
        self._make_visible(manifest, keyring, why, hashlib.sha256(signed).hexdigest())
        self.published = manifest
        return manifest

    def _next_number(self, entries: tuple[AuditEntry, ...]) -> int:
        used = [entry.version for entry in entries if entry.what == "publish" and entry.version is not None]
        return max([0, *used, *self.dataset._folders()]) + 1

    def _sweep(self) -> None:
        """Remove what killed tasks left of parts that others wrote again."""
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
        current = dataset._new_current(version)  # on disk first: once the log says published, no room is needed
        try:
            os.replace(self.path, dataset.folder(version))
            sync_folder(dataset.versions_path)
            told = {"rows": manifest.rows.written, "policy_hmac_sha256": manifest.policy_hmac_sha256}
            details = {**told, "manifest_sha256": digest}
            dataset.audit.append("publish", why=why, version=version, details=details, keyring=keyring)
        except BaseException as error:
            current.discard()
            self._withdraw(version)
            if isinstance(error, OSError):
                raise write_error(error, dataset.folder(version)) from None
            raise
        current.put()

    def _withdraw(self, version: int) -> None:
        """Take the folder back unless its publication is in the log."""
        dataset = self.dataset
        logged = any(e.what == "publish" and e.version == version for e in dataset.audit.entries())
        if not logged and dataset.folder(version).is_dir():
            dataset._remove(version)

    def discard(self) -> None:
        """Remove the folder and all in it; nothing after `publish`."""
        shutil.rmtree(self.path, ignore_errors=True)


def anchor_of(folder: Path) -> AuditAnchor:
    """Return where the log stood by the manifest in ``folder``, unchecked; beyond any log where there is none."""
    try:
        return AuditAnchor.model_validate(json.loads((folder / NAME).read_bytes())["manifest"]["audit"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return AuditAnchor(entries=sys.maxsize)


def load_manifest(folder: Path, version: int, keyring: Keyring) -> Manifest:
    """Return the checked manifest in ``folder``, which must be that of ``version``.

    Raises:
        DatasetError, KeysError: see `open_manifest`.
    """
    path = folder / NAME
    try:
        data = path.read_bytes()
    except OSError:
        raise DatasetError("is missing or may not be read", place=str(path)) from None
    manifest = open_manifest(data, keyring, str(path))
    if manifest.version != version:
        raise DatasetError(f"is the manifest of version {manifest.version}, not of {version}", place=str(path))
    return manifest
