"""Standard input as a source's file: read whole, once, into memory or an unnamed file.

A source is read several times (detection, first pass, output), and a pipe only once.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO

from anonymize.errors import SourceError
from anonymize.io.sources.places import LocalFile

STDIN = "-"
"""The path that means standard input."""
IN_MEMORY_BYTES = 256 << 20
"""Raw data up to this size does not touch a disk."""
_CHUNK = 1 << 20


@dataclass(frozen=True)
class StandardInput(LocalFile):
    """What was read from standard input. Only this process can read it."""

    @property
    def name(self) -> str:
        """``-``, which has no ending: the format has to be said."""
        return STDIN

    def absolute(self) -> StandardInput:
        """Return the same file; another process cannot read it."""
        return self


@cache
def standard_input() -> StandardInput:
    """Return what standard input holds; read whole at the first call.

    Raises:
        SourceError: standard input is a terminal or closed, or the disk for more than
            ``IN_MEMORY_BYTES`` is full.
    """
    stdin = sys.stdin
    if stdin is None or stdin.closed or stdin.isatty():
        raise SourceError(
            "nothing is piped to standard input; name a file, or pipe data here", place="source"
        )
    handle = _kept(stdin.buffer)
    return StandardInput(Path(f"/proc/self/fd/{handle}"), shown="standard input")


def _kept(stream: BinaryIO) -> int:
    """Return the descriptor of a file without a name that holds all of ``stream``; it is open until
    the process ends.
    """
    memory = os.memfd_create("standard input", os.MFD_CLOEXEC)
    size = 0
    with open(memory, "w+b", closefd=False) as kept:
        while chunk := stream.read(_CHUNK):
            kept.write(chunk)
            size += len(chunk)
            if size > IN_MEMORY_BYTES:
                break
        kept.flush()
        if size <= IN_MEMORY_BYTES:
            return memory
        try:
            disk = tempfile.TemporaryFile()  # noqa: SIM115 - open until the process ends
            kept.seek(0)
            shutil.copyfileobj(kept, disk, _CHUNK)
            shutil.copyfileobj(stream, disk, _CHUNK)
            disk.flush()
        except OSError as error:
            raise SourceError(
                f"cannot be kept for reading: {os.strerror(error.errno or 5).lower()}; set TMPDIR"
                " to a folder with room",
                place="standard input",
            ) from None
    with contextlib.suppress(OSError):
        os.close(memory)
    _open.append(disk)
    return disk.fileno()


_open: list[object] = []
"""Files that stay open as long as the process lives."""
