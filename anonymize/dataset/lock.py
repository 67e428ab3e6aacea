"""One run at a time on a dataset."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from pathlib import Path
from types import TracebackType

from anonymize.dataset.audit import now
from anonymize.dataset.plainfile import open_plain, read_plain
from anonymize.errors import DatasetError
from anonymize.io.parts import write_error


class DatasetLock:
    """A lock file held through ``flock``: the kernel lets go of it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Point at the lock of the dataset in ``folder``."""
        self.path = folder / ".lock"
        self._handle: int | None = None

    @property
    def held(self) -> bool:
        """Whether this object holds the lock."""
        return self._handle is not None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            DatasetError: another run holds it; its process, host and start are named.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = open_plain(self.path)  # a link would have what it leads to cut off below
        except OSError as error:
            raise write_error(error, self.path) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = self._holder(handle)
            os.close(handle)
            raise DatasetError(
                f"another run is at work on this dataset: {holder}; wait for it or end it", place=str(self.path.parent)
            ) from None
        who = {"pid": os.getpid(), "host": socket.gethostname(), "started": now()}
        with contextlib.suppress(OSError):  # on a full disk the lock holds without a name in it
            os.ftruncate(handle, 0)
            os.pwrite(handle, json.dumps(who).encode(), 0)
        self._handle = handle

    def seems_held(self) -> bool:
        """Return whether a run says that it is at work; the lock itself is not touched, which could refuse a run."""
        try:
            return bool(read_plain(self.path, 4096))
        except (FileNotFoundError, DatasetError):
            return False

    @staticmethod
    def _holder(handle: int) -> str:
        try:
            who = json.loads(os.pread(handle, 4096, 0))
            return f"process {int(who['pid'])} on {who['host']}, since {who['started']}"
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
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""
        self.release()
