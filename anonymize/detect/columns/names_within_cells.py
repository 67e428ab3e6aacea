"""Cells that hold a full name beside something else: ``Ana Castro (sister)``, ``17 Ana Castro``,
``CV_Ana_Castro.pdf``.

Such a column is no column of names, and no prose either. Dictionaries propose the cells, a name
model confirms them.
"""

from __future__ import annotations

import re
from itertools import pairwise

from anonymize.detect.vocabulary.lexicon import fold, lexicon

LONGEST = 400
"""Code points of a cell that are looked at."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PIECE = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_LABEL = re.compile(r"<[A-Z][A-Z_]*_\d+>")
"""What a rule for free text puts in a name's place: no word of a name."""
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "herr",
        "frau",
        "sr",
        "sra",
        "mme",
        "mlle",
        "sig",
        "dott",
        "pan",
        "pani",
    ]
)
_PLACES_BEGIN = frozenset(
    [
        "new",
        "old",
        "san",
        "santa",
        "santo",
        "sao",
        "saint",
        "st",
        "north",
        "south",
        "east",
        "west",
        "upper",
        "lower",
        "great",
        "little",
    ]
)
"""What names of places begin with, though some people are called so too."""
_LEAST_OF_SLUGS = 3
"""Letters that each word of a name has at least where nothing but its place says that it is one."""


def holds_full_name(text: str) -> bool:
    """Return whether two adjacent words are a given and a family name, or a title and a family
    name.

    Both are capitalised. What separates them (spaces of any kind, commas, bars, underscores, or
    nothing if the second begins with a capital) does not matter.
    """
    return full_name_in(text) is not None


def full_name_in(text: str) -> str | None:
    """Return the two words, None where there are none."""
    text = _LABEL.sub("_x_", text[:LONGEST])
    words = _WORD.findall(text)
    found = _pair(words)
    if found is None and not text.isupper() and _HUMP.search(text):
        found = _pair([part for word in words for part in _HUMP.split(word)])
    return found


def _pair(words: list[str]) -> str | None:
    given, family = lexicon()["given"], lexicon()["surname"]
    for first, second in pairwise(words):
        if len(first) < 2 or len(second) < 2 or not (first[0].isupper() and second[0].isupper()):
            continue
        one, other = fold(first), fold(second)
        if (other in family and (one in given or one in _TITLES)) or (
            one in family and other in given
        ):
            return f"{first} {second}"
    return None


def is_full_name(text: str) -> bool:
    """Return whether a whole cell is a given and a family name and nothing else."""
    words = _capitalised(text)
    return (
        bool(words)
        and fold(words[0]) in lexicon()["given"]
        and fold(words[-1]) in lexicon()["surname"]
    )


def may_be_full_name(text: str) -> bool:
    """Return whether a whole cell is two or three capitalised words, the first or the last of which
    is a name.
    """
    words = _capitalised(text)
    return bool(words) and (
        fold(words[0]) in lexicon()["given"] or fold(words[-1]) in lexicon()["surname"]
    )


def _capitalised(text: str) -> list[str]:
    """Return the words of a cell that is two or three capitalised ones and is not written like a
    place; else none.
    """
    words = text.split() if len(text) <= LONGEST else []
    if not 2 <= len(words) <= 3 or not all(
        word[:1].isupper() and _WORD.fullmatch(word) for word in words
    ):
        return []
    return [] if fold(words[0]) in _PLACES_BEGIN else words


def is_name_of_file_or_login(text: str) -> bool:
    """Return whether a cell without blanks holds a full name in small letters:
    ``smith-alice-cv.docx``.
    """
    if any(map(str.isspace, text)) or text != text.lower():
        return False
    given, family = lexicon()["given"], lexicon()["surname"]
    words = [fold(word) for word in _PIECE.findall(text[:LONGEST])]
    long = [(a, b) for a, b in pairwise(words) if min(len(a), len(b)) >= _LEAST_OF_SLUGS]
    return any((a in given and b in family) or (a in family and b in given) for a, b in long)


def as_spoken(text: str) -> str:
    """Return what a name model reads of a cell: of one without blanks the name alone, which it
    would not see there.
    """
    return text if any(map(str.isspace, text)) else (full_name_in(text) or text)
