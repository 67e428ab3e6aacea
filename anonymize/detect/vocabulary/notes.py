"""Nouns that begin notes, capitalised by their language or as first word; none are names."""

from __future__ import annotations

import re
from functools import cache

from anonymize.detect.vocabulary.lexicon import any_name, fold
from anonymize.detect.vocabulary.roles import role_words
from anonymize.word_lists import word_lists

_ABSTRACT = re.compile(r"[a-zäöüß]{4,}(?:ung|heit|keit|schaft|ität|tion|zione|ción|ção)(?:en)?")
"""How German and Romance nouns end that are made of other words; names that end so are in the
dictionaries.
"""
_WORD = re.compile(r"[^\W\d_]+")


@cache
def note_words() -> frozenset[str]:
    """Return words of notes to customers, patients and tenants in German, Italian, French and
    Spanish, in small letters.
    """
    return frozenset(word_lists(__package__, "note_words")[""])


def begins_a_note(surface: str) -> bool:
    """Return whether what a model took for a person is such a noun, or a word for somebody in a
    role, alone or before words in small letters.

    A word that is anybody's name, and a further one with a capital, make it stay a person.
    """
    first, *others = _WORD.findall(surface) or [""]
    small = first.lower()
    noun = small in note_words() or small in role_words() or _ABSTRACT.fullmatch(small) is not None
    return (
        noun and fold(first) not in any_name() and not any(_may_be_named(word) for word in others)
    )


def _may_be_named(word: str) -> bool:
    return not word.islower() or fold(word) in any_name()
