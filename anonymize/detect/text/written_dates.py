# ruff: noqa: E501
"""Dates as people write them: with a month's name in the languages served, with 年月日, with ordinals,
years of birth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from anonymize.detect.text.own_rules import OwnRule, Shape
from anonymize.detect.words import word_set

_NAMES = """
    january february march april may june july august september october november december
    januar jänner februar feber märz maerz mai juni juli oktober dezember
    janvier février fevrier mars avril juin juillet août aout septembre octobre novembre décembre decembre
    enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
    janeiro fevereiro março marco maio junho julho setembro outubro novembro dezembro
    januari februari maart mei augustus
    stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
    styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień
    augusti marts maj tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta
    lokakuuta marraskuuta joulukuuta ledna února března dubna května června července srpna září října listopadu prosince
    januára februára apríla mája júna júla augusta septembra októbra novembra decembra
    január február március április május június július augusztus szeptember október
    ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie decembrie
    ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
    января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
    януари февруари март април май юни юли август септември октомври ноември декември
    ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου μαίου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου
    siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna studenoga prosinca
    januarja februarja aprila junija julija avgusta oktobra
    agustus desember maret
    يناير فبراير مارس أبريل ابريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
    ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר
    जनवरी फ़रवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर सितम्बर अक्टूबर अक्तूबर नवंबर नवम्बर दिसंबर दिसम्बर
