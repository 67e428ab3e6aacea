"""A dataset with exclusive access: removes what an interrupted act left, and compares the log with
the anchor before and after.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from anonymize.arguments import checked
from anonymize.dataset.anchor import Anchor
from anonymize.dataset.lock import DatasetLock
from anonymize.dataset.recovery import recover
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import DatasetView
from anonymize.errors import AnchorError, DatasetError


class LockedDataset(DatasetView):
    """A dataset on which one process at a time acts. Nothing is created before the first `lock`."""

    @checked
    def __init__(
        self, path: str | Path, anchor: Anchor | None = None, *, wait_seconds: float = 0.0
    ) -> None:
        """Use the dataset in ``path``. ``anchor`` is compared with the log before an act and gets
        its head after.

        `lock` waits ``wait_seconds`` for another run.
        """
        super().__init__(path, anchor)
        self._wait_seconds = wait_seconds
        self._lock: DatasetLock | None = None
        self._recovered = False
        self._staged: Path | None = None

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

    def tell(self, result: object = None) -> None:
        """Hand the log's head to the anchor, if there is one. ``result`` is what the act returns
        after that.

        Raises:
            AnchorError: the anchor did not accept it; the act that the head belongs to is done, and
                the error has its result.
        """
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
