"""A dataset on disk: versions, the one that is current, and the acts that move it.

``publish`` writes in this order, each step on disk before the next: parts and signed manifest in a
hidden staging folder; the folder renamed to its version; the audit entry; ``CURRENT``. The audit entry
decides: a version without one was never published and is removed by the next run, a version with one
becomes current there if the process died before it did. Readers see the old version until the last step.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from anonymize.arguments import checked
from anonymize.dataset.anchor import Anchor
from anonymize.dataset.audit import AuditLog
from anonymize.dataset.canonical import Prepared
from anonymize.dataset.entry import MOVES, AuditEntry, expired_by
from anonymize.dataset.lock import DatasetLock
from anonymize.dataset.manifest import Manifest, load_manifest
from anonymize.dataset.plainfile import has_folder, is_folder, is_plain, names_in, read_plain
from anonymize.dataset.recovery import recover
from anonymize.dataset.rewrapping import rewrap_versions
from anonymize.dataset.signing import Keyring
from anonymize.dataset.staging import Staging
from anonymize.dataset.standing import Standing
from anonymize.dataset.verify import PREFIX, Verification, verify_version
from anonymize.errors import DatasetError, Problem
from anonymize.io.sink.parts import write_error
from anonymize.names import KeyName

_CURRENT = re.compile(rb"[0-9]{6,12}\n")
_FOLDER = re.compile(r"[0-9]{6,12}")
_LOOKS, _PAUSE_SECONDS = 50, 0.02


class Dataset:
    """The dataset in a folder; nothing is created before the first `lock`."""

    @checked
    def __init__(self, path: str | Path, anchor: Anchor | None = None, *, wait_seconds: float = 0.0) -> None:
        """Point at ``path``; ``anchor`` is asked before an act and told of its head after.

        `lock` waits ``wait_seconds`` for another run.
        """
        self.path, self.anchor, self._wait_seconds = Path(path), anchor, wait_seconds
        self.versions_path = self.path / "versions"
        self.audit = AuditLog(self.path)
        self._lock: DatasetLock | None = None
        self._recovered = False
        self._staged: Path | None = None

    def __repr__(self) -> str:
        """Return the path and nothing else."""
        return f"Dataset({str(self.path)!r})"

    @property
    def current(self) -> int | None:
        """The published version's number as the folder says it, None before the first; readers ask `standing`.

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
        """What a move of CURRENT wrote before the log knew of it, and puts in place after."""
        return tuple(path for path in self.path.glob(".CURRENT.*.tmp") if is_plain(path))

    def is_moving_to(self, version: int | None) -> bool:
        """Return whether a move of CURRENT to ``version`` is under way, or was interrupted."""
        for path in self._moving():
            with contextlib.suppress(FileNotFoundError, DatasetError):
                if read_plain(path, 64) == _number(version):
                    return True
        return False

    def standing(self, version: int | None, keyring: Keyring) -> Standing:
        """Return what the signed log says of ``version``, for None of the current one.

        ``CURRENT`` must say what the last signed move says; where a run was killed between the two, or is there
        right now, the log counts.

        Raises:
            DatasetError: no such version, the log does not hold, or ``CURRENT`` is not the last signed move.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        found = self._standing(version, keyring)
        if found is None:
            raise DatasetError(
                "no version is published yet" if self.path.is_dir() else "no such dataset", place=str(self.path)
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
            time.sleep(_PAUSE_SECONDS)  # a run may have moved it between the two looks
        raise DatasetError([self.astray(said, moved)])

    def astray(self, said: int | None, moved: int | None) -> Problem:
        """Return the problem of a ``CURRENT`` that is not the last move: readers and `verify` say the same of it."""
        what = f"says {said or 'nothing'}, the last signed move in the audit log says {moved or 'nothing'}: changed "
        what += "or removed by hand, or the log was cut short, or a run was interrupted (the next one completes it)"
        return Problem(str(self.path / "CURRENT"), what)

    def require(self) -> None:
        """Return if there is a dataset; acts on what is there make no folder where a name was mistyped.

        Raises:
            DatasetError: there is none.
        """
        if not has_folder(self.versions_path):
            raise DatasetError("no such dataset", place=str(self.path))

    def require_named(self, name: str, keyring: Keyring) -> None:
        """Return if this is the dataset of that name by its signed log, or nothing was published yet.

        Another dataset's folder, put in the place of a policy's, has a log and manifests that are rightly signed.

        Raises:
            DatasetError: it is another; or the log does not hold.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        entries = self.audit.entries(keyring)
        names = {str(entry.details.get("dataset", name)) for entry in entries if entry.what == "publish"}
        if others := sorted(names - {name}):
            what = f"this folder holds dataset '{others[0]}', not '{name}'; nothing was done"
            raise DatasetError(what, place=str(self.path))

    def versions(self, keyring: Keyring | None = None) -> tuple[int, ...]:
        """Return the numbers of all published versions that are on disk, ascending; with a keyring, as signed.

        One that the log says expired is none, also while an interrupted expiry has left its folder.

        Raises:
            DatasetError, KeysError: see `AuditLog.entries`.
        """
        entries = self.audit.entries(keyring)
        published = {entry.version for entry in entries if entry.what == "publish"} - expired_by(entries)
        return tuple(number for number in self.folders() if number in published)

    def folders(self) -> tuple[int, ...]:
        """Return the numbers of all folders of versions, published or not, ascending.

        Raises:
            DatasetError: what should hold them is a link or may not be read: what it lacks must not count as gone.
        """
        if not has_folder(self.versions_path):
            return ()
        numbers = (int(name) for name in names_in(self.versions_path) if _FOLDER.fullmatch(name))
        return tuple(sorted(number for number in set(numbers) if os.path.lexists(self.folder(number))))

    def gone(self, keyring: Keyring) -> tuple[int, ...]:
        """Return the versions that were published, never expired, and are not on disk.

        Raises:
            DatasetError, KeysError: see `AuditLog.entries`.
        """
        entries = self.audit.entries(keyring)
        published = {entry.version for entry in entries if entry.what == "publish" and entry.version is not None}
        return tuple(sorted(published - expired_by(entries) - set(self.folders())))

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
        if not is_folder(self.folder(version)):
            raise DatasetError(f"version {version} is not on disk", place=str(self.path))
        return version

    @checked
    def manifest(self, version: int | None = None, *, keyring: Keyring) -> Manifest:
        """Return the manifest of ``version`` (None: the current one), its signature and the log's checked.

        Raises:
            DatasetError: no such version, or its manifest is damaged, changed, or not the one that was published.
            KeysError: the keyring cannot check the signature.
        """
        return self.opened(self.standing(version, keyring), keyring)

    def opened(self, standing: Standing, keyring: Keyring) -> Manifest:
        """Return the manifest of a version, which must be the one that the log says was published there.

        Raises:
            DatasetError, KeysError: see `manifest`.
        """
        number = standing.version
        return load_manifest(self.folder(number), number, keyring, standing.manifest_sha256)

    @contextlib.contextmanager
    def lock(self, keyring: Keyring | None = None) -> Iterator[DatasetLock]:
        """Hold the dataset alone; what an interrupted run left is cleared first. Nests.

        Without a keyring only staging folders are cleared: what the log says is acted on as far as it is signed.

        Raises:
            DatasetError: another run holds it, or the log does not hold; nothing was changed then.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        if self._lock is not None:
            self._recover(keyring)
            yield self._lock
            return
        with DatasetLock(self.path, self._wait_seconds) as lock:
            self._lock = lock
            try:
                self._recover(keyring)
                yield lock
            finally:
                self._lock, self._recovered = None, False

    def _recover(self, keyring: Keyring | None) -> None:
        self.versions_path.mkdir(exist_ok=True)
        if keyring is not None and not self._recovered:
            if self.anchor and (problems := self.anchor.problems(self.audit, keyring, begun=False)):
                raise DatasetError(problems)
            recover(self, keyring, self._staged)
            self._recovered = True

    def remove(self, version: int) -> None:
        """Take a version away: renamed first, so that no reader finds half of it; a link goes, not what it leads to."""
        doomed = self.versions_path / f"{PREFIX}removed-{version:06d}-{os.urandom(4).hex()}"
        os.replace(self.folder(version), doomed)
        if is_folder(doomed):
            shutil.rmtree(doomed)
        else:
            doomed.unlink()

    def new_current(self, version: int) -> Prepared:
        """Return ``CURRENT`` of ``version``, on disk and not yet in place."""
        return Prepared(self.path / "CURRENT", _number(version))

    @contextlib.contextmanager
    def stage(self, keyring: Keyring | None = None) -> Iterator[Staging]:
        """Yield a folder to write a new version's parts to; the lock is held. Unpublished, it is removed.

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
    def rollback(self, version: int, *, keyring: Keyring, why: str = "", dataset: str | None = None) -> Manifest:
        """Make an older (or newer) published version current, after verifying it; return its manifest.

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
            current = self.new_current(version)
            try:
                self.audit.append("rollback", why=why, version=version, details={"from": self.current}, keyring=keyring)
            except BaseException:
                current.discard()
                raise
            current.put()
            self.tell()
            return self.manifest(version, keyring=keyring)

    @checked
    def expire(self, *, keep: int, keyring: Keyring, why: str = "", dataset: str | None = None) -> tuple[int, ...]:
        """Remove all but the newest ``keep`` versions (never the current one); return what was removed.

        ``dataset`` is the name that the folder must hold. Nothing is removed where the current version is not the one
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
            doomed = sorted({*old, *self.gone(keyring)} - {current})
            if have:
                self._require_sound(current, doomed, keyring, dataset)
            if doomed:
                self.audit.append("expire", why=why, details={"versions": doomed}, keyring=keyring)
                for number in set(doomed) & set(self.folders()):
                    self.remove(number)
                self.tell()
            return tuple(doomed)

    def _require_sound(self, version: int | None, others: Iterable[int], keyring: Keyring, name: str | None) -> None:
        """Return if a version verifies, and all around it but the folders of ``others``.

        Raises:
            DatasetError: with every problem.
        """
        apart = {str(self.folder(number)) for number in others}
        found = self.verify(version, keyring=keyring, dataset=name).problems
        if problems := [problem for problem in found if problem.place not in apart]:
            raise DatasetError(problems)
        self.manifest(version, keyring=keyring)  # the one that the log publishes, which the above may have left out

    @checked
    def verify(self, version: int | None = None, *, keyring: Keyring, dataset: str | None = None) -> Verification:
        """Return what is wrong with ``version`` and the dataset around it; see `verify_version`.

        ``dataset`` is the name that the folder must hold.

        Raises:
            DatasetError: there is no such version.
            KeysError: the keyring lacks the key that signed the manifest.
        """
        return verify_version(self, version, keyring, dataset)

    @checked
    def rewrap(
        self, version: int | None = None, *, keyring: Keyring, name: KeyName | None = None, why: str = ""
    ) -> int:
        """Wrap by current versions what older ones of key ``name`` wrap (None: of any), in ``version`` (None: in all).

        For the rotation of a master key: no data is rewritten, manifests stay valid, readers need the
        new key version from now on. Can be repeated after an interruption. Returns the files whose wrapped keys
        changed; those that are by current versions already are left alone.

        Raises:
            DatasetError: no such version, or a sidecar is damaged or not the one that is signed for.
            KeysError: the keyring cannot sign, or lacks the version that wrapped a part.
        """
        keyring.sign(b"may this keyring move versions")
        self.require()
        with self.lock(keyring):
            numbers = self.versions(keyring) if version is None else (self.chosen(version),)
            done = rewrap_versions(self, numbers, keyring, name, why)
            self.tell()
            return done

    def tell(self) -> None:
        """Hand the log's head to the anchor, if there is one.

        Raises:
            DatasetError: it did not take it; what the head is of is done.
        """
        if self.anchor is not None:
            try:
                self.anchor.tell(self.audit)
            except DatasetError as error:
                what = f"{error.problems[0].what}; the act is done and in the log, the next one tells the anchor"
                raise DatasetError(what, place=error.problems[0].place) from None

    def is_at_work(self) -> bool:
        """Return whether a run says in the lock file that it is at work here; not asked of the lock itself."""
        return DatasetLock(self.path).seems_held()

    def last_move(self) -> AuditEntry | None:
        """Return the audit entry that made a version current last, as the folder says."""
        return next((entry for entry in reversed(self.audit.entries()) if entry.what in MOVES), None)


def _number(version: int | None) -> bytes:
    """What ``CURRENT`` holds for a version."""
    return f"{version or 0:06d}\n".encode()
