"""A stream of bytes whose next ones a subclass makes."""

from __future__ import annotations

import io
from abc import abstractmethod


class LineStream(io.RawIOBase):
    """Hands out bytes as they are asked for, and asks for more when none is left."""

    def __init__(self) -> None:
        """Start with no byte made."""
        self._ready = b""
        self._ended = False

    @abstractmethod
    def _next(self) -> bytes:
        """Return the next bytes, possibly none; set ``_ended`` behind the last."""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fill ``into`` with the next bytes; return their number."""
        while not self._ready and not self._ended:
            self._ready = self._next()
        taken = self._ready[: len(into)]
        into[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)
