"""A file that is hashed while it is written: as a whole, and in blocks of one size, so that who
reads some of it can compare that.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
from pathlib import Path

BLOCK_BYTES = 64 << 10
"""Length of a block; the last one may be shorter. A reader of one column hashes half a block too
much at each end of a column chunk; the digests are 0.07 % of a file, whatever columns it has.
"""
BLOCKS_KEY = "coatcheck.sha256_of_64KiB_blocks"
"""Under this key a part's encrypted footer holds the digests of the blocks before it: base64 of 32
bytes for each.
"""
DIGEST_BYTES = 32


class HashedFile(io.RawIOBase):
    """A new file whose bytes are hashed as they are written."""

    def __init__(self, path: Path) -> None:
        """Create the file at ``path``, which must not exist."""
        self.file = open(path, "xb", buffering=0)  # noqa: SIM115 - closed by close()
        self.digest = hashlib.sha256()
        self.size_bytes = 0
        self.tail_bytes = 0
        """Number of bytes written since `end_blocks`."""
        self.tail_digest = hashlib.sha256()
        """Digest of these."""
        self._blocks = bytearray()
        self._block, self._missing = hashlib.sha256(), BLOCK_BYTES
        self._ended = self._abandoned = False

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
        if self._ended:
            self.tail_digest.update(view)
            self.tail_bytes += length
        else:
            self._hash_blocks(view)
        while view:
            view = view[self.file.write(view) :]
        self.size_bytes += length
        return length

    def _hash_blocks(self, view: memoryview) -> None:
        while view:
            some = view[: self._missing]
            self._block.update(some)
            self._missing -= len(some)
            view = view[len(some) :]
            if not self._missing:
                self._cut_block()

    def _cut_block(self) -> None:
        self._blocks += self._block.digest()
        self._block, self._missing = hashlib.sha256(), BLOCK_BYTES

    def end_blocks(self) -> str:
        """Return the digests of the blocks so far, as a part's footer holds them; what is written
        after this is the tail.
        """
        if self._missing < BLOCK_BYTES:
            self._cut_block()
        self._ended = True
        return base64.b64encode(self._blocks).decode()

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
