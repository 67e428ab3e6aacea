"""The words of a person's name: their spellings, and whether they stand for the family."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from anonymize.transform.words import Word, fold, latin_forms, spelled_out, words_of

_PARTICLES_TEXT = """
de da do dos das del della di du des la las le les los el al bin ibn ben van von der den ter ten zu
zum zur y e i af av mac mc o san santa st saint abu bint t mr mrs ms miss dr prof sir herr frau
señor señora sr sra don doña jr ii iii
"""
PARTICLES = frozenset(_PARTICLES_TEXT.split())
"""Words of names that are not a hit alone."""


@dataclass(frozen=True, slots=True)
class NamePart:
    """One word of a name, and its position in the name."""

    forms: frozenset[str]
    """Folded spellings."""
    initial: str
    """First folded letter."""
    place: int
    """0 before the family name, 1 for the family name."""


Run = list[tuple[Word, NamePart, bool]]
"""Adjacent words of a text that stand for parts of one name; True if spelled exactly like the
part.
"""


@lru_cache(maxsize=4096)
def name_parts(name: str) -> tuple[NamePart, ...]:
    """Return the words of ``name``; the family name is the last one, with the particles before
    it.
    """
    pieces = name.replace(",", " , ").split()
    if "," in pieces:
        cut = pieces.index(",")
        pieces = [*pieces[cut + 1 :], *pieces[:cut]]
        family = len(pieces) - cut
    else:
        family = max(1, len(pieces) - 1)
        while family > 1 and fold(pieces[family - 1].strip("'’")) in PARTICLES:
            family -= 1
    parts = []
    for at, piece in enumerate(pieces):
        inside = words_of(piece)
        if len(inside) > 1:
            together = "".join(word.fold for word in inside)
            parts.append(NamePart(frozenset({together}), together[0], 1 if at >= family else 0))
        for word in inside:
            raw = piece[word.start : word.end]
            forms = frozenset({word.fold, spelled_out(raw), *latin_forms(raw)})
            parts.append(NamePart(forms, word.fold[0], 1 if at >= family else 0))
    return tuple(parts)


def spellings_of(name: str) -> list[frozenset[str]]:
    """Return the folded spellings of each word of ``name``."""
    return [part.forms for part in name_parts(name)]
