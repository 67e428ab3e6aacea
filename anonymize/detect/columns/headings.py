"""Whether a text is what columns are called, or what people are called."""

from __future__ import annotations

import re

from anonymize.detect.columns.header import name_evidence
from anonymize.detect.vocabulary.lexicon import fold, lexicon

_WORDS = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]*)*")
_MOST_WORDS = 4


def is_heading(text: str) -> bool:
    """Return whether ``text`` is a column heading in a language whose column words are known."""
    evidence = name_evidence(text)
    return bool(evidence.says) or evidence.nothing > 0 or evidence.meaningless


def is_persons_name(text: str) -> bool:
    """Return whether ``text`` is a given name and a family name, in either order, and no heading.

    By the dictionaries: one word alone is not enough, for many are places and things too.
    """
    words = _WORDS.findall(text)
    if not 2 <= len(words) <= _MOST_WORDS or not all(
        word[0].isupper() for word in (words[0], words[-1])
    ):
        return False
    if " ".join(words) != " ".join(text.split()) or is_heading(text):
        return False
    first, last = fold(words[0]), fold(words[-1])
    given, family = lexicon()["given"], lexicon()["surname"]
    return (first in given and last in family) or (first in family and last in given)
