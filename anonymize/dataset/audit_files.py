"""The audit log's two files: both read of one moment, lines added one process at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from anonymize.dataset.entry import AuditEntry, Head, changed
from anonymize.dataset.plainfile import open_plain, read_plain
from anonymize.dataset.signing import Keyring
from anonymize.dataset.when_and_who import now
from anonymize.durable import write_error
from anonymize.errors import DatasetError, Problem

LARGEST_BYTES = 256 << 20
_HEAD_BYTES = 4096
_SHORTEST_LINE = 128
"""Bytes: an entry has a hash of 64 digits and ten names of fields."""
_TRIES, _PAUSE_SECONDS = 50, 0.02


class AuditFiles:
    """``audit.jsonl`` and ``audit.head`` of one dataset."""

    NAME = "audit"

    def __init__(self, folder: Path, owner: object = None) -> None:
        """Use the log in ``folder``, which need not exist yet; ``owner`` removes the folder at its
        own end, so the log keeps it.
        """
        self._owner = owner
        self.path = folder / f"{self.NAME}.jsonl"
        self.head_path = folder / f"{self.NAME}.head"

    def _read(self) -> tuple[Head | None, tuple[AuditEntry, ...], int]:
        """Return the head, the entries after checking the chain, and their size in bytes."""
        head, data = self._look()
        entries: list[AuditEntry] = []
        length = data.rfind(b"\n") + 1
        for index, line in enumerate(data[:length].split(b"\n")[:-1]):
            entry = AuditEntry.parsed(line, self._line(index))
            if entry.index != index or entry.previous != (entries[-1].hash if entries else ""):
                raise changed(self._line(index))
            entries.append(entry)
        return head, tuple(entries), length

    def lines(self) -> tuple[bytes, ...]:
        """Return the complete lines as they are, unverified. For whoever shows a log that may be
        damaged; nothing may depend on them.
        """
        data = self._look()[1]
        return tuple(data[: data.rfind(b"\n") + 1].split(b"\n")[:-1])

    def _look(self) -> tuple[Head | None, bytes]:
        """Return the head and the log's bytes of one moment, because another process may be
        appending.
        """
        for _ in range(_TRIES):
            head = self._head()
            try:
                data = read_plain(self.path, LARGEST_BYTES)
            except FileNotFoundError:
                data = b""
            if self._head() == head:
                break
            time.sleep(_PAUSE_SECONDS)
        if data.count(b"\n") * _SHORTEST_LINE > len(data):  # before it is split into lines
            raise changed(str(self.path))
        return head, data

    def _torn(self) -> tuple[Problem, ...]:
        """Return the bytes after the last complete line. They may come from a crash; nothing
        depends on them.
        """
        data = self._look()[1]
        what = (
            "ends with what is no entry: an act was interrupted (the next one removes it), or it"
            " was added by hand"
        )
        return () if data[-1:] in (b"", b"\n") else (Problem(str(self.path), what),)

    def _head(self) -> Head | None:
        try:
            return Head.parsed(read_plain(self.head_path, _HEAD_BYTES), str(self.head_path))
        except FileNotFoundError:
            return None

    def _check_count(self, head: Head | None, count: int) -> None:
        """Check the number of entries. One more than the head states is valid: a crash between the
        two.
        """
        known = head.entries if head else 0
        if count not in (known, known + 1) or (head is None and count):
            raise self._cut(known, count)

    def _check_head(self, head: Head | None, entries: tuple[AuditEntry, ...]) -> None:
        self._check_count(head, len(entries))
        known = head or Head()
        named = ((known.entries, known.hash), (known.act, known.act_hash))
        if any((entries[number - 1].hash if number else "") != hash_ for number, hash_ in named):
            raise self._cut(known.entries, len(entries))

    def _check_signed_head(
        self, head: Head | None, entries: tuple[AuditEntry, ...], keyring: Keyring
    ) -> None:
        """Check the signatures of the head and of an entry that a crash left beyond it."""
        if head is not None:
            at = entries[head.entries - 1].at if head.entries else now()
            head.check(keyring, str(self.head_path), at)
            for entry in entries[head.entries :]:
                entry.check(keyring, self._line(entry.index))

    def _cut(self, known: int, found: int) -> DatasetError:
        what = f"the audit log was cut short or replaced: it holds {found} entries of {known}"
        return DatasetError(what, place=str(self.path))

    def _line(self, index: int) -> str:
        return f"{self.path}:{index + 1}"

    def _write(self, line: bytes, length: int) -> None:
        """Write after the last complete line. A torn line, from before or from a failure now, is
        cut off.
        """
        handle = open_plain(self.path)
        try:
            os.ftruncate(handle, length)
            try:
                written = os.pwrite(handle, line, length)
                if written != len(line):
                    raise OSError(28, "no space")
                os.fsync(handle)
            except OSError as error:
                os.ftruncate(handle, length)
                raise write_error(error, self.path) from None
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def alone(self, *, wait: bool = True) -> Iterator[bool]:
        """Keep other processes from appending. Yields False if another process is appending and
        ``wait`` is False.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = open_plain(self.path.with_name(f".{self.NAME}.lock"), alone=True)
        try:
            yield self._locked(handle, wait)
        finally:
            os.close(handle)

    @staticmethod
    def _locked(handle: int, wait: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
