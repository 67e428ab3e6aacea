"""A lock that allows one run at a time on a dataset."""

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
    """A lock file held through ``flock``. The kernel releases it when the process ends for any
    reason.
    """

    def __init__(self, folder: Path, wait_seconds: float = 0.0) -> None:
        """Use the lock of the dataset in ``folder``. As a context manager it waits for the given
        time.
        """
        self.path = folder / ".lock"
        self._wait_seconds = wait_seconds
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Return True if this object holds the lock."""
        return self._handle is not None

    def acquire(self, wait_seconds: float = 0.0) -> None:
        """Take the lock; wait for the given time if another run holds it.

        Raises:
            BusyError: another run still holds it; the error names its process, host and start.
            DatasetError: the folder cannot be written to.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = open_plain(
                self.path, alone=True
            )  # through a link, the write below would truncate the link's target
        except OSError as error:
            raise write_error(error, self.path) from None
        try:
            self._flock(handle, wait_seconds)
        except BaseException:
            os.close(handle)
            raise
        who = {"pid": os.getpid(), "host": socket.gethostname(), "started": now()}
        # on a full disk the lock holds although the holder's name cannot be written
        with contextlib.suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps(who).encode(), 0)
        self._handle = handle

    def seems_held(self) -> bool:
        """Return True if the lock file names a run at work. Does not touch the lock itself, because
        that could refuse a run.
        """
        try:
            return bool(read_plain(self.path, 4096))
        except (FileNotFoundError, DatasetError):
            return False

    def _flock(self, handle: int, wait_seconds: float) -> None:
        """Lock the open file. Polls, because a blocking flock would wait without a limit."""
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
        """Release the lock."""
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
        """Release the lock."""
        self.release()
