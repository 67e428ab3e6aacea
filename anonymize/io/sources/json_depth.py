"""How deep JSON is nested, told before a parser sees it: parsers that recurse end the process where
it is deep.

Arrow's does at some 20,000 levels, by a segmentation fault, and the core file holds the values it
was reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

DEEPEST = 100
"""Levels of objects and arrays in one row; as in JSON kept as text."""
TOO_DEEP = f"JSON deeper than {DEEPEST} levels"

_Bytes = npt.NDArray[np.uint8]
_STEP = DEEPEST // 2
_CHUNK_BYTES = 1 << 20
_BETWEEN_ROWS = re.compile(rb"}[ \t\r]*\n[ \t\r\n]*{")
_QUOTE, _BACKSLASH = 0x22, 0x5C
_OPENS, _CLOSES, _CASE = 0x5B, 0x5D, 0xDF
"""``[`` and ``]``; braces are the same bytes but for the bit that the mask takes out."""


def too_deep_at(text: bytes | bytearray, length: int) -> int | None:
    """Return where in ``text[:length]`` the first bracket opens a level too many; None where none
    does.

    Every row but the deep and the long costs a look for its opening brackets: two ends of rows that
    stand beside each other (``}``, a line's end, ``{``) lie on the outermost level, or else no
    parser goes on behind them. Where fifty brackets open without such a place between them, levels
    are counted, strings left out.
    """
    whole: _Bytes = np.frombuffer(text, np.uint8, length)
    if length <= DEEPEST or not _many_opened(text, whole):
        return None
    return _counted(whole)


def _many_opened(text: bytes | bytearray, whole: _Bytes) -> bool:
    """Return whether some row may open more than ``DEEPEST`` brackets."""
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
    """Return where a level too many opens, by counting."""
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
    """Yield parts to count, none of which ends in a backslash: what it escapes is in its part."""
    begin = 0
    while begin < len(whole):
        end = min(begin + _CHUNK_BYTES, len(whole))
        while end < len(whole) and whole[end - 1] == _BACKSLASH:
            end += 1
        yield begin, end
        begin = end


def _quotes(part: _Bytes) -> npt.NDArray[np.int64]:
    """Return the quotes that begin or end a string: those behind an even number of backslashes."""
    quotes = np.flatnonzero(part == _QUOTE)
    slashes = np.flatnonzero(part == _BACKSLASH)
    if not len(slashes):
        return quotes
    first = np.concatenate([[True], np.diff(slashes) != 1])
    run = np.arange(len(slashes)) - np.flatnonzero(first)[np.cumsum(first) - 1]
    odd = np.zeros(len(part) + 1, bool)
    odd[slashes[run % 2 == 0] + 1] = True
    return quotes[~odd[quotes]]
