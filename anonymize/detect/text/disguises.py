"""Text with its disguises taken off, and the way back to the original's code points.

Full-width and mathematical letters and digits, look-alike Cyrillic and Greek letters in Latin
words, zero-width characters, soft hyphens and combining marks, spaced-out digits and letters,
``name (at) host dot com``, percent-encoding and HTML entities become what they stand for. Text
without any of these comes back as it was.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

LOOK_ALIKE = dict(
    zip(
        "аеорсухіјѕԁһӏкмтвнԛԝАВЕКМНОРСТУХІЈЅαορνιτυκΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
        "aeopcyxijsdhlkmtbhqwABEKMHOPCTYXIJSaopvitukABEZHIKMNOPTYX",
        strict=True,
    )
)
"""The Latin letter that each Cyrillic or Greek one looks like."""
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
_KEPT_MARKS = frozenset("@.-_+/:()[]#%&=,")
ASCII_TRICKS = (
    r"%[0-9A-F]{2}|&(?:\#x?[0-9A-F]{1,6}|[A-Z]{2,31});|[(\[{<]\s?(?:at|dot|@|\.)\s?[)\]}>]|\s(?:dot|punkt|punto|point)\s"
    r"|\s@|@\s|\d[ ._\-]{1,3}\d[ ._\-]{1,3}\d[ ._\-]{1,3}\d[ ._\-]{1,3}\d|(?:[^\s]\s){7}"
)
"""What an ASCII text must hold to be worth folding, case ignored."""
_TRICKS = re.compile(ASCII_TRICKS, re.IGNORECASE)
_ENCODED = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"
)
_BLANKS_BEFORE = r"(?:(?<!\s)\s*+|(?<=\s))"
"""From where a run of blanks begins, so that it is read once, or right behind what took the
blanks.
"""
_AT = re.compile(rf"{_BLANKS_BEFORE}[(\[{{<]\s*(?:at|@|a t)\s*[)\]}}>]\s*", re.IGNORECASE)
_DOT = re.compile(
    rf"{_BLANKS_BEFORE}[(\[{{<]\s*(?:dot|\.|punkt|punto|point)\s*[)\]}}>]\s*", re.IGNORECASE
)
_SPOKEN = re.compile(
    r"(?<![\w@.+-])[\w.+-]++(?:\s++(?:dot|punkt|punto|point)\s++[\w+-]++){0,12}+(?P<at>\s++at\s++|\s*+@\s*+)"
    r"(?!(?:the|a|an|my|your|our|this|that|which|der|die|das|le|la|el)\b)"
    r"[\w-]++(?:\s*+\.\s*+[\w-]++)*+(?:\s+(?:dot|punkt|punto|point)\s+[A-Za-z][\w-]*)+",
    re.IGNORECASE,
)
"""A word is tried from its first character only, and nothing is given back: linear in the text."""
_SPOKEN_PART = re.compile(r"\s+(at|dot|punkt|punto|point)\s+", re.IGNORECASE)
_WIDE_AT = re.compile(r"(?<![\w.+-])[\w.+-]++\s*+@\s*+[\w-]++(?:\s?\.\s?[A-Za-z][\w-]*+)+")
_DIGITS_APART = re.compile(r"(?<![\w.])\d(?:[ ._\u00a0-]{1,3}\d){6,}+")
_LETTERS_APART = re.compile(r"(?<!\S)\S(?: \S){7,}(?!\S)")
_RUN = re.compile(r"\S+")


@dataclass(frozen=True)
class Folded:
    """A text without disguises."""

    text: str
    starts: tuple[int, ...]
    """Where each of its code points starts in the original."""
    ends: tuple[int, ...]
    """Where it ends there."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original text of ``text[start:end]``."""
        return self.starts[start], self.ends[end - 1]


def fold_disguises(text: str) -> Folded | None:
    """Return ``text`` folded, or None where there is nothing to fold."""
    if text.isascii() and not _TRICKS.search(text):
        return None
    cells = [(char, i, i + 1) for i, char in enumerate(text)]
    for step in (_decoded, _visible, _latin, _symbols, _together):
        cells = step(cells)
    folded = "".join(char for char, _, _ in cells)
    if folded == text:
        return None
    return Folded(folded, tuple(start for _, start, _ in cells), tuple(end for _, _, end in cells))


_Cell = tuple[str, int, int]


def _text(cells: list[_Cell]) -> str:
    return "".join(char for char, _, _ in cells)


def _replaced(
    cells: list[_Cell], pattern: re.Pattern[str], make: Callable[[re.Match[str]], str | None]
) -> list[_Cell]:
    """Return the cells with each match replaced as a whole; None leaves it."""
    out, at = list[_Cell](), 0
    for match in pattern.finditer(_text(cells)):
        new = make(match)
        if new is None:
            continue
        out += cells[at : match.start()]
        out += [(char, cells[match.start()][1], cells[match.end() - 1][2]) for char in new]
        at = match.end()
    return out + cells[at:]


