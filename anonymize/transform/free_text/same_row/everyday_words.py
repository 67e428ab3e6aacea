"""Words of everyday language that are names too, or one letter away from one; they lie in
``everyday_words.txt`` beside this module.
"""

from __future__ import annotations

from functools import cache

from anonymize.detect.words import word_lists


@cache
def common() -> frozenset[str]:
    """Return names that are words too: on their own they are a hit only with a capital letter."""
    return _section("common")


@cache
def mostly_names() -> frozenset[str]:
    """Return those of ``common`` that are a name more often than a word: beside the name's other
    part no capital is needed.
    """
    return _section("mostly names")


@cache
def everyday() -> frozenset[str]:
    """Return words that one letter turns into a name (right and Wright, night and Knight): they are
    no misspelled ones.
    """
    return _section("everyday")


@cache
def ordinary() -> frozenset[str]:
    """Return what is spelled right as it stands."""
    return common() | everyday()


@cache
def roles() -> frozenset[str]:
    """Return local parts of e-mail addresses that are an office's and nobody's name."""
    return _section("roles")


@cache
def placeholders() -> frozenset[str]:
    """Return what stands in a column where nothing is known: it is nobody's and would hit everyday
    text.
    """
    return _section("placeholders")


def _section(name: str) -> frozenset[str]:
    return frozenset(word_lists(__package__, "everyday_words")[name])
