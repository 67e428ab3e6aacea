"""Finds a row's dates in its text: as numbers in any order, or with the month's name in ten
languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from anonymize.transform.free_text.spans import Span

_MONTHS_TEXT = """
january february march april may june july august september october november december
januar februar märz april mai juni juli august september oktober november dezember
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
januari februari maart april mei juni juli augustus september oktober november december
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
"""

_MONTHS = [line.split() for line in _MONTHS_TEXT.strip().splitlines()]
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "twenty first",
    "twenty second",
    "twenty third",
    "twenty fourth",
    "twenty fifth",
    "twenty sixth",
    "twenty seventh",
    "twenty eighth",
    "twenty ninth",
    "thirtieth",
    "thirty first",
]
_NO_MORE = r"(?![\w'’]|[\s\-/,.]*['’]?\d)"
"""No letter, year, other number or time follows."""
_FIGURES = re.compile(r"^\s*(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4})(?:\D|$)")


def date_hits(text: str, original: str, result: str | None, entity: str) -> list[Span]:
    """Return where the day of ``original``, in ISO 8601 or as numbers, occurs in ``text``."""
    found = []
    for day in _days(original):
        found += [
            Span(place.start(), place.end(), entity, 1.0, result)
            for place in _pattern(day).finditer(text)
        ]
    return found


def _days(original: str) -> Iterator[date]:
    """Yield the day of ``original``; both days if either number may be the month."""
    try:
        yield date.fromisoformat(original.strip()[:10])
    except ValueError:
        match = _FIGURES.match(original)
        if match:
            first, second, year = map(int, match.groups())
            yield from (
                date(year, m, d)
                for d, m in {(first, second), (second, first)}
                if m <= 12 and _exists(year, m, d)
            )


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def _pattern(day: date) -> re.Pattern[str]:
    english = _MONTHS[0][day.month - 1]
    names = sorted({language[day.month - 1] for language in _MONTHS}, key=len, reverse=True)
    named = rf"(?:{'|'.join(names)}|{english[:3]}\.?)"
    d, m, y = f"0?{day.day}", f"0?{day.month}", rf"(?:{day.year}|{day.year % 100:02d})"
    spoken = _ORDINALS[day.day - 1].replace(" ", r"[\s-]")
    forms = (
        rf"{day.year}[-/.]?0?{day.month}[-/.]?0?{day.day}",
        rf"{day.year % 100:02d}[-/.]{day.month:02d}[-/.]{day.day:02d}",
        rf"{day.year}\s*[年년]\s*{m}\s*[月월]\s*{d}\s*[日일]",
        rf"{d}[-/. ]{{1,2}}{m}[-/. ]{{1,2}}{y}",
        rf"{m}[-/. ]{{1,2}}{d}[-/. ]{{1,2}}{y}",
        rf"(?:{d}(?:st|nd|rd|th|er|[.ºª°])?|{spoken})[\s\-/]*(?:(?:of|de|di|den|d[’'])\s*)?{named}(?:[\s\-/,]*|,?\s+(?:del?|di|of)\s+)['’]?{y}",
        rf"{named}[\s\-/]*(?:the\s+)?(?:{d}(?:st|nd|rd|th)?|{spoken})[\s\-/,]+['’]?{y}",
        rf"{d}[-/. ]{{1,2}}{_ROMAN[day.month - 1]}[-/. ]{{1,2}}{y}",
    )
    of_year = (
        rf"{d}\.\s?{m}\.(?!\s?\d)",
        rf"{day.day:02d}/{day.month:02d}(?![/\d])",
        rf"{day.month:02d}/{day.day:02d}(?![/\d])",
        rf"(?:{d}(?:st|nd|rd|th|er|[.ºª°])?|{spoken})[\s\-/]*(?:(?:of|de|di|den|d[’'])\s*)?{named}{_NO_MORE}",
        rf"{named}[\s\-/]*(?:the\s+)?(?:{d}(?:st|nd|rd|th)?|{spoken}){_NO_MORE}",
    )
    return re.compile(
        rf"(?<!\d)(?:{'|'.join(forms)}|(?<![\d.,/-])(?:{'|'.join(of_year)}))(?!\d)", re.IGNORECASE
    )