def _without(
    cells: list[_Cell],
    pattern: re.Pattern[str],
    drop: Callable[[str], Iterator[bool]],
    end: Callable[[re.Match[str]], int] = re.Match.end,
) -> list[_Cell]:
    """Return the cells without those that ``drop`` marks inside each match, up to the ``end`` of
    it.
    """
    out, at = list[_Cell](), 0
    for match in pattern.finditer(_text(cells)):
        last = end(match)
        out += cells[at : match.start()]
        inside = cells[match.start() : last]
        out += [
            cell
            for cell, gone in zip(inside, drop(match.group()[: len(inside)]), strict=True)
            if not gone
        ]
        at = last
    return out + cells[at:]


def _before_a_word(match: re.Match[str]) -> int:
    """Return the last position in spaced-out digits that no word follows; their start if too few
    are left.

    A look-ahead in the pattern would backtrack digit by digit from each start: quadratic in the
    text's length.
    """
    text, end = match.string, match.end()
    while end > match.start() and end < len(text) and (text[end].isalnum() or text[end] == "_"):
        end -= 1
        while end > match.start() and not text[end - 1].isdigit():
            end -= 1
    return end if sum(map(str.isdigit, text[match.start() : end])) >= 7 else match.start()


def _decoded(cells: list[_Cell]) -> list[_Cell]:
    """Percent-encoding and HTML entities."""

    def plain(match: re.Match[str]) -> str | None:
        found = match.group()
        decoded = _unquoted(found)
        return (
            decoded if decoded is not None and decoded != found and decoded.isprintable() else None
        )

    return _replaced(cells, _ENCODED, plain)


def _unquoted(found: str) -> str | None:
    if not found.startswith("%"):
        return html.unescape(found)
    try:
        return unquote(found, errors="strict")
    except UnicodeDecodeError:
        return None


def _visible(cells: list[_Cell]) -> list[_Cell]:
    """Characters that cannot be seen go; compatibility forms, foreign digits, dashes and blanks
    become plain.
    """
    out = []
    for char, start, end in cells:
        if char.isascii():
            out.append((char, start, end))
        else:
            out.extend((new, start, end) for new in _plain(char))
    return out


@lru_cache(maxsize=65_536)
def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") or char in "\u115f\u3164\ufe0f":
        return ""
    if category == "Zs":
        return " "
    if char in _DASHES:
        return "-"
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if char in "\u3002\uff61":
        return "."
    new = unicodedata.normalize("NFKC", char)
    return new if new.isascii() and (new.isalnum() or new in _KEPT_MARKS) else char


def _latin(cells: list[_Cell]) -> list[_Cell]:
    """Look-alike letters become Latin in words that hold Latin letters and no letter but those."""

    def latin(match: re.Match[str]) -> str | None:
        word = match.group()
        foreign = [c for c in word if not c.isascii() and c.isalpha()]
        odd = [c for c in foreign if c not in LOOK_ALIKE]
        mixed = any(c.isascii() and c.isalpha() for c in word) or "@" in word
        if not foreign or len(odd) == len(foreign) or not mixed or any(_script(c) for c in odd):
            return None
        return "".join(LOOK_ALIKE.get(c, c) for c in word)

    out, at = list[_Cell](), 0
    for match in _RUN.finditer(_text(cells)):
        new = latin(match)
        if new is not None:
            out += cells[at : match.start()]
            out += [
                (c, *cell[1:])
                for c, cell in zip(new, cells[match.start() : match.end()], strict=True)
            ]
            at = match.end()
    return out + cells[at:]


def _script(char: str) -> bool:
    """Return whether ``char`` is Cyrillic or Greek: then the word is of that script, not a
    disguise.
    """
    return unicodedata.name(char, "").startswith(("CYRILLIC", "GREEK"))


def _symbols(cells: list[_Cell]) -> list[_Cell]:
    """Replace ``(at)``, ``[dot]`` and spelled-out addresses."""
    cells = _replaced(cells, _AT, lambda _: "@")
    cells = _replaced(cells, _DOT, lambda _: ".")

    def spoken(match: re.Match[str]) -> str:
        parts = _SPOKEN_PART.sub(lambda m: "@" if m[1].lower() == "at" else ".", match.group())
        return re.sub(r"\s+", "", parts)

    return _replaced(cells, _SPOKEN, spoken)


def _together(cells: list[_Cell]) -> list[_Cell]:
    """Join spaced-out digits and letters; remove spaces around @ and the dots of an address."""

    def apart(run: str) -> Iterator[bool]:
        separators = {c for c in run if not c.isdigit()}
        kept = "-" if len(separators) > 1 else ""
        return (not c.isdigit() and c not in kept for c in run)

    def letters(run: str) -> Iterator[bool]:
        worth = "@" in run or sum(map(str.isdigit, run)) >= 7
        return (worth and i % 2 == 1 for i in range(len(run)))

    cells = _without(cells, _LETTERS_APART, letters)
    cells = _without(cells, _DIGITS_APART, apart, end=_before_a_word)
    return _without(cells, _WIDE_AT, lambda run: (c.isspace() for c in run))
