"""Acts in forked children, killed before their n-th call that changes a file."""

from __future__ import annotations

import io
import os
import select
import signal
import sqlite3
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anonymize.io.sink import hashed_file

_EVENTS = frozenset(
    (
        "os.rename",
        "os.remove",
        "os.rmdir",
        "os.mkdir",
        "os.link",
        "os.symlink",
        "os.truncate",
        "os.chmod",
    )
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_SECONDS = 120


@dataclass(frozen=True)
class Ended:
    """How a child ended."""

    killed: bool
    calls: int
    """Calls that change files, of one that was not killed."""
    error: str
    """Its traceback, empty where there was none."""


def in_child(act: Callable[[], object], folder: str, kill_before: int = 0) -> Ended:
    """Run ``act`` in a forked child and return how it ended; it dies before that call below
    ``folder``, 0: it does not.

    Calls are opening for writing, renaming, linking, removing, making and truncating (audit
    events), fsync, writes by handle and to parts (torn: half of the bytes are there), and every
    statement that SQLite runs.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        calls = _count(kill_before, folder)
        error = ""
        try:
            act()
        except BaseException:
            error = traceback.format_exc()
        os.write(writing, f"{calls[0]}\n{error[-30_000:]}".encode())
        os._exit(0)
    os.close(writing)
    said = _all_of(reading, child)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return Ended(True, 0, "")
    count, _, error = said.partition("\n")
    return Ended(False, int(count), error)


def _all_of(reading: int, child: int) -> str:
    """Return what the child says until it ends; a child that hangs is ended and fails the test."""
    said = b""
    with io.FileIO(reading) as pipe:
        while True:
            if not select.select([pipe], [], [], _SECONDS)[0]:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                raise AssertionError(f"the child said nothing for {_SECONDS} s")
            data = pipe.read(65_536)
            if not data:
                return said.decode()
            said += data


def _count(kill_before: int, folder: str) -> list[int]:
    """Count from now on in this process; it ends itself before the wanted call."""
    calls = [0]

    def touch(*_: object) -> None:
        calls[0] += 1
        if calls[0] == kill_before:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS:
            if any(folder in str(argument) for argument in arguments[:2]):
                touch()
        elif event == "open" and folder in str(arguments[0]) and (arguments[2] or 0) & _WRITING:
            touch()

    _torn(touch)
    connect = sqlite3.connect

    def connected(*arguments: Any, **named: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **named)
        connection.set_trace_callback(touch)
        return connection

    sqlite3.connect = connected  # type: ignore[assignment]
    sys.addaudithook(hook)
    return calls


def _torn(touch: Callable[[], None]) -> None:
    """Let syncs and writes count, and each write be torn in the middle."""
    sync, write, to_part = os.fsync, os.pwrite, hashed_file.HashedFile.write

    def synced(handle: int) -> None:
        touch()
        sync(handle)

    def written(handle: int, data: bytes, offset: int) -> int:
        half = write(handle, data[: len(data) // 2], offset)
        touch()
        return half + write(handle, data[half:], offset + half)

    def to_part_torn(self: hashed_file.HashedFile, data: Any) -> int:
        view = memoryview(data).cast("B")
        half = to_part(self, view[: len(view) // 2])
        touch()
        return half + to_part(self, view[len(view) // 2 :])

    os.fsync, os.pwrite, hashed_file.HashedFile.write = synced, written, to_part_torn  # type: ignore[method-assign,assignment]
