"""A stream that takes the digest of an object while it is read for something else, so that a large
one is asked for once less.
"""

from __future__ import annotations

import hashlib
import io
import threading

from anonymize.io.stores.ranges import RangedStream

MOST_DIGESTS = 1 << 17
"""Digests that stay, about 40 MB of them: of as many objects as a manifest has room for."""
Content = tuple[str, str, str]
"""Bucket, key and ETag of an object."""


class Digests:
    """SHA-256 of objects that were read to their end. For several threads at once."""

    def __init__(self) -> None:
        """Know none yet."""
        self._known: dict[Content, str] = {}
        self._lock = threading.Lock()

    def get(self, content: Content) -> str | None:
        """Return a digest in hexadecimal, None if it is not known."""
        with self._lock:
            return self._known.get(content)

    def put(self, content: Content, sha256: str) -> None:
        """Keep a digest, in place of the oldest one if there are too many."""
        with self._lock:
            self._known[content] = sha256
            if len(self._known) > MOST_DIGESTS:
                del self._known[next(iter(self._known))]


DIGESTS = Digests()
"""Of this process."""


class HashedStream(io.RawIOBase):
    """The bytes of an object from ``first`` on, in order; all of them are hashed.

    The digest is known once the last byte was read; of a stream that is given up it never is.
    """

    def __init__(self, stream: RangedStream, first: int, size_bytes: int, content: Content) -> None:
        """Read ``stream``, which is at byte 0, of an object of ``size_bytes``.

        Raises:
            SourceError: the bytes before ``first`` cannot be read.
        """
        self._stream, self._left, self._content = stream, size_bytes, content
        self._digest = hashlib.sha256()
        self._pass(stream.read(first))

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fill ``into``; return the number of bytes."""
        got = self._stream.readinto(into)
        self._pass(memoryview(into)[:got])
        return got

    def _pass(self, data: bytes | memoryview) -> None:
        self._digest.update(data)
        self._left -= len(data)
        if data and not self._left:
            DIGESTS.put(self._content, self._digest.hexdigest())

    def close(self) -> None:
        """Close the object's stream too."""
        self._stream.close()
        super().close()
