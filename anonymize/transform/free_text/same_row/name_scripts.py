"""Finds a row's person name in scripts other than Latin: without spaces, with endings, or by its
sound in Latin letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

from anonymize.transform.free_text.same_row.romanized import (
    SHORTEST_SOUND,
    romanized,
    sound,
    surname_forms,
)
from anonymize.transform.free_text.spans import Span, literal_hits
from anonymize.transform.words import Word, fold, unspaced

_Part = TypeVar("_Part")

SHORTEST_HINT = 4
"""Minimum letters of an e-mail's local part for a mention."""

JOINS = re.compile(r"^(?:[ \t]{1,2}|[ \t]?[-‐-―][ \t]?|\.?[ \t]?['’ʼ`´]?|,[ \t]?|\n)$")
"""Characters that may occur between two words of one name."""

_KOREAN_DOUBLES = ("제갈", "남궁", "황보", "선우", "독고", "사공", "서문", "동방")
_CHINESE_DOUBLES = tuple(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 东方 東方 皇甫 尉迟 公孙 公孫 令狐 慕容 夏侯".split()  # noqa: SIM905
)

_JAPANESE_TITLES = "さん|様|さま|氏|君|くん|ちゃん"
_TITLES = (
    "先生|女士|小姐|太太|夫人|老师|老師|医生|醫生|博士|教授|经理|經理|总|總|同学|同學|"
    + _JAPANESE_TITLES
)
"""Titles that make a family name of one letter before them a mention."""


def foreign(piece: str) -> bool:
    """Return True if a part of a name is not in Latin letters."""
    return not piece.isascii() and not any("a" <= letter <= "z" for letter in fold(piece))


def sounding(words: Sequence[Word], name: str) -> Iterator[tuple[str, int]]:
    """Yield the Latin words that sound like a Korean, Indian, Arabic or Hebrew name, with the part
    of the name.
    """
    if unspaced(name):
        yield from _korean_in_latin(name)
        return
    pieces = name.split()
    sounds = {
        sound(piece): int(at > 0)
        for at, piece in reversed(list(enumerate(pieces)))
        if foreign(piece)
    }
    sounds |= {
        sound(one + two): int(at > 0)
        for at, (one, two) in enumerate(pairwise(pieces))
        if foreign(one + two)
    }
    heard = [sound(word.fold) if word.fold.isascii() else "" for word in words]
    for at, word in enumerate(words):
        if heard[at] in sounds and _is_heard(
            word, heard[at], {*heard[max(0, at - 1) : at], *heard[at + 1 : at + 2]}, sounds
        ):
            yield word.fold, sounds[heard[at]]


def _is_heard(word: Word, heard: str, beside: set[str], sounds: Mapping[str, int]) -> bool:
    """Return True if a word has enough consonants to be recognized by them: fewer with a capital,
    or beside another part.
    """
    if word.capital and len(heard) == SHORTEST_SOUND - 1:
        return any(
            other in sounds and other != heard and len(other) >= SHORTEST_SOUND - 1
            for other in beside
        )
    return len(heard) >= (SHORTEST_SOUND if word.capital else SHORTEST_SOUND + 2)


def _korean_in_latin(name: str) -> Iterator[tuple[str, int]]:
    family, given = _korean(name)
    forms = surname_forms(family)
    if forms:
        together = romanized(given)
        yield from ((form, 0) for form in {*together.split("-"), together.replace("-", "")})
        yield from ((form, 1) for form in forms)


def _korean(name: str) -> tuple[str, str]:
    """Return family name and given name of a Korean name; empty for other names."""
    family, _, given = name.partition(" ")
    if not given:
        cut = 2 if name.startswith(_KOREAN_DOUBLES) else 1
        family, given = name[:cut], name[cut:]
    return (family, given) if romanized(family) and romanized(given) else ("", "")


_ENDINGS_TEXT = """
а я у ю і и е о ь ові еві єві ом ем єм ім ею ою єю ої іи ои еи ии ыи ого ому его ему им их ими ів ам
ами ах ям ях ями
"""

_CYRILLIC_ENDINGS = frozenset(_ENDINGS_TEXT.split())
"""Endings of Ukrainian and Russian names, in folded form."""

_BEFORE = {
    "arabic": ("وال", "و", "ل", "ب", "ف", "ك"),
    "hebrew": ("ו", "ל", "ב", "ש", "ה", "מ", "כ"),
}
_BEHIND = ("जी", "साहब", "भाई", "ने", "को", "से", "का", "की", "के")


