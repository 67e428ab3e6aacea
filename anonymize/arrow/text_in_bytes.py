"""Reads bytes that are text."""

from __future__ import annotations

_LOOKED_AT = 4_096
_MOST_ZERO = 0.8
"""Share of every second byte that is zero in Latin text written as UTF-16."""


def text_in(value: bytes) -> str | None:
    """Return the text that ``value`` is as UTF-8, or as UTF-16 with a mark or mostly in Latin
    letters; None if it is neither.
    """
    try:
        return value.decode(_utf_16(value) or "utf-8")
    except UnicodeDecodeError:
        return None


def _utf_16(value: bytes) -> str | None:
    if len(value) < 4 or len(value) % 2:
        return None
    if value[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    head = value[:_LOOKED_AT]
    for zeros, letters, name in ((1, 0, "utf-16-le"), (0, 1, "utf-16-be")):
        enough = _MOST_ZERO * len(head) / 2
        if head[zeros::2].count(0) >= enough and not head[letters::2].count(0):
            return name
    return None
