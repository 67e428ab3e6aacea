"""Text in plain Latin letters, with the way back to its own: disguises undone, other scripts
written by sound.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_CYRILLIC = (
    "а a б b в v г g ґ g д d е e ё yo є ye ж zh з z и i і i ї yi й y к k л l м m н n о o п p р r с"
    " s т t у u ў u ф f х kh ц ts ч ch ш sh щ shch ъ _ ы y ь _ э e ю yu я ya ђ dj ј j љ lj њ nj ћ c"
    " џ dz ѓ g ќ k ѕ s"
)
_GREEK = (
    "α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch"
    " ψ ps ω o"
)
_LATIN = (
    "ł l ø o đ d ð d ß ss æ ae œ oe ı i þ th ħ h ŧ t ŋ n ĸ k ə e ʻ ' ʼ ' ’ ' ‘ ' ‚ ' ′ ' "
    '“ " ” " „ " « " » " – - — - ‐ - ‑ - − - ⁃ -'
)
_LOOKALIKE = (
    "а a в b е e ё e к k м m н h о o р p с c т t у y х x і i ї i ј j ѕ s ԁ d һ h ԛ q ԝ w ʏ y "
    "α a β b ε e η n ι i κ k ν v ο o ρ p τ t υ u χ x ω w γ y σ o ɡ g ɑ a ı i ꞵ b ո n օ o ս u ց g"
)


_HEBREW = (
    "א a ב b ג g ד d ה h ו v ז z ח h ט t י y כ k ך k ל l מ m ם m נ n ן n ס s ע a פ p ף f צ ts ץ ts"
    " ק k ר r ש sh ת t"
)
_ARABIC = (
    "ا a ب b ت t ث th ج j ح h خ kh د d ذ dh ر r ز z س s ش sh ص s ض d ط t ظ z ع a غ gh ف f ق q ك k ل"
    " l م m ن n ه h و w ي i ى a ة a ء _ پ p چ ch ژ zh گ g ک k ی i ہ h ے e ں n ڈ d ٹ t ڑ r"
)
_JAMO = (
    "g kk n d tt r m b pp s ss _ j jj ch k t p h a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi"
    " yu eu ui i k k k n n n t l k m l l l p l m p p t t ng t t k t p t"
)
_JAMO_AT = (*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3))
_BRAHMIC = (
    "DEVANAGARI",
    "BENGALI",
    "GURMUKHI",
    "GUJARATI",
    "ORIYA",
    "TAMIL",
    "TELUGU",
    "KANNADA",
    "MALAYALAM",
)
_SYLLABIC = ("HIRAGANA", "KATAKANA", "ETHIOPIC")


def _pairs(text: str) -> dict[str, str]:
    words = text.split()
    table = {a: b.replace("_", "") for a, b in zip(words[::2], words[1::2], strict=True)}
    return table | {
        a.upper(): b.capitalize()
        for a, b in table.items()
        if len(a.upper()) == 1 and a.upper() != a
    }


_SPOKEN = _pairs(_CYRILLIC) | _pairs(_GREEK) | _pairs(_HEBREW) | _pairs(_ARABIC)
_SPOKEN |= {
    chr(code): sound.replace("_", "") for code, sound in zip(_JAMO_AT, _JAMO.split(), strict=True)
}
_SIMPLE = _pairs(_LATIN)
_SEEN_AS = _pairs(_LOOKALIKE) | dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
_HIDDEN = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0\ufeff")
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_SPACED_OUT = re.compile(r"(?<![^\W_])[^\W\d_](?:([ ._*-])[^\W\d_])(?:\1[^\W\d_]){2,}(?![^\W_])")
_LOOSE_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?= [^\W\d_])|(?<=[^\W\d_] )-(?=[^\W\d_])")
_MIXED_WORD = re.compile(r"[^\W\d_]+")
_CASELESS_WORD = re.compile(r"[^\W\d_\u0000-\u058f][\w\u0900-\u0dff]*")
_LATIN_LETTER = re.compile(r"[A-Za-z]")


@lru_cache(maxsize=1 << 16)
def _fold_letter(letter: str) -> str:
    """Return the plain form of one code point: compatibility form, no marks, nothing for what
    cannot be seen.
    """
    if sound := _sound(letter):
        return sound
    if letter in _HIDDEN or unicodedata.category(letter) in ("Cf", "Mn", "Me"):
        return ""
    if letter in _SIMPLE:
        return _SIMPLE[letter]
    plain = "".join(
        c
        for c in unicodedata.normalize("NFKD", letter)
        if unicodedata.category(c) not in ("Mn", "Me", "Cf")
    )
    if plain == letter and (unicodedata.category(letter) == "So" or letter in _SKIN_TONES):
        return " "
    folded = "".join(_SIMPLE.get(c) or _SPOKEN.get(c, c) for c in plain)
    return " " if folded and folded.isspace() and letter not in "\n\r\t" else folded


def _sound(letter: str) -> str:
    """Return what Unicode's own name says a Brahmic, Japanese or Ethiopic letter sounds like; empty
    for others.
    """
    script, _, rest = unicodedata.name(letter, "").partition(" ")
    if script in _SYLLABIC and rest.startswith(("LETTER ", "SYLLABLE ")):
        return rest.split()[-1].lower()
    if script not in _BRAHMIC or not rest.startswith(("LETTER ", "VOWEL SIGN ")):
        return ""
    sound = re.sub(r"(.)\1", r"\1", rest.split()[-1].lower())
    return sound.removesuffix("a") or "a"


def _as_names(text: str) -> dict[int, str]:
    """Return the plain form of letters of words in scripts without capitals, where they stand among
    Latin words.

    Such a word in a Latin text, or in a text of a few words, is nearly always a name: it is written
    with a capital. Letters whose sound is not known here (Chinese, Thai) become the letters of one
    made-up name.
    """
    words = [
        match
        for match in _CASELESS_WORD.finditer(text)
        if unicodedata.category(match.group()[0]) == "Lo"
    ]
    if not words:
        return {}
    foreign = sum(match.end() - match.start() for match in words)
    latin = len(_LATIN_LETTER.findall(text))
    if foreign > latin and len(text.split()) > 4:
        return {}
    plain: dict[int, str] = {}
    for match in words:
        for at, letter in enumerate(match.group()):
            sound = _fold_letter(letter)
            if not sound.isascii():
                sound = ("li", "wei", "n")[min(at, 2)] if latin else sound
            plain[match.start() + at] = sound.capitalize() if at == 0 else sound
    return plain


def fold(text: str) -> tuple[str, NDArray[np.int32] | None]:
    """Return ``text`` in plain letters, and where each of its code points came from.

    Full-width and mathematical letters become plain, marks and invisible characters vanish, and
    emoji become blanks: glued to a name they hide it.
    Cyrillic and Greek letters are written by look inside Latin words, by sound elsewhere, as are
    Arabic, Hebrew, Hangul, kana, Ethiopic and nine scripts of India. Four or more single letters
    with one and the same mark between them are closed up, a hyphen with a blank on one side is left
    out. The way back is None where every code point stays in its place.
    """
    skipped = {
        match.start() + at
        for match in _SPACED_OUT.finditer(text)
        for at in range(1, len(match.group()), 2)
    }
    skipped |= {match.start() for match in _LOOSE_HYPHEN.finditer(text)}
    if text.isascii() and not skipped:
        return text, None
    seen_as, letters_of = _as_names(text), set(text)
    for word in () if letters_of.isdisjoint(_SEEN_AS) else _MIXED_WORD.finditer(text):
        letters = word.group()
        if not letters.isascii() and _LATIN_LETTER.search(letters):
            seen_as.update(
                {
                    word.start() + at: _SEEN_AS[c]
                    for at, c in enumerate(letters)
                    if c in _SEEN_AS and c not in _SIMPLE
                }
            )
    if not seen_as and not skipped:
        plain_of = {ord(letter): _fold_letter(letter) for letter in letters_of if letter >= "\x80"}
        if all(len(plain) == 1 for plain in plain_of.values()):
            return text.translate(plain_of), None
    out: list[str] = []
    origin: list[int] = []
    for at, letter in enumerate(text):
        if at in skipped:
            continue
        plain = letter if letter < "\x80" else seen_as.get(at, _fold_letter(letter))
        out.append(plain)
        origin.extend([at] * len(plain))
    return "".join(out), np.array(origin, dtype=np.int32)
