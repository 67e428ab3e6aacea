"""Long texts cut into pieces that overlap, so that no finding is lost at a cut or counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

CORE = 32_768
"""Code points of which one piece is responsible for the findings."""
OVERLAP = 2_048
"""Code points a piece sees before and after those: no finding is longer, no context word further
away.
"""


@dataclass(frozen=True)
class Piece:
    """A part of a text."""

    text: str
    offset: int
    """Where it starts in the whole."""
    first: int
    """Findings that start before this place of the piece belong to the one before."""
    last: int
    """Findings that start here or later belong to the one after."""


def pieces(text: str, core: int = CORE, overlap: int = OVERLAP) -> Iterator[Piece]:
    """Yield ``text`` in pieces; a text that is not long is one piece."""
    if len(text) <= core + 2 * overlap:
        yield Piece(text, 0, 0, len(text) + 1)
        return
    for start in range(0, len(text), core):
        low, high = max(0, start - overlap), min(len(text), start + core + overlap)
        last = start + core - low if start + core < len(text) else high - low + 1
        yield Piece(text[low:high], low, start - low, last)
