"""Finds JSON that is nested too deeply before a parser reads it. Recursive parsers end the process
for deep input.

Arrow's does at some 20,000 levels, with a segmentation fault, and the core file contains the values
that it was reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

DEEPEST = 100
"""Maximum levels of objects and arrays in one row; the same as for JSON kept as text."""
TOO_DEEP = f"JSON deeper than {DEEPEST} levels"

_Bytes = npt.NDArray[np.uint8]
_STEP = DEEPEST // 2
_CHUNK_BYTES = 1 << 20
_BETWEEN_ROWS = re.compile(rb"}[ \t\r]*\n[ \t\r\n]*{")
_QUOTE, _BACKSLASH = 0x22, 0x5C
_OPENS, _CLOSES, _CASE = 0x5B, 0x5D, 0xDF
"""``[`` and ``]``; braces are the same bytes except for the bit that the mask removes."""


def too_deep_at(text: bytes | bytearray, length: int) -> int | None:
    """Return the offset in ``text[:length]`` of the first bracket that opens a level too many; None
    if there is none.

    For most rows only opening brackets are counted. Two ends of rows next to each other (``}``, a
    line's end, ``{``) are at the outermost level, or no parser continues after them. Only where
    fifty brackets open without such a place between them, levels are counted, ignoring strings.
    """
    whole: _Bytes = np.frombuffer(text, np.uint8, length)
    if length <= DEEPEST or not _many_opened(text, whole):
        return None
    return _counted(whole)


def _many_opened(text: bytes | bytearray, whole: _Bytes) -> bool:
    """Return True if a row may open more than ``DEEPEST`` brackets."""
    seen = before = 0
    for begin in range(0, len(whole), _CHUNK_BYTES):
        opened = np.flatnonzero(
            np.equal(np.bitwise_and(whole[begin : begin + _CHUNK_BYTES], _CASE), _OPENS)
        )
        for at in (opened[-seen % _STEP :: _STEP] + begin).tolist():
            if (
                before
                and text.find(b"}\n{", before, at + 1) < 0
                and not _BETWEEN_ROWS.search(text, before, at + 1)
            ):
                return True
            before = at + 1
        seen += len(opened)
    return False


def _counted(whole: _Bytes) -> int | None:
    """Return the offset of the bracket that opens a level too many, by counting."""
    depth, inside = 0, False
    for begin, end in _chunks(whole):
        part = whole[begin:end]
        quotes = _quotes(part)
        in_string = np.zeros(len(part), np.uint8)
        in_string[quotes] = 1
        outside: npt.NDArray[np.bool_] = (np.cumsum(in_string, dtype=np.uint8) & 1) == inside
        folded = part & _CASE
        places = np.flatnonzero(((folded == _OPENS) | (folded == _CLOSES)) & outside)
        levels = depth + np.cumsum(np.where(folded[places] == _OPENS, 1, -1))
        deep = np.flatnonzero(levels > DEEPEST)
        if len(deep):
            return begin + int(places[deep[0]])
        depth = int(levels[-1]) if len(levels) else depth
        inside ^= bool(len(quotes) % 2)
    return None


def _chunks(whole: _Bytes) -> Iterator[tuple[int, int]]:
    """Yield parts to count. No part ends in a backslash, so that an escaped character is in the
    same part.
    """
    begin = 0
    while begin < len(whole):
        end = min(begin + _CHUNK_BYTES, len(whole))
        while end < len(whole) and whole[end - 1] == _BACKSLASH:
            end += 1
        yield begin, end
        begin = end


def _quotes(part: _Bytes) -> npt.NDArray[np.int64]:
    """Return the quotes that begin or end a string: those after an even number of backslashes."""
    quotes = np.flatnonzero(part == _QUOTE)
    slashes = np.flatnonzero(part == _BACKSLASH)
    if not len(slashes):
        return quotes
    first = np.concatenate([[True], np.diff(slashes) != 1])
    run = np.arange(len(slashes)) - np.flatnonzero(first)[np.cumsum(first) - 1]
    odd = np.zeros(len(part) + 1, bool)
    odd[slashes[run % 2 == 0] + 1] = True
    return quotes[~odd[quotes]]
