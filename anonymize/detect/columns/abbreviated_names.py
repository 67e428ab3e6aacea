"""Names of people that stand alone in a cell and are not two capitalised words: ``S. Brennan``,
``Смирнов А.Н.``, ``anna castro``, ``김민준``.

One such cell may be chance. Many of them, with different names, are people.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from anonymize.detect.columns.header import name_evidence
from anonymize.detect.text.initials import CYRILLIC, is_cyrillic_family
from anonymize.detect.vocabulary.lexicon import fold, lexicon
from anonymize.detect.words import word_set

LONGEST = 60
"""Code points of a cell that is looked at."""
SHARE, FEWEST = 0.03, 5
"""Share and number of cells with initials from which a column is about people."""
SMALL_SHARE, FEWEST_SMALL = 0.1, 6
"""The same for names in small letters, of which two beside each other may be any two words."""
DIFFERENT = 3
"""Different names, and different initials, among them."""
_INITIALS = r"[^\W\d_]\.(?:[ -]?[^\W\d_]\.){0,2}"
_LINKS = (
    r"(?:(?:van|von|de|del|della|di|da|dos|du|la|le|der|den|ter|ten|al|el|bin|ibn|st\.|mc|mac)"
    r" ){0,2}"
)
_FAMILY = rf"(?i:{_LINKS})[^\W\d_]{{2,}}(?:['’-][^\W\d_]{{2,}})*"
_FIRST = re.compile(rf"(?P<initials>{_INITIALS}) ?(?P<family>{_FAMILY})")
_LAST = re.compile(rf"(?P<family>{_FAMILY})(?:,? (?P<initials>{_INITIALS})|, (?P<bare>[^\W\d_]))")
_COMPASS = frozenset("NSEW")
"""What streets begin with: a column of ``N. Lincoln`` and ``S. Jackson`` is about no one."""
_COLOURS = word_set("""
    red green blue black white grey gray brown pink gold silver violet purple orange yellow olive
    amber ruby jade rose coral ivory crystal pearl scarlet sienna hazel ginger
    """)
"""Colours that are names, too."""
_SMALL = re.compile(r"[^\W\d_]{3,}(?:['’-][^\W\d_]+)*(?:,? [^\W\d_]{3,}(?:['’-][^\W\d_]+)*){1,2}")
_PIECE = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_KANJI = re.compile(r"[\u3400-\u9fff]{3,4}")
_HANGUL = re.compile(r"[\uac00-\ud7a3]{3}")


def initials_and_family(text: str) -> tuple[str, str] | None:
    """Return the initials and the family name of a text that is nothing else; None for another.

    The family name is one of the dictionaries', or Cyrillic with two initials or a usual ending.
    """
    bare = text.strip()
    match = _FIRST.fullmatch(bare) or _LAST.fullmatch(bare) if len(bare) <= LONGEST else None
    if match is None:
        return None
    family, initials = match["family"], match["initials"] or match.groupdict().get("bare", "")
    last = re.split("[ -]", family)[-1]
    if not (last[0].isupper() and initials.upper() == initials):
        return None
    if CYRILLIC.fullmatch(last):
        sure = initials.count(".") > 1 or is_cyrillic_family(last)
    else:
        sure = False
    known = fold(last) in lexicon()["surname"] and not says_what_is_held(family)
    return (initials, family) if sure or known else None


def is_small_full_name(text: str) -> bool:
    """Return whether a text is a given and a family name in small letters, in either order, and
    nothing else.
    """
    if len(text) > LONGEST or text != text.lower() or _SMALL.fullmatch(text.strip()) is None:
        return False
    words = _PIECE.findall(text)
    first, last = fold(words[0]), fold(words[-1])
    if first == last or (first in _COLOURS and last in _COLOURS):
        return False
    given, family = lexicon()["given"], lexicon()["surname"]
    pair = (first in given and last in family) or (first in family and last in given)
    return pair and not any(map(says_what_is_held, words)) and not is_place(f"{first} {last}")


def is_eastern_name(text: str) -> bool:
    """Return whether a text is a full name in Chinese characters or Hangul: family name first."""
    bare = text.strip()
    if not (_KANJI.fullmatch(bare) or _HANGUL.fullmatch(bare)) or says_what_is_held(bare):
        return False
    given, family = lexicon()["given"], lexicon()["surname"]
    return any(fold(bare[:at]) in family and fold(bare[at:]) in given for at in (1, 2))


def abbreviated_names(
    cells: Sequence[str], confirmed: Callable[[Sequence[str]], bool] | None = None
) -> int:
    """Return how many of ``cells`` are such names, 0 for too few.

    ``confirmed`` asks a model about names in small letters, which it gets in capitals; None leaves
    them to the dictionaries.
    """
    found = [pair for cell in cells if (pair := initials_and_family(cell))]
    begins = {initials[0] for initials, _ in found}
    held = len(found) if len(begins) >= DIFFERENT and not begins <= _COMPASS else 0
    held = held if len({family for _, family in found}) >= DIFFERENT else 0
    held += sum(map(is_eastern_name, cells))
    if held >= max(FEWEST, SHARE * len(cells)):
        return held
    small = [cell for cell in cells if is_small_full_name(cell)]
    if len(small) < max(FEWEST_SMALL, SMALL_SHARE * len(cells)):
        return 0
    words = [{fold(word) for word in (_PIECE.findall(cell))} for cell in small]
    if len(set().union(*words)) < 2 * DIFFERENT:
        return 0
    return len(small) if confirmed is None or confirmed([one.title() for one in small]) else 0


@lru_cache(maxsize=8192)
def says_what_is_held(word: str) -> bool:
    """Return whether a word is one of those that columns are called by."""
    evidence = name_evidence(word)
    return bool(evidence.says) or evidence.nothing > 0 or evidence.meaningless or len(word) < 3


def is_place(words: str) -> bool:
    """Return whether folded words are the name of a place."""
    return any(words in lexicon()[group] for group in ("city", "region", "country"))
