"""Bytes that came from far away, kept on this machine encrypted under a key that only this process
has: raw data is never written in the clear.
"""

from __future__ import annotations

import io
import os
import tempfile

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_BLOCK = 16


class Spool:
    """An append-only file without a name, AES-256-CTR under a random key, read at any place.

    The key is in this process's memory alone, and is used for one spool; what was cut off is never
    written over with other bytes (see `restart`). The operating system removes the file with the
    process. Not authenticated: nobody else has the file open.
    """

    def __init__(self) -> None:
        """Make an empty spool.

        Raises:
            OSError: there is no room for temporary files.
        """
        self._file = tempfile.TemporaryFile(prefix="coatcheck-")  # noqa: SIM115 - closed with self
        self.restart()

    def restart(self) -> None:
        """Remove all bytes. A new key follows, since under one key no place is written twice."""
        self._file.truncate(0)
        self._key = os.urandom(32)
        self._encryptor = Cipher(algorithms.AES(self._key), modes.CTR(bytes(_BLOCK))).encryptor()
        self.size_bytes = 0

    def append(self, data: bytes) -> None:
        """Write ``data`` behind what is there."""
        os.pwrite(self._file.fileno(), self._encryptor.update(data), self.size_bytes)
        self.size_bytes += len(data)

    def read(self, offset: int, size: int) -> bytes:
        """Return up to ``size`` bytes from ``offset``; for several threads at once."""
        size = max(0, min(size, self.size_bytes - offset))
        first, inside = divmod(offset, _BLOCK)
        sealed = os.pread(self._file.fileno(), inside + size, first * _BLOCK)
        counter = modes.CTR(first.to_bytes(_BLOCK, "big"))
        opened = Cipher(algorithms.AES(self._key), counter).decryptor().update(sealed)
        return opened[inside:]


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
