r"""Where one script ends and another begins: what ``\b`` does not see in text without blanks.

Chinese, Japanese, Thai and others write no blanks, Korean, Arabic and the languages of India put
endings and short words next to Latin letters and digits. There an identifier ends where scripts
change, though both sides are letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anonymize.detect.text.disguises import Folded

_OTHER = "[^\\W\\d_\u0000-\u024f\u1e00-\u1eff]"
"""A letter beyond Latin, roughly; ``is_caseless`` and ``is_foreign`` decide."""
_SIGN = "[\u0591-\u20cf\u3099\u309a]"
"""Among others, marks and vowel signs of such scripts."""
_SEAM = re.compile(
    rf"(?:(?<={_OTHER})|(?<={_SIGN}))(?=[A-Za-z0-9+])|(?<=[A-Za-z0-9])(?={_OTHER}|{_SIGN})"
)


@lru_cache(maxsize=16_384)
def is_caseless(char: str) -> bool:
    """Return whether ``char`` is a letter, or a mark upon one, of a script without capitals: Han,
    Arabic, Thai.
    """
    if char < "\u0590":
        return False
    kind = unicodedata.category(char)
    return kind in ("Lo", "Mc") or (
        kind in ("Lm", "Mn") and not unicodedata.name(char, "").startswith("COMBINING")
    )


@lru_cache(maxsize=16_384)
def is_foreign(char: str) -> bool:
    """Return whether ``char`` is a letter of another script than Latin, with capitals or
    without.
    """
    if char < "\u0370":
        return False
    return is_caseless(char) or (
        char.isalpha() and not unicodedata.name(char, "").startswith(("LATIN", "FULLWIDTH"))
    )


def seams(text: str) -> list[int]:
    """Return the places between a letter of another script and a Latin letter or digit, where an
    identifier may end.

    Beside Cyrillic, Greek and other letters that have capitals only digits count: a word of both
    scripts is one word, in disguise perhaps.
    """
    if text.isascii():
        return []
    return [
        match.start()
        for match in _SEAM.finditer(text)
        if is_seam(text[match.start() - 1], text[match.start()])
    ]


def is_seam(before: str, after: str) -> bool:
    """Return whether a script ends between two letters or digits, one of which is Latin or a
    digit.
    """
    if before.isascii() == after.isascii():
        return False
    foreign, plain = (after, before) if before.isascii() else (before, after)
    return is_caseless(foreign) or (not plain.isalpha() and is_foreign(foreign))


def at_seams_apart(text: str) -> Folded | None:
    """Return ``text`` with a blank at every seam and the way back; None where there is none."""
    places = seams(text)
    if not places:
        return None
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for place in places:
        parts += [text[at:place], " "]
        starts += [*range(at, place), place]
        at = place
    parts.append(text[at:])
    starts += range(at, len(text))
    whole = "".join(parts)
    blanks = {place + number for number, place in enumerate(places)}
    ends = [start if i in blanks else start + 1 for i, start in enumerate(starts)]
    return Folded(whole, tuple(starts), tuple(ends))
