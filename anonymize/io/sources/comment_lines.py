"""Leaves comment lines out of a text stream."""

from __future__ import annotations

import io

from anonymize.errors import SourceError
from anonymize.io.sources.line_stream import LineStream

_CHUNK_BYTES = 1 << 20
_LONGEST_BYTES = 1 << 28


class WithoutComments(LineStream):
    """A stream without the lines that begin with ``mark``.

    Such a line inside a quoted cell is text and stays: quotes are counted, as a cell that contains
    line breaks has an even number of them around it.
    """

    def __init__(self, stream: io.RawIOBase, mark: str, place: str) -> None:
        """Read from ``stream``, which is at the beginning of a line."""
        self._stream, self._mark, self._place = stream, mark.encode(), place
        super().__init__()
        self._rest = b""
        self._quoted = False

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
