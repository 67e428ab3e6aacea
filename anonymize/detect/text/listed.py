"""Texts that a policy lists: ``deny``, which are always a finding, and ``allow``, which never are.

Listed texts and cells are compared after normalisation of case, width, space between words, and the
variants of Unicode spaces, dashes and apostrophes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from anonymize.detect.text.presidio_rules import Found, Part, Rule

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\uff07", "'"),
        **dict.fromkeys("\u034f\u115f\u1160\u3164\uffa0", ""),
        **dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)], ""),
    }
)
_SPACES = re.compile(r"\s+")
_RUNS = re.compile(r"\s\s|[^\S ]")
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)
"""Letters of scripts in which words touch, or endings are written onto a name: Thai, Burmese,
Hangul, Kana, Han …
"""


def plain_form(text: str) -> str:
    """Return ``text`` as listed texts are compared: case folded, decomposed (NFKD), one space for
    any run.
    """
    if text.isascii():
        plain = text.lower()
        return (_SPACES.sub(" ", plain) if _RUNS.search(plain) else plain).strip()
    return _SPACES.sub(" ", "".join(map(_plain, text))).strip()


class AllowList:
    """Texts that are no findings; ``in`` compares in plain form."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the texts as the policy lists them."""
        self._forms = frozenset(filter(None, map(plain_form, texts)))

    def __len__(self) -> int:
        """Return how many different texts there are."""
        return len(self._forms)

    def __contains__(self, text: object) -> bool:
        """Return whether ``text`` is one of them."""
        return isinstance(text, str) and plain_form(text) in self._forms


class DenyRule(Rule):
    """Finds the texts of a deny list, whole words of them, in any spelling of one plain form."""

    def __init__(self, name: str, entity: str, texts: Sequence[str]) -> None:
        """Take what findings name as their recognizer, the entity, and the texts as the policy
        lists them.
        """
        self.name, self.context, self._entity = name, (), entity
        self.parts: tuple[Part, ...] = (Part(1.0),)
        forms = sorted(set(filter(None, map(plain_form, texts))), key=len, reverse=True)
        self._listed = re.compile("|".join(map(re.escape, forms)) if forms else r"(?!)")

    def find(self, text: str, parts: Sequence[Part]) -> list[Found]:
        """Return where a listed text occurs; the spans are those of the original ``text``."""
        if self._listed.search(plain_form(text)) is None:
            return []
        plain, places = _with_places(text)
        found, at = list[Found](), 0
        while (match := self._listed.search(plain, at)) is not None:
            start, end = match.span()
            shorter = self._whole(plain, start, end)
            if shorter is not None:
                found.append((places[start][0], places[shorter - 1][1], self._entity, 1.0))
            at = shorter if shorter is not None else start + 1
        return found

    def _whole(self, plain: str, start: int, end: int) -> int | None:
        """Return the end of the longest listed text from ``start`` up to ``end`` that is no piece
        of longer words.
        """
        if start and _one_word(plain[start - 1], plain[start]):
            return None
        while end > start:
            if end == len(plain) or not _one_word(plain[end - 1], plain[end]):
                return end
            match = self._listed.match(plain, start, end - 1)
            if match is None:
                return None
            end = match.end()
        return None


def _one_word(left: str, right: str) -> bool:
    """Return whether two characters side by side are of one word; a mark belongs to the letter
    before it.
    """
    if unicodedata.combining(right):
        return True
    if _UNSPACED.match(left) or _UNSPACED.match(right):
        return False
    before = left.isalnum() or left == "_" or unicodedata.combining(left) != 0
    return before and (right.isalnum() or right == "_")


def _with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the normalised form of ``text``, not stripped, and the original span of each
    character.
    """
    chars, places = list[str](), list[tuple[int, int]]()
    for at, char in enumerate(text):
        for one in _plain(char):
            if one == " " and chars and chars[-1] == " ":
                places[-1] = (places[-1][0], at + 1)
            else:
                chars.append(one)
                places.append((at, at + 1))
    return "".join(chars), places


@lru_cache(maxsize=65_536)
def _plain(char: str) -> str:
    """Return what one character is compared as; what cannot be seen is nothing."""
    if char.isspace():
        return " "
    if unicodedata.category(char) == "Cf":
        return ""
    folded = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKD", char).casefold()
    ).translate(_ALIKE)
    return _SPACES.sub(" ", folded)
