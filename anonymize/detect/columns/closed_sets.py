"""Closed sets of words that a column's values may all be of: genders, states, months, diagnoses;
they lie in ``closed_sets.txt`` beside this module.
"""

from __future__ import annotations

from functools import cache

from anonymize.detect.vocabulary.lexicon import fold
from anonymize.detect.words import word_lists

_OF_PHRASES = frozenset(("gender", "race", "marital", "religion", "health", "status", "department"))
"""Sets in which neighbouring words count too; single letters do not."""
_GENDER_LETTERS = frozenset("mfwhdvxuioмж男女") | frozenset(map(fold, "남여"))
"""What a gender is written with where one letter is all of it."""


@cache
def closed_set(name: str) -> frozenset[str]:
    """Return the folded words and phrases of the set ``name``.

    Raises:
        KeyError: there is no such set.
    """
    text = " ".join(word_lists(__package__, "closed_sets")[name])
    found = _runs(text) if name in _OF_PHRASES else frozenset(text.split())
    return found | _GENDER_LETTERS if name == "gender" else found


def _runs(text: str) -> frozenset[str]:
    """Return every run of up to five neighbouring words of ``text``, single letters left out."""
    words = fold(text).split()
    runs = (
        " ".join(words[i:j])
        for i in range(len(words))
        for j in range(i + 1, min(i + 6, len(words) + 1))
    )
    return frozenset(run for run in runs if len(run) > 1)
