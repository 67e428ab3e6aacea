"""Bytes that are kept on this machine for a moment, encrypted under a key that is in memory alone:
raw data is never written in the clear.
"""

from __future__ import annotations

import io
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16


@dataclass(frozen=True)
class SpoolKey:
    """What opens a spool's file. Goes to another process through a pipe, and nowhere else."""

    key: bytes = field(repr=False)
    size_bytes: int


class Spool:
    """An append-only file without a name, AES-256-CTR under a random key, read at any place.

    The key is in memory alone, and is used for one spool; what was cut off is never written over
    with other bytes (see `restart`). The operating system removes the file with the last process
    that has it open. Not authenticated: nobody else has the file open.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Make an empty spool, on the disk of ``folder``; by default that of temporary files.

        Raises:
            OSError: there is no room for temporary files.
        """
        self._file: Any = tempfile.TemporaryFile(prefix="coatcheck-", dir=folder)  # noqa: SIM115
        self.restart()

    @classmethod
    def of(cls, handle: int, key: SpoolKey) -> Self:
        """Return the spool of another process, to be read: its file's handle, which is this one's
        from now on, and what opens it.
        """
        os.set_inheritable(handle, False)  # handles that come through a pipe are
        spool = cls.__new__(cls)
        spool._file = os.fdopen(handle, "rb")
        spool._key, spool.size_bytes = key.key, key.size_bytes
        return spool

    @property
    def opened_by(self) -> SpoolKey:
        """What opens the file as it is now."""
        return SpoolKey(self._key, self.size_bytes)

    def fileno(self) -> int:
        """Return the file's handle."""
        return int(self._file.fileno())

    def close(self) -> None:
        """Remove the file, unless another process has it open."""
        self._file.close()

    def restart(self) -> None:
        """Remove all bytes. A new key follows, since under one key no place is written twice."""
        self._file.truncate(0)
        self._key = os.urandom(32)
        self._encryptor = Cipher(algorithms.AES(self._key), modes.CTR(bytes(_BLOCK))).encryptor()
        self.size_bytes = 0

    def append(self, data: bytes | memoryview) -> None:
        """Write ``data`` behind what is there.

        Raises:
            OSError: the disk is full; the spool is of no more use.
        """
        sealed = memoryview(self._encryptor.update(data))
        while sealed:  # a disk that becomes full takes a part, and refuses the next one
            taken = os.pwrite(self._file.fileno(), sealed, self.size_bytes)
            sealed = sealed[taken:]
            self.size_bytes += taken

    def read(self, offset: int, size: int) -> bytes:
        """Return up to ``size`` bytes from ``offset``; for several threads at once."""
        size = max(0, min(size, self.size_bytes - offset))
        first, inside = divmod(offset, _BLOCK)
        sealed = os.pread(self._file.fileno(), inside + size, first * _BLOCK)
        counter = modes.CTR(first.to_bytes(_BLOCK, "big"))
        opened = Cipher(algorithms.AES(self._key), counter).decryptor().update(sealed)
        return opened[inside:]


class SpoolWriter(io.RawIOBase):
    """Writes to a spool as to a file; closing it leaves the spool open."""

    def __init__(self, spool: Spool) -> None:
        """Write behind what ``spool`` has."""
        self._spool = spool

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: object) -> int:  # type: ignore[override]
        """Write all of ``data``; return its length in bytes."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._spool.append(view)
        return len(view)


class SpoolStream(io.RawIOBase):
    """The bytes of a finished spool as a stream that can seek."""

    def __init__(self, spool: Spool) -> None:
        """Read ``spool`` from its first byte."""
        self._spool, self._at = spool, 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._spool.size_bytes}
        self._at = max(0, start[whence] + offset)
        return self._at

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fill ``into``; return the number of bytes."""
        data = self._spool.read(self._at, len(into))
        into[: len(data)] = data
        self._at += len(data)
        return len(data)