"""
_SHORT = (
    "jan feb febr apr jun jul aug sep sept oct nov dec okt dez mär janv févr avr juil déc ene"
    " abr dic"
)
_SHORT_WITH_YEAR = (
    "mar mai ago set out gen mag giu lug ott fev mrt sty lut kwi cze lip sie wrz paź lis gru"
)
_WORDS_ELSEWHERE = word_set("may march mar mars marco mart luty set out ago gen lug lis jun")
"""Months that are a word as well where they are written small."""
_DAY = "(?:3[01]|[12][0-9]|0?[1-9]|[०-९٠-٩۰-۹]{1,2})"
_YEAR = "(?:(?:1[5-9]|20)[0-9][0-9]|[०-९٠-٩۰-۹]{4})"
_BETWEEN = "[ \\u00a0]"
_LEFT = r"(?<![0-9A-Za-z_])(?<![0-9][-./:,])"
_RIGHT = r"(?![0-9A-Za-z_])"
_OF = rf"{_BETWEEN}(?:(?:of|de|del|di|do|da|d[’'])[ ]?)?"
_ORDINAL = r"(?:st|nd|rd|th|\.|er|ère|re|[ºª°]|e|ο|η|-?го)?"
_SECOND = rf"(?:{_BETWEEN}?[-–/]{_BETWEEN}?|,?{_BETWEEN}(?:and|to|or|und|bis|et|au|y|al|a|e|i|och|og|en|t/m|do)(?:{_BETWEEN}the)?{_BETWEEN})"
_SPOKEN = (
    "(?:twenty-|thirty-)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|tenth|eleventh|twelfth"
    "|(?:thir|four|fif|six|seven|eigh|nine)teenth|twentieth|thirtieth"
)
BORN = (
    r"born|né|née|geb\.?|geboren|jahrgang|nacid[oa]|nat[oa]|nascid[oa]|urodzon[ya]|född|født|syntynyt|narozen[aý]?"
    r"|doğumlu|рожд(?:ения|[её]нн?[аы]?й?)|(?:date|year) of birth|DOB|geburtsjahr|birth year"
)
"""Words before a year or date of birth."""


def _month(names: Iterable[str]) -> str:
    """Return the pattern of ``names``; Latin ones apart, so that no choice is of more than
    ``pattern_tree.MANY``.
    """
    latin = {name for name in names if name[0].isascii()}
    return rf"(?:{_tree(latin)}|{_tree(set(names) - latin)})\.?"


def _tree(names: Iterable[str]) -> str:
    """Return a pattern of ``names`` that shares their beginnings: it compiles and runs faster than
    a list of them.
    """
    by_first: dict[str, set[str]] = {}
    for name in names:
        by_first.setdefault(name[:1], set()).add(name[1:])
    if set(by_first) <= {""}:
        return ""
    branches = [re.escape(first) + _tree(rest) for first, rest in sorted(by_first.items()) if first]
    whole = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{whole})?" if "" in by_first else whole


def _is_written(text: str) -> bool:
    """Return whether ``text`` is no accident of words: ``may 5`` and ``3 mar`` are, ``May 5`` and
    ``3 mars 2001`` not.
    """
    if _ANY_YEAR.search(text):
        return True
    return not any(word in _WORDS_ELSEWHERE for word in _WORD.findall(text))


_WORD = re.compile(r"[^\W\d_]+")
_ANY_YEAR = re.compile(_YEAR)


@lru_cache(maxsize=1)
def _shapes() -> tuple[Shape, ...]:
    names = _NAMES.split()
    month = _month([*names, *_SHORT.split()])
    any_month = _month([*names, *_SHORT.split(), *_SHORT_WITH_YEAR.split()])
    day = rf"{_DAY}{_ORDINAL}"
    days = rf"(?:{day}{_SECOND})?{day}"
    year = rf",?(?:{_BETWEEN}(?:de|del|do|da|of|en|год))?{_BETWEEN}?[’']?{_YEAR}"
    month_last = [
        (
            rf"{days}{_OF}(?:{any_month}[- /,]{{1,2}}(?:(?:de|del|do|of)["
            rf" ])?{_YEAR}|{month}(?:{year})?)"
        ),
        rf"{_DAY}[-/]{month}[-/](?:{_YEAR}|[0-9]{{2}})",
        rf"{_YEAR}[-/ ,.]{{1,2}}{month}(?:[-/ ,.]{{1,2}}{_DAY}\.?)?",
    ]
    month_first = [rf"{month}(?:{_BETWEEN}?{days}(?:{year}|(?![0-9A-Za-z:%€$£]|[.,][0-9]))|{year})"]
    small = (
        r"(?:[a-z]{1,3}|[^\x00-\x7f]{1,3}|-..)?\.?,?[-/ \u00a0]{0,2}(?:d[eio]l?[ ]|of[ ]|da[ ]|d.)?"
    )
    after = rf"[0-9]{small}{any_month}(?:[^A-Za-z]|$)"
    ahead = rf"{month}[-/ ,.\u00a0]{{0,2}}(?:[deofln]{{2,3}}[ ]|год )?[’']?[0-9]"
    spaced = [
        rf"{_DAY}\.[ \u00a0](?:0?[1-9]|1[0-2])\.[ \u00a0](?:{_YEAR}|[0-9]{{2}})",
        rf"{_YEAR}\.[ ]?(?:0?[1-9]|1[0-2])\.[ ]?{_DAY}\.?",
    ]
    from_spoken = rf"(?:th|st|nd|rd)(?:.day)?.of.{any_month}"
    spoken = rf"(?<![A-Za-z])(?:{_SPOKEN})(?:{_BETWEEN}day)?{_BETWEEN}of{_BETWEEN}{month}(?:{year})?{_RIGHT}"
    numerals = "[〇零一二三四五六七八九十]"
    far_east = [
        r"(?<![0-9])[0-9]{4}[ ]?[年년][ ]?[0-9]{1,2}[ ]?[月월](?:[ ]?[0-9]{1,2}[ ]?[日号號일])?",
        r"(?<![0-9])[0-9]{1,2}[ ]?[月월][ ]?[0-9]{1,2}[ ]?[日号號일]",
        r"(?:明治|大正|昭和|平成|令和|民國|民国)[0-9元]{1,3}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?",
        rf"{numerals}{{4}}年{numerals}{{1,3}}月(?:{numerals}{{1,3}}[日号])?",
        r"(?<![0-9])(?:1[89]|20)[0-9]{2}年(?=生|出生)",
    ]
    said = r"(?:[ \t]*[:=]|[ \t](?:in the year|im Jahre?|el año|in|en|im|i|w|v|nel|em|om))?"
    born = rf"(?<![A-Za-z])(?:{BORN}){said}[ \t]*(?P<value>{_YEAR}){_RIGHT}"
    return (
        Shape(
            "DATE_TIME",
            f"{_LEFT}(?:{'|'.join(month_last)}){_RIGHT}",
            0.75,
            _is_written,
            probe=after,
        ),
        Shape(
            "DATE_TIME",
            f"{_LEFT}(?:{'|'.join(month_first)}){_RIGHT}",
            0.75,
            _is_written,
            probe=ahead,
        ),
        *(Shape("DATE_TIME", f"{_LEFT}{one}{_RIGHT}", 0.75) for one in spaced),
        Shape("DATE_TIME", spoken, 0.75, probe=from_spoken),
        Shape("DATE_TIME", f"(?:{'|'.join(far_east)})", 0.75),
        Shape("DATE_TIME", born, 0.7),
    )


def date_rule() -> OwnRule:
    """Return the rule that finds written dates."""
    return OwnRule("written dates", _shapes())
