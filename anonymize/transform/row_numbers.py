"""A row's phone numbers and dates in its text, in any format."""

from __future__ import annotations

import re
from datetime import date

from anonymize.transform.spans import Span

SHORTEST_PHONE = 7
"""Digits below which a number is too common to be hunted."""

_NUMBER = re.compile(r"\+?\(?\d(?:[\s().\-/\u2010-\u2015\u00a0]{0,3}\d)+")
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|extension)\s*\d{1,6}\s*$", re.IGNORECASE)


def phone_hits(text: str, original: str, result: str | None, entity: str) -> list[Span]:
    """Return where the phone number ``original`` stands in ``text``, with or without country code and trunk zero."""
    cores = _cores(original)
    spans = []
    for match in _NUMBER.finditer(text) if cores else ():
        places = [at for at in range(match.start(), match.end()) if text[at].isdigit()]
        digits = "".join(str(int(text[at])) for at in places)
        for core in cores:
            found = digits.find(core)
            if found < 0:
                continue
            first = 0 if _is_prefix(digits[:found]) else found
            start = match.start() if first == 0 else places[first]
            end = places[found + len(core) - 1] + 1
            opened = text[start] == "(" and ")" not in text[start:end]
            spans.append(Span(start + opened, end, entity, 1.0, result))
            break
    return spans


def _cores(phone: str) -> list[str]:
    """Return the digit strings that any way of writing ``phone`` contains, longest first."""
    bare = _EXTENSION.sub("", phone).replace("(0)", "")
    digits = "".join(str(int(character)) for character in bare if character.isdecimal())
    international = bare.lstrip(" (").startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    drops = range(4) if international else (0, 1) if len(digits) == 11 and digits[0] == "1" else (0,)
    return [digits[drop:] for drop in drops if len(digits[drop:].lstrip("0")) >= SHORTEST_PHONE]


def _is_prefix(digits: str) -> bool:
    """Return whether ``digits`` may stand before a national number: a country code, zeros."""
    return len(digits) <= 5 and len(digits.lstrip("0")) <= 4


_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905


def date_hits(text: str, original: str, result: str | None, entity: str) -> list[Span]:
    """Return where the day of ``original`` stands in ``text``: in figures in any order, or with its month's name."""
    try:
        day = date.fromisoformat(original[:10])
    except ValueError:
        return []
    month = _MONTHS[day.month - 1]
    named = rf"(?:{month}|{month[:3]}\.?)"
    d, m, y = f"0?{day.day}", f"0?{day.month}", rf"(?:{day.year}|{day.year % 100:02d})"
    forms = (
        rf"{day.year}[-/.]?0?{day.month}[-/.]?0?{day.day}",
        rf"{d}[-/. ]{{1,2}}{m}[-/. ]{{1,2}}{y}",
        rf"{m}[-/. ]{{1,2}}{d}[-/. ]{{1,2}}{y}",
        rf"{d}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{named},?\s+{day.year}",
        rf"{named}\s+{d}(?:st|nd|rd|th)?,?\s+{day.year}",
    )
    pattern = rf"(?<!\d)(?:{'|'.join(forms)})(?!\d)"
    places = re.finditer(pattern, text, re.IGNORECASE)
    return [Span(place.start(), place.end(), entity, 1.0, result) for place in places]
