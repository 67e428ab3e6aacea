"""One family name in each cell of a column of codes: ``MILLER1987``, ``LAPTOP-MILLER``,
``Contract_Miller.pdf``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from anonymize.detect.vocabulary.lexicon import fold, lexicon

FEWEST = 30
"""Different names from which a column of codes is about people: genes, months and colours are
fewer.
"""
SHARE = 0.5
"""Share of cells with one, and"""
BEFORE_OTHERS = 0.2
"""by how much that exceeds the share of the same words that are towns or countries."""
COMMON = 0.1
"""Share of cells from which a word is what all codes have, the ending of a file for one."""
SHORTEST = 3
"""Letters of a name."""
_PIECE = re.compile(r"[^\W\d_]+")


def names_in_codes(cells: Sequence[str]) -> int:
    """Return how many of ``cells`` are a code with one name in it, 0 for too few.

    A code has no blanks, and digits or a word that many cells have beside the one other word that
    is a name.
    """
    pieces = [
        [fold(piece) for piece in _PIECE.findall(cell)] if _is_code(cell) else [] for cell in cells
    ]
    counts = Counter(piece for found in pieces for piece in set(found))
    most = max(FEWEST / 4, COMMON * len(cells))
    own = [
        [piece for piece in found if counts[piece] < most]
        for found, cell in zip(pieces, cells, strict=True)
        if len(found) > 1 or any(map(str.isdigit, cell))
    ]
    words = [found[0] for found in own if len(found) == 1 and len(found[0]) >= SHORTEST]
    names = [word for word in words if word in lexicon()["surname"]]
    towns = sum(word in lexicon()["city"] or word in lexicon()["country"] for word in words)
    enough = len(names) >= SHARE * len(cells) and len(names) - towns >= BEFORE_OTHERS * len(cells)
    return len(names) if enough and len(set(names)) >= FEWEST else 0


def _is_code(cell: str) -> bool:
    return len(cell) <= 80 and not any(map(str.isspace, cell))
