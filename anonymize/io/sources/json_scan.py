"""Goes through JSON text of any length without parsing its values."""

from __future__ import annotations

import io
import re

import numpy as np
import numpy.typing as npt

CHUNK_BYTES = 1 << 20
LONGEST_KEY_BYTES = 1 << 20
_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^,\]}\s]*")
_QUOTE, _BACKSLASH = 0x22, 0x5C
_OPENS, _CLOSES, _CASE = 0x5B, 0x5D, 0xDF
"""``[`` and ``]``; braces are the same bytes except for the bit that the mask removes."""

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.intp]


class CutShort(ValueError):
    """The text ends inside a value, or is no JSON."""


class Levels:
    """Finds brackets outside strings, chunk by chunk, and the level behind each."""

    def __init__(self) -> None:
        """Start outside of everything."""
        self.depth = 0
        self._inside = self._escaped = False

    def of(self, part: Bytes) -> tuple[npt.NDArray[np.bool_], Places, npt.NDArray[np.int64]]:
        """Return which bytes of the next part are outside strings, where brackets are, and the
        level behind each of them.
        """
        quotes = self._quotes(part)
        marks = np.zeros(len(part), np.uint8)
        marks[quotes] = 1
        outside = (np.cumsum(marks, dtype=np.uint8) & 1) == self._inside
        self._inside ^= bool(len(quotes) % 2)
        folded = part & _CASE
        places = np.flatnonzero(((folded == _OPENS) | (folded == _CLOSES)) & outside)
        levels = self.depth + np.cumsum(np.where(folded[places] == _OPENS, 1, -1))
        if len(levels):
            self.depth = int(levels[-1])
        return outside, places, levels

    def _quotes(self, part: Bytes) -> Places:
        """Return the quotes that begin or end a string: those not behind an odd number of
        backslashes.
        """
        quotes = np.flatnonzero(part == _QUOTE)
        slashes = np.flatnonzero(part == _BACKSLASH)
        before, self._escaped = self._escaped, False
        if not len(slashes):
            return quotes[1:] if before and len(quotes) and quotes[0] == 0 else quotes
        first = np.concatenate([[True], np.diff(slashes) != 1])
        begins = np.flatnonzero(first)
        run = np.arange(len(slashes)) - begins[np.cumsum(first) - 1]
        if before and slashes[0] == 0:  # this part's first backslash is itself escaped
            run[: begins[1] if len(begins) > 1 else len(run)] -= 1
        escaped = np.zeros(len(part) + 1, bool)
        escaped[slashes[run % 2 == 0] + 1] = True
        escaped[0] |= before
        self._escaped = bool(escaped[-1])
        return quotes[~escaped[quotes]]


class JsonText:
    """A position in JSON text that is read from a stream."""

    def __init__(self, stream: io.RawIOBase) -> None:
        """Start at the beginning of ``stream``."""
        self._stream = stream
        self.data = b""
        self.at = 0

    def more(self) -> bool:
        """Read on, forgetting what was passed; return False at the end."""
        chunk = self._stream.read(CHUNK_BYTES)
        self.data, self.at = self.data[self.at :] + (chunk or b""), 0
        return bool(chunk)

    def close(self) -> None:
        """Close the stream."""
        self._stream.close()

    def peek(self) -> bytes:
        """Return the next byte that is no space; empty at the end."""
        while True:
            self.at = _SPACE.match(self.data, self.at).end()  # type: ignore[union-attr]
            if self.at < len(self.data):
                return self.data[self.at : self.at + 1]
            if not self.more():
                return b""

    def take(self, byte: bytes) -> None:
        """Pass ``byte``.

        Raises:
            CutShort: something else is next.
        """
        if self.peek() != byte:
            raise CutShort
        self.at += 1

    def string(self) -> bytes:
        """Pass a string, and return it with its quotes.

        Raises:
            CutShort: there is none.
        """
        self.peek()
        while not (found := _STRING.match(self.data, self.at)):
            if len(self.data) - self.at > LONGEST_KEY_BYTES or not self.more():
                raise CutShort
        self.at = found.end()
        return found.group()

    def skip(self) -> None:
        """Pass a value.

        Raises:
            CutShort: the text ends inside it.
        """
        next_ = self.peek()
        if next_ in (b"{", b"["):
            self._skip_nested()
        elif next_ == b'"':
            self._skip_string()
        else:
            while True:
                end = _SCALAR.match(self.data, self.at).end()  # type: ignore[union-attr]
                empty = end == self.at
                self.at = end
                if end < len(self.data) or not self.more():
                    break
            if empty and next_ in (b"", b",", b"}", b"]"):
                raise CutShort

    def leave(self) -> None:
        """Pass the rest of the array or object whose beginning was passed.

        Raises:
            CutShort: the text ends inside it.
        """
        self._skip_nested(1)

    def _skip_nested(self, depth: int = 0) -> None:
        levels = Levels()
        levels.depth = depth
        while True:
            part = np.frombuffer(self.data, np.uint8)[self.at :]
            _, places, depths = levels.of(part)
            ends = np.flatnonzero(depths == 0)
            if len(ends):
                self.at += int(places[ends[0]]) + 1
                return
            self.at = len(self.data)
            if not self.more():
                raise CutShort

    def _skip_string(self) -> None:
        levels, first = Levels(), True
        while True:
            part = np.frombuffer(self.data, np.uint8)[self.at :]
            outside, _, _ = levels.of(part)
            ends = np.flatnonzero(outside[1 if first else 0 :])
            if len(ends):
                self.at += int(ends[0]) + (2 if first else 1)
                return
            self.at, first = len(self.data), False
            if not self.more():
                raise CutShort
