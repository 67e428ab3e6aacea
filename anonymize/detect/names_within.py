"""Cells that hold a full name beside something else: ``Ana Castro (sister)``, ``17 Ana Castro``, ``Mr & Mrs Castro``.

Such a column is no column of names, and no prose either. Dictionaries propose the cells, a name model confirms them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from anonymize.detect.lexicon import fold, lexicon

LONGEST = 400
"""Code points of a cell that are looked at."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TITLES = frozenset(
    ["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sr", "sra", "mme", "mlle", "sig", "dott", "pan", "pani"]
)


def holds_full_name(text: str) -> bool:
    """Return whether two words beside each other are a given and a family name, or a title and a family name.

    Both are capitalised; what stands between them (blanks of any kind, commas, bars, underscores) does not count.
    """
    given, family = lexicon()["given"], lexicon()["surname"]
    for first, second in pairwise(_WORD.findall(text[:LONGEST])):
        if len(first) < 2 or len(second) < 2 or not (first[0].isupper() and second[0].isupper()):
            continue
        one, other = fold(first), fold(second)
        if other in family and (one in given or one in _TITLES):
            return True
        if one in family and other in given:
            return True
    return False
