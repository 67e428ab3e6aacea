"""Finds columns of special categories of personal data (health, religion, union membership,
ethnicity, sexual orientation, political opinion) and pay, by what they are called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from anonymize.detect.columns.header_tokens import known_tokens, tokenize
from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding
from anonymize.detect.vocabulary.lexicon import fold
from anonymize.detect.words import word_set
from anonymize.names import ColumnName
from anonymize.plan.draft.row_keys import of_the_row
from anonymize.word_lists import word_lists

_NOT_OF_PEOPLE = word_set("""
    status type count store product shop brand job department item sku order car horse driver
    european credit city flag company
    """)
"""Words beside which a short word means something else: European Union, job pay grade codes."""
_WEAK = word_set("union race pay bonus church health income herkunft")
"""Words that mean a special category only where no word beside them says otherwise."""


def special_category(finding: Finding, *, people: bool) -> str | None:
    """Return what a column tells of a person that is specially protected, or None.

    ``people`` is True if the table has other columns of people; without any, measures of bodies and
    sums are nobody's.
    """
    if finding.verdict == "HEALTH":
        return "health" if people else None
    if finding.verdict not in ("DEMOGRAPHIC", "FINANCIAL", "NONE", "ORGANIZATION", "COUNTRY"):
        return None
    tokens = known_tokens(tokenize(finding.column.rpartition(".")[2].replace("[]", "")))
    for category, phrases in _phrases().items():
        for phrase in phrases:
            if _holds(tokens, phrase) and _means_it(tokens, phrase):
                return category if people or category not in ("health", "salary") else None
    return None


def of_people(findings: Sequence[Finding]) -> bool:
    """Return True if a table's rows are of people: it has a direct identifier, or an id whose name
    says whose it is (``patient_id``). Names that were replaced by ids leave people's rows.
    """
    return any(
        finding.verdict in DIRECT_IDENTIFIERS
        or (finding.verdict == "RECORD_ID" and of_the_row(finding.column))
        for finding in findings
    )


def called(category: str) -> str:
    """Return what people read of a category; pay is none in law."""
    return "pay" if category == "salary" else f"special category ({category})"


def special_in(findings: Sequence[Finding]) -> Mapping[ColumnName, str]:
    """Return the columns of a table that are of a special category by their names alone, and what
    they tell.
    """
    people = of_people(findings)
    told = {
        finding.column: special_category(finding, people=people)
        for finding in findings
        if finding.verdict == "NONE"
    }
    return {column: category for column, category in told.items() if category is not None}


def _means_it(tokens: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    weak = len(phrase) == 1 and phrase[0] in _WEAK
    return not (weak and _NOT_OF_PEOPLE.intersection(tokens) - set(phrase))


def _holds(tokens: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    ends = range(len(phrase), len(tokens) + 1)
    return any(tokens[end - len(phrase) : end] == phrase for end in ends)


@cache
def _phrases() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    return {
        category: tuple(known_tokens(tuple(fold(phrase).split())) for phrase in listed)
        for category, listed in word_lists(__package__, "special_words").items()
    }
