"""A file that is hashed while it is written."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path


class HashedFile(io.RawIOBase):
    """A new file whose bytes are hashed as they are written."""

    def __init__(self, path: Path) -> None:
        """Create the file at ``path``, which must not exist."""
        self.file = open(path, "xb", buffering=0)  # noqa: SIM115 - closed by close()
        self.digest = hashlib.sha256()
        self.size_bytes = 0
        self._abandoned = False

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: object) -> int:  # type: ignore[override]
        """Write all of ``data``; return its length in bytes."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        length = len(view)
        if self._abandoned:
            return length
        self.digest.update(view)
        while view:
            view = view[self.file.write(view) :]
        self.size_bytes += length
        return length

    def abandon(self) -> None:
        """Ignore further writes, because the file is about to be removed.

        A Parquet writer that could not be closed (for example on a full disk) tries again when it
        is garbage-collected. Nobody can handle an error there, and its text would be formatted in
        the middle of other code.
        """
        self._abandoned = True

    def tell(self) -> int:
        """Return the number of bytes written."""
        return self.size_bytes

    def sync(self) -> None:
        """Sync the bytes to disk."""
        os.fsync(self.file.fileno())

    def close(self) -> None:
        """Close the file."""
        if not self.file.closed:
            self.file.close()
        super().close()