def affixed(word: Word, spelled: Mapping[str, _Part]) -> _Part | None:
    """Return the part of a name that a word consists of, with a prefix or ending of its language:
    Оленою, ومحمد, राहुलजी.
    """
    letter = word.fold[0]
    if "\u0400" <= letter <= "\u04ff":
        return _inflected(word, spelled)
    if "\u0590" <= letter <= "\u06ff":
        before = _BEFORE["hebrew" if letter <= "\u05ff" else "arabic"]
        rests = (word.fold[len(sign) :] for sign in before if word.fold.startswith(sign))
    elif "\u0900" <= letter <= "\u097f":
        rests = (word.fold[: -len(sign)] for sign in _BEHIND if word.fold.endswith(sign))
    else:
        return None
    return next((spelled[rest] for rest in rests if len(rest) > 2 and rest in spelled), None)


def _inflected(word: Word, spelled: Mapping[str, _Part]) -> _Part | None:
    """Return the Cyrillic part of a name whose stem a capitalised word has, with the ending of any
    case.
    """
    if not word.capital:
        return None
    for form, part in spelled.items():
        stem = form[:-1] if form[-1] in "аяоеиіьюу" else form
        if (
            len(stem) > 2
            and word.fold.startswith(stem)
            and word.fold[len(stem) :] in _CYRILLIC_ENDINGS
        ):
            return part
    return None


def hinted_hits(
    text: str, words: Sequence[Word], hint: str, result: str | None, entity: str
) -> Iterator[Span]:
    """Yield runs of capitalised words that begin or end with the letters of ``hint``."""
    letters = "".join(character for character in fold(hint) if character.isalpha())
    if len(letters) < SHORTEST_HINT:
        return
    new = result.split() if result else []
    at = 0
    while at < len(words):
        last = _hinted(text, words, at, letters)
        if last is None:
            at += 1
            continue
        first = at - 1 if at and len(words[at - 1].fold) == 1 and words[at - 1].capital else at
        second = _hinted(text, words, last + 1, letters) if last + 1 < len(words) else None
        both = second is not None and JOINS.match(text[words[last].end : words[last + 1].start])
        end = words[second if both and second is not None else last].end
        part = letters.startswith(words[at].fold) and not both and first == at
        yield Span(
            words[first].start, end, entity, 1.0, new[0] if part and len(new) > 1 else result
        )
        at = (second if both and second is not None else last) + 1


def _hinted(text: str, words: Sequence[Word], at: int, letters: str) -> int | None:
    """Return the last word of a mention that begins at word ``at``: one word, or two joined by a
    hyphen.
    """
    for last in (at + 1, at):
        if last >= len(words) or (
            last > at and text[words[at].end : words[last].start] not in ("-", " ", "'", "’")
        ):
            continue
        spelled = "".join(word.fold for word in words[at : last + 1])
        if len(spelled) >= SHORTEST_HINT and (
            letters.startswith(spelled) or letters.endswith(spelled)
        ):
            return last
    return None


def unspaced_hits(text: str, name: str, result: str | None, entity: str) -> Iterator[Span]:
    """Yield where a name of a script without spaces occurs: whole, or a part of two letters or
    more.
    """
    yield from literal_hits(text, name, entity, result)
    pieces = name.split()
    if len(pieces) == 1:
        pieces = _cut(name)
        if len(name) == 3 and len(pieces) > 1:
            for match in re.finditer(rf"{re.escape(name[:2])}(?={_JAPANESE_TITLES})", text):
                yield Span(match.start(), match.end(), entity, 1.0, result)
        yield from (
            literal_hits(text, " ".join(reversed(pieces)), entity, result)
            if len(pieces) > 1
            else ()
        )
    if len(pieces) < 2:
        return
    yield from literal_hits(text, " ".join(reversed(pieces)), entity, result)
    new = result.split() if result else []
    if result and unspaced(result) != unspaced(name):
        new.reverse()
    for at, piece in enumerate(pieces):
        yield from _piece_hits(
            text, piece, new[at] if len(new) == len(pieces) else result, result, entity
        )


def _piece_hits(
    text: str, piece: str, new: str | None, result: str | None, entity: str
) -> Iterator[Span]:
    if len(piece) < 2:
        for match in (
            re.finditer(rf"{re.escape(piece)}(?={_TITLES})", text) if unspaced(piece) else ()
        ):
            yield Span(match.start(), match.end(), entity, 1.0, new)
        return
    for span in literal_hits(text, piece, entity, new):
        initial = re.search(r"\w\.[ \u3000]?$", text[: span.start])
        yield replace(span, start=initial.start(), replacement=result) if initial else span


def _cut(name: str) -> list[str]:
    """Return family and given name of a Korean, Chinese or Japanese name without a space; the whole
    name if unclear.
    """
    if 3 <= len(name) <= 5 and "\uac00" <= name[0] <= "\ud7a3":
        cut = 2 if name.startswith(_KOREAN_DOUBLES) else 1
    elif 2 <= len(name) <= 4 and all(
        "\u3400" <= letter <= "\u9fff" or letter == "々" for letter in name
    ):
        cut = 2 if len(name) == 4 or name.startswith(_CHINESE_DOUBLES) else 1
    else:
        return [name]
    return [name[:cut], name[cut:]]
