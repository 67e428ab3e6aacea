"""Recognizes text without visible characters. Keyed and fake actions read it as a missing value."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

INVISIBLE = (
    r"\s\p{Z}\p{Cc}\p{Cf}\x{034F}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{2800}\x{3164}\x{FFA0}\x{FE00}-\x{FE0F}"
    r"\x{E0100}-\x{E01EF}"
)
"""White space, controls, format characters (zero width, byte-order marks) and letters without a
glyph.

For use inside a character class.
"""

_BLANK = f"^[{INVISIBLE}]*$"
_MAY_START = np.zeros(256, np.bool_)
_MAY_START[: 0x20 + 1] = True
_MAY_START[0x7F] = True
_MAY_START[[0xC2, 0xCD, 0xD8, 0xDB, 0xDC, 0xE0, 0xE1, 0xE2, 0xE3, 0xEF, 0xF0, 0xF3]] = True
"""First UTF-8 bytes of such characters; most text is decided by its first byte."""


def only_seen_ascii(texts: pa.Array) -> bool:
    """Return whether a string array holds ASCII alone, without blanks and controls; looks at its
    bytes.
    """
    _, edges, data = texts.buffers()
    if data is None or not len(texts):
        return True
    offsets = np.frombuffer(edges, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    raw = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
    return bool(raw.min(initial=0x21) > 0x20 and raw.max(initial=0) < 0x7F)


def is_blank(texts: pa.Array) -> pa.BooleanArray:
    """Return a mask of the values of a string array without visible characters; false for nulls."""
    suspects = _suspects(texts)
    found = np.zeros(len(texts), np.bool_)
    if len(suspects):
        matches = pc.match_substring_regex(texts.take(pa.array(suspects)), _BLANK).fill_null(False)
        found[suspects[np.asarray(matches)]] = True
    return pa.array(found)


def _suspects(texts: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the positions of empty values and of those whose first byte may begin a blank one."""
    if not len(texts):
        return np.zeros(0, np.int64)
    _, edges, data = texts.buffers()
    offsets = np.frombuffer(edges, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    starts = offsets[:-1]
    raw = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    first = raw.take(starts, mode="clip")
    return np.flatnonzero((np.diff(offsets) == 0) | _MAY_START[first]).astype(np.int64)


def without_blanks(texts: pa.Array) -> pa.Array:
    """Return a string array with null in place of text without visible characters, because that is
    nobody's name.
    """
    blank = is_blank(texts)
    return pc.if_else(blank, pa.scalar(None, texts.type), texts) if pc.any(blank).as_py() else texts
