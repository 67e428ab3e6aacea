"""Leaves comment lines out of a text stream."""

from __future__ import annotations

import io

from anonymize.errors import SourceError

_CHUNK_BYTES = 1 << 20
_LONGEST_BYTES = 1 << 28


class WithoutComments(io.RawIOBase):
    """A stream without the lines that begin with ``mark``.

    Such a line inside a quoted cell is text and stays: quotes are counted, as a cell that contains
    line breaks has an even number of them around it.
    """

    def __init__(self, stream: io.RawIOBase, mark: str, place: str) -> None:
        """Read from ``stream``, which is at the beginning of a line."""
        self._stream, self._mark, self._place = stream, mark.encode(), place
        self._rest = self._ready = b""
        self._quoted = self._ended = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fill ``into`` from the stream; return the number of bytes."""
        while not self._ready and not self._ended:
            self._ready = self._next()
        taken = self._ready[: len(into)]
        into[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)

    def _next(self) -> bytes:
        """Return the next whole lines without comments."""
        chunk = bytearray(_CHUNK_BYTES)
        got = self._stream.readinto(chunk) or 0
        self._ended = not got
        data = self._rest + bytes(memoryview(chunk)[:got])
        end = len(data) if self._ended else data.rfind(b"\n") + 1
        self._rest = data[end:]
        if len(self._rest) > _LONGEST_BYTES:
            raise SourceError(
                f"a line is longer than {_LONGEST_BYTES >> 20} MiB", place=self._place
            )
        return self._filtered(data[:end])

    def _filtered(self, lines: bytes) -> bytes:
        if not (lines.startswith(self._mark) or b"\n" + self._mark in lines):
            self._quoted ^= bool(lines.count(b'"') % 2)
            return lines
        kept = []
        for line in lines.splitlines(keepends=True):
            if not self._quoted and line.startswith(self._mark):
                continue
            self._quoted ^= bool(line.count(b'"') % 2)
            kept.append(line)
        return b"".join(kept)

    def close(self) -> None:
        """Close the stream too."""
        self._stream.close()
        super().close()
