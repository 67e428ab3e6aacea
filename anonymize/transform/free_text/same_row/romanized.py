"""Represents names in other scripts by their sound, precisely enough to recognize them in Latin
letters.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

SHORTEST_SOUND = 3
"""Minimum consonants of a word that is recognized by them."""

_LEADS = "g kk n d tt r m b pp s ss - j jj ch k t p h".split()  # noqa: SIM905
_VOWELS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()  # noqa: SIM905
_TAILS = "- k k k n n n t l k m l l l p l m p p t t ng t t k t p t".split()  # noqa: SIM905

_SURNAMES_TEXT = (
    "김:kim 이:lee 박:park 최:choi 정:jung 강:kang 조:cho 윤:yoon 임:lim 신:shin 권:kwon 안:ahn"
    " 오:oh"
)
_SURNAMES = dict(pair.split(":") for pair in _SURNAMES_TEXT.split())

_SOUNDS_TEXT = """
क:k ख:k ग:g घ:g च:c छ:c ज:j झ:j ट:t ठ:t ड:d ढ:d ण:n त:t थ:t द:d ध:d न:n प:p फ:p ब:b भ:b म:m य:y र:r
ल:l व:w श:s ष:s स:s ب:b ت:t ث:t ج:j ح:- خ:k د:d ذ:d ر:r ز:s س:s ش:s ص:s ض:d ط:t ظ:s ع:- غ:g ف:f ق:k
ك:k ل:l م:m ن:n ه:- و:- ي:- ى:- ة:- ء:- ב:b ג:g ד:d ז:s ח:- ט:t כ:k ך:k ל:l מ:m ם:m נ:n ן:n ס:s ע:-
פ:p ף:p צ:s ץ:s ק:k ר:r ש:s ת:t
"""
_SOUNDS = dict(pair.split(":") for pair in _SOUNDS_TEXT.split())
_LATIN = {"v": "w", "q": "k", "z": "s", "x": "s"}
_SILENT = frozenset("aeiouhyw-")


@lru_cache(maxsize=1 << 14)
def romanized(name: str) -> str:
    """Return a Korean name in Latin letters, syllables joined by hyphens; empty for other scripts.

    Source: Revised Romanization of Korean; for the most common family names the usual spellings.
    """
    syllables = [
        _syllable(letter) for letter in unicodedata.normalize("NFC", name) if not letter.isspace()
    ]
    return "-".join(syllables) if syllables and all(syllables) else ""


def _syllable(letter: str) -> str:
    place = ord(letter) - 0xAC00
    if not 0 <= place < 11_172:
        return ""
    lead, vowel, tail = place // 588, place % 588 // 28, place % 28
    return (_LEADS[lead] + _VOWELS[vowel] + _TAILS[tail]).replace("-", "")


def surname_forms(name: str) -> tuple[str, ...]:
    """Return the usual spellings of a Korean family name."""
    plain = romanized(name).replace("-", "")
    return tuple(dict.fromkeys(form for form in (_SURNAMES.get(name, ""), plain) if form))


@lru_cache(maxsize=1 << 16)
def sound(word: str) -> str:
    """Return the consonants of a word in Devanagari, Arabic, Hebrew or Latin letters; similar
    sounds get one letter.
    """
    heard = (
        _SOUNDS.get(letter) or _LATIN.get(letter, letter)
        for letter in unicodedata.normalize("NFD", word.lower())
    )
    kept = [
        letter
        for letter in heard
        if letter.isascii() and letter.isalpha() and letter not in _SILENT
    ]
    return "".join(
        letter for at, letter in enumerate(kept) if at == 0 or letter != kept[at - 1]
    ).replace("c", "s")
