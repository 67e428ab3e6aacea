# ruff: noqa: E501
"""Whole postal addresses in text: street with number, box, postcode with town.

A name model finds streets and towns but misses many of the numbers between them. Patterns find
these, in the languages that the shipped model knows. What a pattern alone cannot distinguish from
other words counts only next to a place that the model found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

Place = tuple[int, int]
"""start, end"""

_LETTERS = r"[\w'’-]{0,40}(?:\.(?=\w)[\w'’-]{1,40}){0,3}"
"""The rest of a word, points and dashes in it; bounded, so that each place where a word begins
costs the same.
"""
_CAP = rf"(?-i:[A-ZÀ-ÖØ-ÞĀ-ŽА-ЯΑ-Ω])(?:\.|{_LETTERS})"
_PARTICLE = (
    r"(?:de|del|de la|de las|de"
    r" los|du|des|d['’]|la|le|les|l['’]|di|della|delle|dei|degli|da|do|dos|das|do[ns]?|van|van"
    r" de[nr]?"
    r"|von|vom|zum|zur|der|den|dem|het|'t|ter|ten|im|am|an"
    r" der|św\.?|gen\.?|ks\.?|dr\.?|prof\.?|marsz\.?|of|the|y|e|i|et|und)"
)
_WORDS = (
    rf"(?:{_PARTICLE}[ ]?){{0,3}}(?:{_CAP}|[0-9]{{1,2}}(?= de\b))(?:[ ](?:{_PARTICLE}["
    rf" ]?){{0,3}}{_CAP}){{0,4}}"
)
_NOT_A_HOUSE = (
    r"(?![\w:%€$£°]|[.,][0-9]|["
    r" ](?i:%|€|eur|usd|uhr|km|kg|min|tage?n?|jahre?n?|wochen?|stunden?|days?|years?|hours?|weeks?|months?"
    r"|minut\w*|meters?|metros|people|percent|prozent|mal|times|o'clock|[ap]m|fois|veces|dni|lat|let|dagen|jaar|giorni|anni|dias|anos)\b)"
)
_HOUSE = (
    r"[0-9]{1,4}(?:[a-zA-Z]|[ ](?-i:[A-Db-d])(?![\w'’.]))?(?:[ ]?[-/–]["
    rf" ]?[0-9]{{1,4}}[a-zA-Z]?)?{_NOT_A_HOUSE}"
)
_UNIT = (
    r"(?:,?["
    r" ](?i:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|no|appt|etage|étage|stock|og|wohnung|whg|piso|pta|puerta|esc"
    r"|interno|int|scala|bus|m|lok|apto|andar|bloco|hs|dept|lot)\.?["
    r" ]?#?[0-9]{1,5}[a-zA-Z]?(?!\w)|,?[ ][0-9]{1,2}[ºª°](?:["
    r" ](?i:izq|dcha|der|ctro|[a-f])\b\.?)?|,?[ ]#[ ]?[0-9]{1,5}[a-zA-Z]?(?!\w))?"
)
_NUMBER_SIGN = (
    r"(?:,?[ ](?i:n[.º°o]{1,2}|nº|nr\.?|no\.?|núm\.?|num\.?|número|numero|nummer)[ ]?|,?[ ])"
)
_BEHIND_COMPOUND = r"(?:stra(?:ß|ss)e|str\.?|gasse|allee|chaussee|straat|gracht|laan|kade|singel|dijk|plein|steeg|gatan|vägen|gata|veien|vejen|vej|gade|katu)"
_RISKY_COMPOUND = r"(?:weg|platz|ring|damm|ufer|steig|stieg|pfad|hof|park|berg|markt|wall|graben|dreef|hof|pad|tie|gränd|torget|plads|plass)"
_TYPE_FIRST = (
    r"(?:rue|avenue|av\.|ave\.?|boulevard|boul\.|bd\.?|bld|chemin|impasse|imp\.|all[ée]e|quai|cité|sentier|faubourg|fbg|calle|c/"
    r"|avenida|avda\.?|av|plaza|pza\.?|paseo|pº|camino|carretera|ctra\.?|ronda|travesía|glorieta|pasaje|callejón|v\.le|viale|piazza"
    r"|p\.za|piazzale|corso|c\.so|vicolo|lungomare|contrada|rua|travessa|praça|alameda|estrada|rodovia|beco|ulica|ul\.|ulicy|ulicę|aleja"
    r"|aleje|al\.|alei|plac|placu|osiedle|os\.|osiedlu|rynek|nám\.|náměstí|ул\.|улица|улице|проспект|пр-т|просп\.|переулок|пер\.|вул\.|вулиця"
    r"|вулиці|jalan|jl\.)"
)
_TYPE_BESIDE_PLACE = r"(?:via|place|pl\.|passage|cours|largo|square|route|strada|ch\.|c\.|r\.)"
_PREPOSITION = (
    r"(?:am|an der|an den|im|in der|in den|zum|zur|auf der|auf dem|unter den|hinter der|vor dem|bei"
    r" der|op de|aan de)"
)
_ENGLISH = (
    r"(?:street|st|road|rd|avenue|ave|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|square|sq|terrace|ter|way|highway|hwy|parkway|pkwy"
    r"|circle|cir|trail|close|crescent|cres|grove|gardens|gdns|mews|walk|row|hill|alley|plaza|loop|turnpike|rise|quay|wharf|parade|esplanade)"
)
_BOX = (
    r"(?:p\.?[ ]?o\.?[ ]?box|post office box|gpo box|private bag|locked"
    r" bag|postfach|postbus|bo[iî]te postale|(?-i:B\.P\.)|apartado(?: postal| de correos)?"
    r"|(?-i:Apdo\.?)|casella postale|caixa postal|skrytka pocztowa|skr\."
    r" poczt\.|postboks|postbox|postilokero|case postale|a/я|абонентский ящик)"
    r"(?:[ ](?:no|nr|n°|nº|num)\.?)?[ #:]{1,2}[0-9]{1,4}(?:[ ]?[0-9]{2,4})?(?![\w])"
)
_UK = r"(?-i:[A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2})"
_CODE = (
    r"(?:(?:(?-i:[A-Z]{1,3})-)?(?:[0-9]{5}(?:-[0-9]{3,4})?|[0-9]{2}-[0-9]{3}|[0-9]{4}-[0-9]{3}|[0-9]{4}["
    r" ]?(?-i:[A-Z]{2})|[0-9]{3}["
    rf" ][0-9]{{2}}|[0-9]{{6}}|[0-9]{{4}})|{_UK}|(?-i:[A-Z][0-9][A-Z][ -]?[0-9][A-Z][0-9]))"
)
_SURE_CODE = (
    r"(?:(?:(?-i:[A-Z]{1,3})-)?(?:[0-9]{5}(?:-[0-9]{3,4})?|[0-9]{2}-[0-9]{3}|[0-9]{4}-[0-9]{3}|[0-9]{4}["
    rf" ]?(?-i:[A-Z]{{2}}))|(?-i:[A-Z]{{1,3}})-[0-9]{{4}}|{_UK}|(?-i:[A-Z][0-9][A-Z]["
    r" -]?[0-9][A-Z][0-9]))"
)
_TOWN = rf"{_CAP}(?:(?:[ ]|[ ]?-[ ]?)(?:{_PARTICLE}[ ])?{_CAP}){{0,2}}"
_SEPARATOR = re.compile(r"[ ]{1,2}|,[ ]{0,2}|\n|,\n|[ ][-–|/][ ]|\.[ ](?=[0-9])|;[ ]")


_NUMBER = re.compile(r"(?<![^\W_])[0-9]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_OUTWARD = re.compile(r"(?<![\w])[A-Z]{1,2}[0-9][A-Z0-9]?$")
_INWARD = re.compile(r" [0-9][A-Z]{2}(?!\w)")
_OPENS = re.compile(r"(?:^|[,;:\n(]\s?|\b(?:in|à|en|te|w|em|a|at|aus|nach|from|near)\s)$")


@lru_cache(maxsize=1)
def _sure() -> re.Pattern[str]:
    """Return the pattern of streets and boxes that need no place beside them."""
    capital = r"(?<!\w)(?-i:[A-ZÀ-ÖØ-Þ])"
    compound = rf"{capital}{_LETTERS}(?:[ ]{_CAP}){{0,2}}{_BEHIND_COMPOUND}[ ]?{_HOUSE}"
    apart = (
        rf"(?<!\w){_CAP}(?:[ ]{_CAP}){{0,2}}[ -](?-i:Str(?:aße|asse|\.)|Gasse|Allee)[ ]?{_HOUSE}"
    )
    first = rf"(?<!\w){_TYPE_FIRST}[ ]?{_WORDS}{_NUMBER_SIGN}{_HOUSE}{_UNIT}"
    french = (
        rf"(?<![\w.,/-])[0-9]{{1,4}}(?:[ ]?(?:bis|ter|quater)|[a-d])?,?["
        rf" ](?:rue|avenue|av\.|boulevard|bd\.?|place|chemin|impasse"
        rf"|all[ée]e|quai|route|cours|passage|square)[ ]{_WORDS}"
    )
    english = (
        rf"(?<![\w.,/:-])[0-9]{{1,5}}[a-zA-Z]?["
        rf" ](?-i:(?:(?:North|South|East|West|[NSEW]|NE|NW|SE|SW)\.?[ ])?"
        r"(?:[A-Z][\w'’.-]{0,40}[ ]|[0-9]{1,3}(?:st|nd|rd|th)["
        rf" ]){{1,4}}(?=[A-Z])){_ENGLISH}(?!\w)(?:\.(?=[\s,]))?(?-i:["
        rf" ](?:[NS][EW]?|[EW])(?!\w))?{_UNIT}"
    )
    return re.compile(rf"(?i){compound}|{apart}|{french}|{english}|(?<!\w){_BOX}|{first}")


@lru_cache(maxsize=1)
def _beside_a_place() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of streets that are as often other words: they count beside a place, or
    before a town.
    """
    capital = r"(?<!\w)(?-i:[A-ZÀ-ÖØ-Þ])"
    compound = rf"{capital}[\w'’-]{{2,40}}{_RISKY_COMPOUND}[ ]{_HOUSE}"
    first = rf"(?<!\w){_TYPE_BESIDE_PLACE}[ ]{_WORDS}{_NUMBER_SIGN}{_HOUSE}{_UNIT}"
    box = r"(?<!\w)(?-i:BP|CP|C\.P\.|Pf\.|PF)[ ][0-9]{1,5}(?!\w)"
    named_so = rf"(?<!\w){_PREPOSITION}[ ]{_WORDS}[ ]{_HOUSE}"
    return re.compile(rf"(?i){compound}|{first}|{box}"), re.compile(rf"(?i){named_so}")


