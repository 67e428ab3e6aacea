"""Columns whose name says something personal and whose values are in no form that the rules read:
what is not read is not taken for nothing.
"""

from __future__ import annotations

import re
from statistics import median

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.header import NameEvidence, name_evidence
from anonymize.detect.columns.header_tokens import tokenize
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.detect.unserved import MOSTLY
from anonymize.detect.weights import LIKELY, STRONG
from anonymize.detect.words import word_set

_PLACES_AND_TRAITS = frozenset(
    ("POSTAL_CODE", "LATITUDE_LONGITUDE", "CITY", "REGION", "COUNTRY", "AGE", "GENDER")
)
_SAID = (DIRECT_IDENTIFIERS - {"FREE_TEXT_PII"}) | _PLACES_AND_TRAITS
_NUMBERS = frozenset(("PHONE_NUMBER", "NATIONAL_ID", "CREDIT_CARD", "BANK_ACCOUNT"))
_WITH_DIGITS = frozenset(("IP_ADDRESS", "MAC_ADDRESS", "POSTAL_CODE", "LATITUDE_LONGITUDE", "AGE"))
_ENCODING = re.compile(
    r"(?i)(?:[\W_]+(?:epoch|unix|ts|timestamp|ms|millis|sec|seconds|serial|excel|julian|hijri"
    r"|str|string|text|txt|raw|orig|original|iso|fmt|formatted|cleaned|value|val|words|encoded))+$"
)
"""Words behind a name for how its values are written: ``dob_epoch``."""
_PARTS = word_set("""
    month day monat tag mois jour mes dia mese giorno maand dag mesic den miesiac dzien manad maned
    mm dd birthday bday geburtstag
    """)
_COUNTS = word_set("births")
_UNREAD, _UNSERVED, _PART = 0.55, 0.5, 0.85
_FEW, _SOME, _MANY = 5, 20, 100
_WORDS = 8
"""Words of a cell up to which it is rather a value than a text."""
_LONGEST_TRAIT = 60
"""Mean code points of a cell above which a word such as ``state`` is about something else."""


def weigh_unread(case: ColumnEvidence) -> None:
    """Add what the name says where the values were not read, and that texts are in scripts that
    nothing reads. Call it last: it is for columns in which nothing else was found.
    """
    _birth_parts(case)
    best = case.ranking()[0][0]
    few_words = best == "FREE_TEXT" and case.values.words <= _WORDS  # dob_text
    if not (best == "NONE" or few_words) or not case.values.n or case.values.boolean:
        return
    name = name_evidence(_ENCODING.sub("", case.sample.name))
    if (verdict := _said(case, name)) is not None:
        case.weaken("FREE_TEXT", 0.4)
        case.scores[verdict], case.reasons[verdict] = 0.0, []
        case.shares.pop(verdict, None)
        case.add(verdict, _UNREAD, _why(case, name, verdict), hard=True)
        case.unread = True
    elif (
        best == "NONE"
        and name.nothing < LIKELY
        and not _is_a_category(case)
        and in_unserved_scripts(case)
    ):
        why = f"{unserved_cells(case)}: nothing is found in them"
        case.add("FREE_TEXT", _UNSERVED, why, hard=True)


def nothing_found(case: ColumnEvidence) -> str:
    """Return the sentence for a column without a verdict; it says what was not read."""
    if not case.values.n:
        return "no values"
    count = f"{case.values.n} distinct values"
    said = [v for v, weight in case.name.says.items() if v in _SAID and weight >= LIKELY]
    if said:
        word = case.name.words.get(max(said, key=case.says), "")
        found = f"the name says '{word}', but no such thing was read in {count}"
    else:
        found = f"nothing personal in the name or in {count}"
    if not in_unserved_scripts(case):
        return found
    named = found if said else "nothing personal in the name"
    return f"{named}; {unserved_cells(case)}: nothing is found in them"


def in_unserved_scripts(case: ColumnEvidence) -> bool:
    """Return whether most cells are in scripts or languages in which no names are found."""
    return sum(case.sample.scripts.values()) >= max(1, MOSTLY * case.sample.looked_at)


def unserved_cells(case: ColumnEvidence) -> str:
    """Return how many cells are in such scripts, and which these are."""
    scripts = sorted(case.sample.scripts.items(), key=lambda found: (-found[1], found[0]))
    names = ", ".join(name for name, _ in scripts[:3])
    count = sum(case.sample.scripts.values())
    return f"{count} of {case.sample.looked_at} cells are in scripts that are not read ({names})"


def _why(case: ColumnEvidence, name: NameEvidence, verdict: str) -> str:
    word = name.words.get(verdict, "")
    return (
        f"the name says '{word}'; its {case.values.n} distinct values are in no form that is read"
    )


def _birth_parts(case: ColumnEvidence) -> None:
    """Days and months of birth: with the year, or with an age, they are the birth date again."""
    v = case.values
    said = case.says("DATE_OF_BIRTH") >= LIKELY and case.name.nothing < LIKELY
    if not said or not _PARTS.intersection(case.name.tokens) or v.n < 2 or v.boolean:
        return
    numbers = v.integers and v.numbers and all(1 <= x <= 31 for x in v.numbers)
    named = not v.numeric and 4 <= v.n <= 31 and v.words <= 1  # months in any language
    if numbers or named or v.in_set("months") > 0.7:
        word = case.name.words.get("DATE_OF_BIRTH", "birth")
        case.add(
            "DATE_OF_BIRTH", _PART, f"the name says '{word}'; a day or a month of it", hard=True
        )


def _said(case: ColumnEvidence, name: NameEvidence) -> str | None:
    """Return what the name says as a whole, if the values are as many and of the kind that it would
    have.
    """
    if name.nothing >= LIKELY or _is_repetitive(case):
        return None
    says = {v: w for v, w in name.says.items() if v in _SAID and w >= STRONG}
    fitting = [v for v in says if _may_be(case, v)]
    return max(fitting, key=lambda v: (says[v], v), default=None)


def _is_repetitive(case: ColumnEvidence) -> bool:
    n = case.values.n
    return n < _FEW or (case.sample.distinct_share <= 0.5 and n < _MANY)


def _is_a_category(case: ColumnEvidence) -> bool:
    """Return whether texts are so few that they are rather a list of categories."""
    n, share = case.values.n, case.sample.distinct_share
    return n < _FEW or (share <= 0.5 and (n < _SOME or (n < _MANY and share < 0.05)))


def _may_be(case: ColumnEvidence, verdict: str) -> bool:
    v = case.values
    if v.numeric:
        if not v.integers or not v.numbers or _COUNTS.intersection(tokenize(case.sample.name)):
            return False
        if verdict == "DATE_OF_BIRTH":  # seconds, or days of a calendar; no count of few
            return median(map(abs, v.numbers)) >= 5_000
        return verdict in _NUMBERS and v.mean_length >= 6
    if verdict in _PLACES_AND_TRAITS and v.mean_length > _LONGEST_TRAIT:
        return False
    if verdict in _NUMBERS:
        spelled = v.mean_length >= 12 and case.sample.distinct_share > 0.95
        return spelled or v.share_of(lambda text: sum(map(str.isdigit, text)) >= 4) > 0.5
    if verdict in _WITH_DIGITS:
        return v.share_of(lambda text: any(map(str.isdigit, text))) > 0.5
    return v.mean_length >= 4 or verdict not in ("DATE_OF_BIRTH", "SECRET")
