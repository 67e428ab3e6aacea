"""Words of column names, by meaning: English, German, French, Spanish, Portuguese, Italian, Dutch,
and the world.

They are read from ``people.txt``, ``things.txt``, ``world.txt`` and ``nouns.txt`` beside this
module.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from anonymize.detect.weights import HINT, LIKELY, STRONG
from anonymize.word_lists import word_lists

_WEIGHTS = {"strong": STRONG, "likely": LIKELY, "hint": HINT}
Phrases = Mapping[str, Mapping[float, tuple[str, ...]]]
"""Verdict → weight → phrases, the heaviest first."""


@cache
def phrases_of_seven_languages() -> Phrases:
    """Return the phrases whose words are also looked for inside run-together names."""
    return _read("people") | _read("things")


@cache
def phrases() -> Phrases:
    """Return the phrases of all languages."""
    world = _read("world")
    return {
        verdict: {
            weight: known.get(weight, ()) + world.get(verdict, {}).get(weight, ())
            for weight in sorted({*known, *world.get(verdict, {})}, reverse=True)
        }
        for verdict, known in phrases_of_seven_languages().items()
    }


@cache
def things() -> frozenset[str]:
    """Return the nouns whose *name* is not a person's."""
    return _nouns("things")


@cache
def organizations() -> frozenset[str]:
    """Return the nouns whose *name* is an organization's."""
    return _nouns("organizations")


@cache
def heads_about_a_thing() -> frozenset[str]:
    """Return the words that, as the head of a name, mean that the column is *about* a thing:
    ``email_status``.
    """
    return _nouns("about a thing")


@cache
def nothing_personal() -> frozenset[str]:
    """Return the words and phrases of columns that are not personal."""
    return frozenset(word.replace("_", " ") for word in _nouns("nothing personal"))


@cache
def name_words() -> frozenset[str]:
    """Return the words for *name*, a person's or a thing's."""
    return _nouns("name")


@cache
def between() -> frozenset[str]:
    """Return the words between nouns, which are ignored."""
    return _nouns("between")


def _nouns(section: str) -> frozenset[str]:
    return frozenset(word_lists(__package__, "nouns")[section])


def _read(name: str) -> dict[str, dict[float, tuple[str, ...]]]:
    found: dict[str, dict[float, tuple[str, ...]]] = {}
    for section, entries in word_lists(__package__, name).items():
        verdict, _, weight = section.partition(" ")
        found.setdefault(verdict, {})[_WEIGHTS[weight]] = entries
    return found