@lru_cache(maxsize=1)
def _behind() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of a postcode before a place, one behind it, town behind street, number
    behind a place.
    """
    before = re.compile(rf"(?i)(?<![\w.,/-])(?P<code>{_CODE})[ ,]{{1,2}}$")
    behind = re.compile(rf"(?i)(?:,?[ ]{{1,2}}(?-i:[A-Z]{{2}}))?,?[ ]{{1,2}}{_SURE_CODE}(?![\w-])")
    town = re.compile(rf"(?i)(?:,[ ]?|[ ]|,?\n|[ ][-–][ ])(?P<code>{_CODE})[ ](?P<town>{_TOWN})")
    number = re.compile(rf"(?i),?[ ]{_HOUSE}{_UNIT}(?=,?[ \n]{{1,2}}{_CODE}[ ]{_CAP})")
    return before, behind, town, number


def whole_addresses(text: str, places: Sequence[Place]) -> list[Place]:
    """Return the addresses in ``text``: adjacent places, streets, postcodes and towns, joined.

    ``places`` are those that the name model found. Only results that are more than one of them
    alone are returned.
    """
    if not any(map(str.isdigit, text)):
        return []
    before, behind, town, number = _behind()
    wider: list[Place] = []
    for start, end in sorted({*places, *(match.span() for match in _sure().finditer(text))}):
        start, end = _whole_token(text, start, end)
        if more := number.match(text, end):
            end = more.end()
        if (
            (after := town.match(text, end))
            and _has_digit(text, start, end)
            and _is_town(after, places)
        ):
            end = after.end()
        elif ahead := before.search(text, max(0, start - 12), start):
            start = ahead.start() if _is_code(text, ahead) else start
        if code := behind.match(text, end):
            end = code.end()
        wider.append((start, end))
    either, before_a_town = _beside_a_place()
    wider += [
        match.span() for match in either.finditer(text) if _is_beside(text, match, wider, town)
    ]
    wider += [m.span() for m in before_a_town.finditer(text) if _is_named(text, m, places, town)]
    return [one for one in _together(text, sorted(wider)) if one not in places]


def _has_digit(text: str, start: int, end: int) -> bool:
    return _NUMBER.search(text, start, end) is not None


def _whole_token(text: str, start: int, end: int) -> Place:
    """Return a place with the rest of the postcode that it begins or ends in."""
    if text[start].isdigit() and (
        ahead := re.compile(r"(?<![\w.,/])[0-9][0-9-]{0,6}$").search(text, max(0, start - 8), start)
    ):
        start = ahead.start()
    while end < len(text) and text[end - 1].isdigit() and text[end].isdigit():
        end += 1
    if _OUTWARD.search(text, start, end) and (inward := _INWARD.match(text, end)):
        end = inward.end()
    return start, end


def _is_town(after: re.Match[str], places: Sequence[Place]) -> bool:
    """Return whether number and word behind a street are postcode and town: a year is not, but
    before a place.
    """
    if not _YEAR.fullmatch(after["code"]):
        return True
    return any(low < after.end() and after.start("town") < high for low, high in places)


def _is_code(text: str, ahead: re.Match[str]) -> bool:
    """Return whether a number before a place is its postcode: four digits where something begins,
    and no year.
    """
    code, opens = (
        ahead["code"],
        _OPENS.search(text, max(0, ahead.start() - 6), ahead.start()) is not None,
    )
    digits = sum(map(str.isdigit, code))
    if digits != len(code):
        return True
    return opens and digits < 6 and not _YEAR.fullmatch(code)


def _is_named(
    text: str, match: re.Match[str], places: Sequence[Place], town: re.Pattern[str]
) -> bool:
    """Return whether a street begins with a place's first word, or a postcode and town follow
    it.
    """
    if after := town.match(text, match.end()):
        return not _YEAR.fullmatch(after["code"])
    return any(low <= match.start() < high for low, high in places)


def _is_beside(
    text: str, match: re.Match[str], places: Sequence[Place], town: re.Pattern[str]
) -> bool:
    """Return whether a street touches a place, or a postcode and town follow it."""
    end = match.end()
    return _is_named(text, match, places, town) or any(
        end <= low <= end + 2 and text[end:low].strip(" ") in (",", "") for low, _ in places
    )


def _together(text: str, parts: Sequence[Place]) -> list[Place]:
    """Return ``parts`` with those joined that overlap, or that are adjacent if one of them has a
    number.
    """
    joined: list[Place] = []
    for start, end in parts:
        if joined:
            low, high = joined[-1]
            near = start > high and _SEPARATOR.fullmatch(text, high, start) is not None
            if start < high or (
                near and (_has_digit(text, low, high) or _has_digit(text, start, end))
            ):
                joined[-1] = (low, max(high, end))
                continue
        joined.append((start, end))
    return joined
