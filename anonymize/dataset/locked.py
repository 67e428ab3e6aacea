"""A dataset with exclusive access: removes what an interrupted act left, and compares the log with
the anchor before and after.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from anonymize.arguments import checked
from anonymize.dataset.anchor import Anchor
from anonymize.dataset.journal import FOLDER as JOURNAL
from anonymize.dataset.lock import DatasetLock
from anonymize.dataset.plainfile import is_folder, names_in
from anonymize.dataset.recovery import recover
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import PREFIX, DatasetView
from anonymize.errors import AnchorError, DatasetError


class LockedDataset(DatasetView):
    """A dataset on which one process at a time acts. Nothing is created before the first `lock`."""

    @checked
    def __init__(
        self,
        path: str | Path,
        anchor: Anchor | None = None,
        *,
        wait_seconds: float = 0.0,
        bucket_key: str | None = None,
    ) -> None:
        """Use the dataset in ``path``. ``anchor`` is compared with the log before an act and gets
        its head after.

        `lock` waits ``wait_seconds`` for another run. In a store nobody waits: of two acts at a
        time the first one counts, and the other is refused at its end. ``bucket_key`` is the KMS
        key for new objects in a store; by default the one used before, or the store's own keys.
        """
        super().__init__(path, anchor)
        if self.mirror and bucket_key:
            self.mirror.store = replace(self.mirror.store, bucket_key=bucket_key)
        self._wait_seconds = wait_seconds
        self._lock: DatasetLock | None = None
        self._recovered = False
        self._staged: set[Path] = set()
        self._goes_on = False

    @contextlib.contextmanager
    def lock(self, keyring: Keyring | None = None) -> Iterator[DatasetLock]:
        """Hold the dataset exclusively, after removing what an interrupted run left. Can be nested.

        Without a keyring only staging folders are removed, because other recovery depends on signed
        entries of the log.

        Raises:
            DatasetError: another run holds it, or the log is damaged; nothing was changed then.
            KeysError: the log is signed by keys that are not in the keyring.
        """
        if self._lock is not None:
            self._recover(keyring)
            yield self._lock
            return
        with self._mirrored(), DatasetLock(self.path, self._wait_seconds) as lock:
            self._lock = lock
            try:
                self._recover(keyring)
                yield lock
            finally:
                self._lock, self._recovered = None, False

    @contextlib.contextmanager
    def _mirrored(self) -> Iterator[None]:
        """Begin an act with the present state of a store, and have the store hold what it did."""
        if self.mirror is None:
            yield
            return
        self.mirror.refresh()
        self.mirror.held = True
        try:
            yield
            self.mirror.commit()
        except BaseException:
            self.mirror.abandon()
            raise
        finally:
            self.mirror.held = False

    def _recover(self, keyring: Keyring | None) -> None:
        self.versions_path.mkdir(exist_ok=True)
        if keyring is not None and not self._recovered:
            if self.anchor and (problems := self.anchor.problems(self.audit, keyring, begun=False)):
                raise DatasetError(problems)
            recover(self, keyring, self._staged | set(self.unfinished() if self._goes_on else ()))
            self._recovered = True

    def unfinished(self) -> tuple[Path, ...]:
        """Return the staging folders with a journal, the newest first: of runs that were killed, if
        the caller holds the lock.
        """
        found = [
            self.versions_path / name
            for name in names_in(self.versions_path)
            if name.startswith(PREFIX) and is_folder(self.versions_path / name / JOURNAL)
        ]
        return tuple(sorted(found, key=lambda folder: -os.lstat(folder).st_mtime_ns))

    def staged_in(self, folder: Path) -> None:
        """Note the folder that the present run works in, so that it is not taken for a killed
        run's.
        """
        self._staged = {folder}

    def tell(self, result: object = None) -> None:
        """Have a store hold the act, and hand the log's head to the anchor, if there is one.
        ``result`` is what the act returns after that.

        Raises:
            BusyError: another act on a dataset in a store came first; this one is not done.
            AnchorError: the anchor did not accept it; the act that the head belongs to is done, and
                the error has its result.
        """
        if self.mirror is not None:
            self.mirror.commit()
        if self.anchor is not None:
            try:
                self.anchor.tell(self.audit)
            except DatasetError as error:
                what = (
                    f"{error.problems[0].what}; the act is done and in the log, the next one tells"
                    " the anchor"
                )
                untold = AnchorError(what, place=error.problems[0].place)
                untold.result = result
                raise untold from None
