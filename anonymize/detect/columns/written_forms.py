"""Whether cells are prose, which people wrote, or codes, names of files and a word or two."""

from __future__ import annotations

import re
from collections.abc import Sequence

from anonymize.detect.text.script_boundaries import is_caseless

LONGEST = 400
"""Code points of a cell that are looked at."""
PROSE_WORDS = 4
"""Median of words from which values may be prose."""
_WRITTEN = re.compile(r"(?<!\S)[^\w\s]{0,3}[^\W\d_][^\W\d_'’-]+(?![\w_/@\\])")
"""A word of letters as prose has them: no code, no path, no piece of a file's name."""


def is_prose(texts: Sequence[str]) -> bool:
    """Return whether ``texts`` have a median of four words of letters, or as much in scripts
    without blanks.
    """
    counts = sorted(map(_written_words, texts))
    return bool(counts) and counts[len(counts) // 2] >= PROSE_WORDS


def _written_words(text: str) -> int:
    """Return the number of words in ``text``; two characters of a script without spaces count as
    one.
    """
    text = text[:LONGEST]
    return len(_WRITTEN.findall(text)) + sum(map(is_caseless, text)) // 2
