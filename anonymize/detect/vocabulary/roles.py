"""Words for people in a role, which stand before a name and are no part of it: ``Patientin``."""

from __future__ import annotations

from functools import cache

from anonymize.detect.vocabulary.lexicon import any_name, fold
from anonymize.word_lists import word_lists


@cache
def role_words() -> frozenset[str]:
    """Return words for roles in eight languages, in small letters; none is a name of the
    dictionaries.
    """
    return frozenset(word_lists(__package__, "role_words")[""])


def without_roles(surface: str) -> str:
    """Return what a model took for a person without the words for roles before it.

    A word stays if nothing that may be a name follows, and before a comma: ``Gast, Peter`` is a
    family name and a given one.
    """
    first, _, rest = surface.partition(" ")
    while first.lower().rstrip(".:") in role_words() and _may_be_named(rest := rest.lstrip()):
        surface = rest
        first, _, rest = surface.partition(" ")
    return surface


def _may_be_named(rest: str) -> bool:
    first = rest.partition(" ")[0].strip(".,;:!?")
    return bool(first) and (not first.islower() or fold(first) in any_name())
