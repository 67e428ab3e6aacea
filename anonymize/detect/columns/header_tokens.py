"""A column's name as words that are known: tokens, run-together words taken apart, phrases."""

from __future__ import annotations

import re
from functools import lru_cache

from anonymize.detect.vocabulary.header_words import (
    between,
    heads_about_a_thing,
    name_words,
    nothing_personal,
    phrases,
    phrases_of_seven_languages,
    things,
)
from anonymize.detect.vocabulary.lexicon import fold
from anonymize.detect.words import word_set

_CAMEL = re.compile(
    r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=[0-9])|(?<=[0-9])(?=[A-Za-z])"
)
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff])*")
"""Vowel signs of Indian and South-East Asian scripts are no word characters in Python."""
_SIGNS = {
    "🎂": "birthday",
    "🥳": "birthday",
    "📧": "email",
    "✉": "email",
    "📨": "email",
    "☎": "phone",
    "📞": "phone",
    "📱": "phone",
    "🏠": "address",
    "👤": "person",
    "🧑": "person",
    "📍": "coordinates",
    "🔑": "password",
}
"""Pictures that stand for a word."""
_SHORT_PIECES = word_set("""
    cust emp usr str tel num zip dob addr adr geb acct pat stu mgr sup
    """)
_COUNTED = frozenset(("RECORD_ID", "DATE_TIME", "DEMOGRAPHIC", "AGE"))


def tokenize(name: str) -> tuple[str, ...]:
    """Return the folded words of ``name``: camelCase, snake_case and dots split, digits kept
    apart.
    """
    for sign, word in _SIGNS.items():
        name = name.replace(sign, f" {word} ") if sign in name else name
    words = _WORD.findall(_CAMEL.sub(" ", name))
    return tuple(word for raw in words for word in fold(raw).split())


def matching_phrases(content: tuple[str, ...]) -> list[tuple[int, int, str, float]]:
    """Return the longest phrases found: start, end, verdict, weight; shorter ones inside them are
    dropped.
    """
    index, found = _phrases(), []
    for start in range(len(content)):
        for end in range(min(len(content), start + 5), start, -1):
            for verdict, weight in index.get(content[start:end], ()):
                found.append((start, end, verdict, weight))
    widest = [
        (s, e, v, w)
        for s, e, v, w in found
        if not any(s2 <= s and e <= e2 and e2 - s2 > e - s for s2, e2, _, _ in found)
    ]
    return widest


@lru_cache(maxsize=1)
def _phrases() -> dict[tuple[str, ...], list[tuple[str, float]]]:
    index: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for verdict, by_weight in phrases().items():
        for weight, listed in by_weight.items():
            for phrase in listed:
                key = tuple(
                    t for t in fold(phrase).split() if t not in between() and not t.isdigit()
                ) or tuple(phrase.split())
                entry = index.setdefault(key, [])
                if key and all(known != verdict for known, _ in entry):
                    entry.append((verdict, weight))
    return index


@lru_cache(maxsize=1)
def _pieces() -> frozenset[str]:
    """Return the words a run-together name may be made of: ``STREETADDR``, ``custname``."""
    words = {
        word
        for by_weight in phrases_of_seven_languages().values()
        for listed in by_weight.values()
        for phrase in listed
        for word in fold(phrase).split()
        if len(word) >= 4 and word not in between()
    }
    return frozenset(words | _SHORT_PIECES | things() | heads_about_a_thing()) - {
        "date",
        "code",
        "land",
        "term",
    } | {
        "code",
        "date",
    }


@lru_cache(maxsize=1)
def person_words() -> frozenset[str]:
    """Return the words for people, whose *name* is a person's: customer, athlete, Kunde."""
    bare = {
        key[0]
        for key, known in _phrases().items()
        if len(key) == 1 and any(v == "PERSON_NAME" for v, _ in known)
    }
    return frozenset(bare - name_words()) | frozenset(
        {"cust", "emp", "full", "first", "last", "given", "family", "user"}
    )


def known_tokens(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``tokens`` with run-together words taken apart, and neighbours joined that are one
    word together.
    """
    return tuple(piece for token in tokens for piece in _split(token) or (_singular(token),))


def _singular(token: str) -> str:
    """Return a word that is only known without its plural's s without it; not of what a plural
    counts or measures.
    """
    one = token[:-1]
    unknown = (
        token.endswith("s")
        and (token,) not in _phrases()
        and token not in heads_about_a_thing() | nothing_personal() | things()
    )
    known = _phrases().get((one,), []) if unknown and len(one) >= 4 else []
    return one if known and not _COUNTED.intersection(verdict for verdict, _ in known) else token


def _split(token: str) -> tuple[str, ...] | None:
    """Return the known words that ``token`` is made of, or None; a word that is known itself stays
    whole.
    """
    if (
        (token,) in _phrases()
        or token in heads_about_a_thing()
        or token in nothing_personal()
        or len(token) < 6
    ):
        return None
    pieces = _pieces()
    for cut in range(3, len(token) - 2):
        left, right = token[:cut], token[cut:]
        if left in pieces and right in pieces:
            return left, right
    return None
