"""Column names and keys that contain a person's name, address or number, alone or among other
words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from anonymize.detect.columns.header import name_evidence
from anonymize.detect.columns.headings import is_persons_name
from anonymize.detect.forms import is_iban
from anonymize.detect.text.emails import mails
from anonymize.detect.vocabulary.lexicon import fold, lexicon

FEWEST_LOGINS = 2
"""Names like ``first.last`` from which a table's are people's: one may be a product's."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TITLE = re.compile(
    r"(?<!\w)(?:Frau|Herrn?|Mr|Mrs|Ms|Mme|Monsieur|Madame|Sr|Sra|Señora?|Signora?|Dott|Pani?)\.? +"
    r"(?=[^\W\d_a-z])([^\W\d_]{3,})"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}|\(?0\d{2,5}\)?[ /-])[ ()/.-]*\d(?:[ ()/.-]?\d){5,11}(?!\w)"
)
_INITIAL = re.compile(
    r"[^\W\d_]\. ?([^\W\d_]{3,}(?:-[^\W\d_]+)?)"
    r"|([^\W\d_]{3,}),? [^\W\d_]\.(?: ?[^\W\d_]\.)?"
)
_LOGIN = re.compile(r"(?<![^\W_])([^\W\d_]{3,})[._-]([^\W\d_]{3,})(?![^\W_])")
_KANJI = re.compile(r"[\u3400-\u9fff]{3,4}")
_HANGUL = re.compile(r"[\uac00-\ud7a3]{3}")


def holds_a_person(name: str) -> bool:
    """Return whether ``name`` holds an e-mail address, an IBAN, a telephone number, or a person's
    name: ``approved by Anna Castro``, ``Castro, Anna``, ``A. Castro``.

    By the dictionaries, so a rare name passes, and so does one in small letters (see ``logins``).
    """
    if any(True for _ in mails(name)) or _PHONE.search(name):
        return True
    if any(is_iban(match[0]) for match in _IBAN.finditer(name)):
        return True
    if is_persons_name(name) or _is_initial_and_family(name) or _is_eastern(name):
        return True
    titled = (match[1] for match in _TITLE.finditer(name))
    if any(fold(word) in lexicon()["surname"] and not _says(word) for word in titled):
        return True
    found = list(_WORD.finditer(name))
    return any(
        name[one.end() : other.start()] in (" ", ", ", "  ")
        and _is_capital(one[0])
        and _is_capital(other[0])
        and _is_pair(one[0], other[0])
        for one, other in itertools.pairwise(found)
    )


def logins(names: Sequence[str]) -> list[int]:
    """Return the positions of names that hold ``first.last``, ``first_last`` or ``first-last``.

    None where there are fewer than ``FEWEST_LOGINS`` people among them.
    """
    found = [at for at, name in enumerate(names) if _holds_login(name)]
    return found if len(found) >= FEWEST_LOGINS else []


@lru_cache(maxsize=8192)
def _holds_login(name: str) -> bool:
    starts = (0, name.find("_") + 1)  # hours_first_last: matches do not overlap
    return any(
        _is_pair(match[1], match[2]) for start in starts for match in _LOGIN.finditer(name, start)
    )


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def _is_pair(one: str, other: str) -> bool:
    """Return whether two words are a given and a family name, and neither describes a column."""
    first, last = fold(one), fold(other)
    given, family = lexicon()["given"], lexicon()["surname"]
    if not ((first in given and last in family) or (first in family and last in given)):
        return False
    return first != last and not (_says(one) or _says(other) or _is_place(f"{first} {last}"))


def _is_place(words: str) -> bool:
    return any(words in lexicon()[group] for group in ("city", "region", "country"))


@lru_cache(maxsize=8192)
def _says(word: str) -> bool:
    """Return whether a word is one of those that columns are called by."""
    evidence = name_evidence(word)
    return bool(evidence.says) or evidence.nothing > 0 or evidence.meaningless or len(word) < 3


def _is_initial_and_family(name: str) -> bool:
    match = _INITIAL.fullmatch(name.strip())
    word = (match[1] or match[2]) if match else ""
    if not word or not _is_capital(word) or _says(word):
        return False
    return fold(word) in lexicon()["surname"]


def _is_eastern(name: str) -> bool:
    """Return whether ``name`` is a full name in Chinese characters or Hangul: family name first."""
    text = name.strip()
    if not (_KANJI.fullmatch(text) or _HANGUL.fullmatch(text)) or _says(text):
        return False
    given, family = lexicon()["given"], lexicon()["surname"]
    return any(text[:at] in family and text[at:] in given for at in (1, 2))
