"""Splits text into words, and gives the form in which spellings of one word are equal."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_ALSO = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ħ": "h",
        "þ": "th",
        "ð": "d",
        "ə": "e",
    }
)
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


_HIDDEN = "\u00ad\u200b-\u200d\u2060\ufeff"
"""Soft hyphens, joiners and zero-width spaces, which are invisible within a word."""


_RUN_ON = (
    r"\p{Han}\p{Hiragana}\p{Katakana}ー々〆",
    r"\p{Hangul}",
    r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}",
)
"""Scripts whose words are written without spaces, or have endings, so that words of other scripts
touch them.
"""


@dataclass(frozen=True, slots=True)
class Word:
    """A run of letters, digits and their marks in a text, of one kind of script."""

    start: int
    """Index of the first code point."""
    end: int
    """Index after the last code point."""
    fold: str
    """The word without case and accents."""
    capital: bool
    """True if it begins with a capital letter."""


def words_of(text: str) -> list[Word]:
    """Return the words of ``text`` in order."""
    return [
        Word(match.start(), match.end(), fold(match.group()), match.group()[0].isupper())
        for match in _word_pattern(text).finditer(text)
    ]


def _word_pattern(text: str) -> Any:
    """Return the pattern of words that is sufficient for ``text``: a pattern with fewer letters is
    faster.
    """
    if text.isascii():
        return _ASCII_WORD
    plain, mixed, run_on = _unicode_patterns()
    return mixed if run_on.search(text) else plain


_ASCII_WORD = re.compile("[A-Za-z0-9]+")


@lru_cache(maxsize=1)
def _unicode_patterns() -> tuple[Any, Any, Any]:
    import regex

    others = "".join(_RUN_ON)
    own = "|".join(f"[{script}]+" for script in _RUN_ON)
    first, more = (
        rf"[[\p{{L}}\p{{N}}]--[{others}]]",
        rf"[[\p{{L}}\p{{M}}\p{{N}}{_HIDDEN}]--[{others}]]",
    )
    plain = regex.compile(rf"[\p{{L}}\p{{N}}][\p{{L}}\p{{M}}\p{{N}}{_HIDDEN}]*")
    return plain, regex.compile(rf"{own}|{first}{more}*", regex.V1), regex.compile(rf"[{others}]")


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Return ``word`` without case, accents and Arabic or Hebrew vowel points; other marks are
    kept.
    """
    if word.isascii():
        return word.lower()
    bare = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in bare if not _is_accent(c)).translate(_ALSO)


def _is_accent(c: str) -> bool:
    if c in "\u00ad\u200b\u200c\u200d\u2060\ufeff":
        return True
    return "\u0300" <= c <= "\u036f" or "\u064b" <= c <= "\u0652" or "\u0591" <= c <= "\u05c7"


@lru_cache(maxsize=1 << 14)
def letters_of(value: str) -> str:
    """Return the letters and digits of ``value``, folded, without separators."""
    return "".join(word.fold for word in words_of(value))


def spelled_out(word: str) -> str:
    """Return ``word`` folded with umlauts written as two letters: ``ue`` for ``ü``."""
    return fold(unicodedata.normalize("NFC", word.casefold()).translate(_GERMAN))


def one_edit_apart(left: str, right: str) -> bool:
    """Return True if one letter inserted, removed, changed or swapped with its neighbour makes the
    words equal.
    """
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    at = next(
        (i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b),
        min(len(left), len(right)),
    )
    if len(left) == len(right):
        if left[at + 1 :] == right[at + 1 :]:
            return True
        swapped = left[at + 1 : at + 2] + left[at : at + 1]
        return swapped == right[at : at + 2] and left[at + 2 :] == right[at + 2 :]
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[at + 1 :] == shorter[at:]


def unspaced(text: str) -> bool:
    """Return True if ``text`` is Chinese, Japanese or Korean: words are written without spaces or
    have endings.
    """
    return any(
        "\u3040" <= c <= "\u30ff" or "\u3400" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3"
        for c in text
    )


def runs_on(text: str) -> bool:
    """Return True if ``text`` is in a script whose words are written without spaces: those of
    ``unspaced``, and Thai.
    """
    return unspaced(text) or any(
        "\u0e00" <= c <= "\u0eff" or "\u1780" <= c <= "\u17ff" for c in text
    )


_CYRILLIC_LETTERS = "а б в г ґ д е є ж з и і ї й к л м н о п р с т у ф х ц ч ш щ ю я ы э ё"
_CYRILLIC_LATIN = "a b v h g d e ie zh z y i i i k l m n o p r s t u f kh ts ch sh shch iu ia y e e"
_GREEK_LETTERS = "α β γ δ ε ζ η θ ι κ λ μ ν ξ ο π ρ σ ς τ υ φ χ ψ ω"
_GREEK_LATIN = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"

_CYRILLIC = {
    **dict(zip(_CYRILLIC_LETTERS.split(), _CYRILLIC_LATIN.split(), strict=True)),
    "ь": "",
    "ъ": "",
}
_GREEK = dict(zip(_GREEK_LETTERS.split(), _GREEK_LATIN.split(), strict=True))
_RUSSIAN = {**_CYRILLIC, "г": "g", "и": "i", "ю": "yu", "я": "ya", "й": "y", "є": "ye", "ї": "yi"}
_START = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}


def latin_forms(word: str) -> set[str]:
    """Return the usual Latin spellings of a Cyrillic or Greek word, folded; empty for other
    scripts.
    """
    lower = unicodedata.normalize("NFC", word.casefold())
    if any("\u0400" <= c <= "\u04ff" for c in lower):
        tails = ["".join(table.get(c, c) for c in lower[1:]) for table in (_CYRILLIC, _RUSSIAN)]
        heads = {
            _CYRILLIC.get(lower[0], lower[0]),
            _RUSSIAN.get(lower[0], lower[0]),
            _START.get(lower[0], ""),
        } - {""}
        mixed = "".join(
            _RUSSIAN.get(c, c) if c in "юяйєї" else _CYRILLIC.get(c, c) for c in lower[1:]
        )
        return {head + tail for head in heads for tail in (*tails, mixed)}
    if any("\u0370" <= c <= "\u03ff" for c in lower):
        return {"".join(_GREEK.get(c, c) for c in fold(lower))}
    return set()
