"""The forms in which somebody may write a word, so that a person reads it and a filter does not.

The kinds are those that the detector takes off again (``detect/text/disguises.py``), made from its
own table of letters, and two that it leaves in words: digits for letters, and letters apart. No
form is found by chance: each word has the same few every time, so a set of texts is finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Literal, get_args

from anonymize.detect.text.disguises import LOOK_ALIKE

DisguiseKind = Literal["look_alike", "invisible", "wide", "encoded", "digits", "apart"]
"""``look_alike``: Cyrillic and Greek letters. ``invisible``: zero-width characters, soft hyphens,
combining marks. ``wide``: full-width and mathematical letters. ``encoded``: HTML entities and
percent-encoding. ``digits``: leet. ``apart``: blanks or dots between letters.
"""
KINDS: tuple[DisguiseKind, ...] = get_args(DisguiseKind)
FOLDED: tuple[DisguiseKind, ...] = ("look_alike", "invisible", "wide", "encoded")
"""Kinds that `fold_disguises` takes off, but for a word of look-alike letters alone, which may be a
word of another script.
"""

_ALIKE = {latin: other for other, latin in reversed(LOOK_ALIKE.items()) if latin.isalpha()}
_DIGITS = {"a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7", "b": "8", "g": "9"}
_LEAST_LETTERS = 3
"""Letters of a word that is worth a disguise."""


@lru_cache(maxsize=65_536)
def forms(word: str, kinds: tuple[DisguiseKind, ...] = KINDS) -> tuple[str, ...]:
    """Return the distinct forms of ``word``, none of which is the word itself; none for a word of
    fewer than three ASCII letters. No form is empty.
    """
    if sum(char.isascii() and char.isalpha() for char in word) < _LEAST_LETTERS:
        return ()
    made = dict.fromkeys(form for kind in kinds for form in _MAKERS[kind](word))
    made.pop(word, None)
    return tuple(made)


def _letters(word: str, new: Callable[[str], str], most: int | None = None) -> str:
    """Return ``word`` with ``new`` of its ASCII letters, of the first ``most`` that differ."""
    out, left = [], len(word) if most is None else most
    for char in word:
        other = new(char) if left and char.isascii() and char.isalpha() else char
        left -= other != char
        out.append(other)
    return "".join(out)


def _look_alike(word: str) -> Iterator[str]:
    def alike(char: str) -> str:
        return _ALIKE.get(char, char)

    yield _letters(word, alike, 1)
    yield _letters(word, alike)


def _invisible(word: str) -> Iterator[str]:
    middle = len(word) // 2
    yield word[:middle] + "\u00ad" + word[middle:]
    yield _letters(word, lambda char: char + "\u200b")
    yield _letters(word, lambda char: char + "\u0332")


def _wide(word: str) -> Iterator[str]:
    yield _letters(word, lambda char: chr(ord(char) + 0xFEE0))
    yield _letters(word, _bold)


def _bold(char: str) -> str:
    return chr(0x1D400 + ord(char) - ord("A") - (6 if char.islower() else 0))


def _encoded(word: str) -> Iterator[str]:
    yield _letters(word, lambda char: f"&#{ord(char)};", 1)
    yield _letters(word, lambda char: f"%{ord(char):02X}")


def _digits(word: str) -> Iterator[str]:
    def digit(char: str) -> str:
        return _DIGITS.get(char.lower(), char)

    yield _letters(word, digit, 1)
    yield _letters(word, digit)


def _apart(word: str) -> Iterator[str]:
    yield " ".join(word)
    yield ".".join(word)


_MAKERS: dict[DisguiseKind, Callable[[str], Iterator[str]]] = {
    "look_alike": _look_alike,
    "invisible": _invisible,
    "wide": _wide,
    "encoded": _encoded,
    "digits": _digits,
    "apart": _apart,
}
