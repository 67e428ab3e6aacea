"""One run at a time on a dataset."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
import time
from pathlib import Path
from types import TracebackType

from anonymize.dataset.plainfile import open_plain, read_plain
from anonymize.dataset.when_and_who import now
from anonymize.durable import write_error
from anonymize.errors import BusyError, DatasetError

_PAUSE_SECONDS = 0.2


class DatasetLock:
    """A lock file held through ``flock``: the kernel lets go of it when the process ends, however
    it ends.
    """

    def __init__(self, folder: Path, wait_seconds: float = 0.0) -> None:
        """Point at the lock of the dataset in ``folder``; as a context manager it waits that
        long.
        """
        self.path = folder / ".lock"
        self._wait_seconds = wait_seconds
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def acquire(self, wait_seconds: float = 0.0) -> None:
        """Take the lock, waiting that long for whoever holds it.

        Raises:
            BusyError: another run still holds it; its process, host and start are named.
            DatasetError: the folder cannot be written to.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = open_plain(
                self.path, alone=True
            )  # a link would have what it leads to cut off below
        except OSError as error:
            raise write_error(error, self.path) from None
        try:
            self._flock(handle, wait_seconds)
        except BaseException:
            os.close(handle)
            raise
        who = {"pid": os.getpid(), "host": socket.gethostname(), "started": now()}
        with contextlib.suppress(OSError):  # on a full disk the lock holds without a name in it
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps(who).encode(), 0)
        self._handle = handle

    def seems_held(self) -> bool:
        """Return whether a run says that it is at work; the lock itself is not touched, which could
        refuse a run.
        """
        try:
            return bool(read_plain(self.path, 4096))
        except (FileNotFoundError, DatasetError):
            return False

    def _flock(self, handle: int, wait_seconds: float) -> None:
        """Lock the open file; asked again and again, for flock itself would wait without a
        bound.
        """
        until = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.EACCES):
                    raise write_error(error, self.path) from None
                if time.monotonic() >= until:
                    what = (
                        f"another run is at work on this dataset: {self._holder(handle)}; wait for"
                        " it or end it"
                    )
                    raise BusyError(what, place=str(self.path.parent)) from None
            time.sleep(min(_PAUSE_SECONDS, max(0.0, until - time.monotonic())))

    @staticmethod
    def _holder(handle: int) -> str:
        try:
            who = json.loads(os.pread(handle, 4096, 0))
            return (
                f"process {int(who['pid'])} on {str(who['host'])[:100]}, since"
                f" {str(who['started'])[:40]}"
            )
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return "just starting"

    def release(self) -> None:
        """Let go."""
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def __enter__(self) -> DatasetLock:
        """Take the lock and return it."""
        self.acquire(self._wait_seconds)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go."""
        self.release()
