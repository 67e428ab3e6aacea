"""Finds a row's phone numbers and ids in its text, in any format."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from anonymize.transform.free_text.spans import Span

SHORTEST_PHONE = 7
"""Minimum digits of a number; shorter ones are too common."""

SHORTEST_LOCAL = 6
"""Minimum digits of a number without its area code; shorter ones are too common."""

_NUMBER = re.compile(
    r"\+?\(?\d(?:[\s().\-/_*~·•∙\u00a0\u00ad\u200b-\u200f\u2010-\u2015\u2060\u2212]{0,3}\d)+"
)
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|extension)\s*\d{1,6}\s*$", re.IGNORECASE)


def phone_hits(text: str, original: str, result: str | None, entity: str) -> list[Span]:
    """Return where the phone number ``original`` occurs in ``text``, with or without country code
    and trunk zero.
    """
    cores = [*_cores(original), *_without_area(original)]
    spans = []
    for match in _NUMBER.finditer(text) if cores else ():
        places = [at for at in range(match.start(), match.end()) if text[at].isdigit()]
        digits = "".join(str(int(text[at])) for at in places)
        for core in cores:
            found = _found(digits, core, places)
            if found is None:
                continue
            first = 0 if _is_prefix(digits[:found]) else found
            start = match.start() if first == 0 else places[first]
            end = places[found + len(core) - 1] + 1
            opened = text[start] == "(" and ")" not in text[start:end]
            spans.append(Span(start + opened, end, entity, 1.0, result))
            break
    return spans


def _found(digits: str, core: str, places: list[int]) -> int | None:
    """Return where ``core`` is among the digits of one number, with no other adjacent digits except
    a prefix.
    """
    first = digits.find(core)
    while first >= 0:
        last = first + len(core) - 1
        ends = last + 1 == len(digits) or places[last + 1] > places[last] + 1
        starts = first == 0 or places[first] > places[first - 1] + 1 or _is_prefix(digits[:first])
        if ends and starts:
            return first
        first = digits.find(core, first + 1)
    return None


def _cores(phone: str) -> list[str]:
    """Return the digit strings that are in all ways of writing ``phone``, longest first."""
    bare = _EXTENSION.sub("", phone).replace("(0)", "")
    digits = "".join(str(int(character)) for character in bare if character.isdecimal())
    international = bare.lstrip(" (").startswith("+") or digits.startswith("00")
    digits = digits.lstrip("0")
    drops = (
        range(4) if international else (0, 1) if len(digits) == 11 and digits[0] == "1" else (0,)
    )
    return [digits[drop:] for drop in drops if len(digits[drop:].lstrip("0")) >= SHORTEST_PHONE]


def _without_area(phone: str) -> list[str]:
    """Return the digits of ``phone`` as dialled within its area: without the groups before the last
    two.

    Of ten digits without groups the last seven, as in North America. Empty if there are fewer than
    ``SHORTEST_LOCAL``.
    """
    bare = _EXTENSION.sub("", phone).replace("(0)", " ")
    groups = re.findall(r"\d+", bare)
    digits = "".join(groups)
    abroad = bare.lstrip(" (").startswith(("+", "00"))
    if (len(digits) == 11 and digits[0] == "1") or (
        len(digits) == 10 and not abroad and digits[0] != "0"
    ):
        local = digits[-7:]
    else:
        named = groups[1:] if abroad else groups
        local = "".join(named[1:]) if len(named) > 1 else ""
    return [local] if SHORTEST_LOCAL <= len(local) < len(digits) else []


def _is_prefix(digits: str) -> bool:
    """Return True if ``digits`` may precede a national number: a country code, zeros."""
    return len(digits) <= 5 and len(digits.lstrip("0")) <= 4


SHORTEST_ID = 5
"""Minimum letters and digits of an id that is found inside a longer word."""


def id_hits(text: str, original: str, result: str | None, entity: str) -> list[Span]:
    """Return where an id occurs next to other letters, or its long number without the letters
    before it.
    """
    groups = re.findall(r"[^\W\d_]+|\d+", original.casefold())
    if sum(map(len, groups)) < SHORTEST_ID or not any(group.isdigit() for group in groups):
        return []
    alone = (
        [groups[-1]]
        if len(groups) == 2 and groups[-1].isdigit() and len(groups[-1]) >= SHORTEST_ID
        else []
    )
    folded = text.casefold()
    wanted = [form for form in (groups, alone) if form and all(group in folded for group in form)]
    places = (place for form in wanted for place in _id_pattern(tuple(form)).finditer(text))
    exact = [Span(place.start(), place.end(), entity, 1.0, result) for place in places]
    return exact or list(_mistyped(text, original, entity))


def _mistyped(text: str, original: str, entity: str) -> Iterator[Span]:
    """Yield where a long id occurs with one wrong digit, or two neighbours exchanged.

    It is replaced by a label, because the id's own result would state that both are the same.
    """
    wanted = "".join(filter(str.isalnum, original)).casefold()
    if len(wanted) < SHORTEST_MISTYPED or sum(map(str.isdigit, wanted)) < SHORTEST_MISTYPED:
        return
    for run in _RUNS.finditer(text):
        groups = list(_GROUP.finditer(text, run.start(), run.end()))
        for first, group in enumerate(groups):
            found = ""
            for last in groups[first:]:
                found += last.group().casefold()
                if len(found) >= len(wanted):
                    if len(found) == len(wanted) and _one_slip(found, wanted):
                        yield Span(group.start(), last.end(), entity, 1.0, None)
                    break


def _one_slip(found: str, wanted: str) -> bool:
    """Return True if two texts of one length differ in one character, or in two exchanged
    neighbours.
    """
    differ = [at for at, (a, b) in enumerate(zip(found, wanted, strict=True)) if a != b]
    if len(differ) == 1:
        return True
    return (
        len(differ) == 2
        and differ[1] == differ[0] + 1
        and found[differ[0]] == wanted[differ[1]]
        and (found[differ[1]] == wanted[differ[0]])
    )


SHORTEST_MISTYPED = 8
"""Minimum digits of an id that is found with one wrong digit. Few other ids of that length differ
in one digit by chance.
"""
_GROUP = re.compile(r"[^\W_]+")
_RUNS = re.compile(r"(?<![^\W_])[^\W_]*\d[^\W_]*(?:[ \-./][^\W_]*\d[^\W_]*)*")


@lru_cache(maxsize=4096)
def _id_pattern(groups: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of an id with these letters and numbers, not inside a longer word or
    number.
    """
    before, behind = (
        r"\d" if group.isdigit() else r"[^\W\d_]" for group in (groups[0], groups[-1])
    )
    decimals = r"(?<!\d[.,])" if groups[0].isdigit() else ""
    form = r"[\s\-_./#:]{0,2}".join(map(re.escape, groups))
    return re.compile(rf"(?<!{before}){decimals}{form}(?!{behind})(?![.,]\d)", re.IGNORECASE)
