"""Cells that greet somebody by a given name: ``Dear Robert,``, ``Hallo Anna!``."""

from __future__ import annotations

import re

from anonymize.detect.columns.column_evidence import ColumnEvidence, of
from anonymize.detect.vocabulary.lexicon import fold, lexicon

FEWEST, SHARE = 3, 0.5
"""Distinct cells of a column from which greetings say something, and their share."""
_GREETING = re.compile(
    r"\s*(?i:dear|hi|hello|hey|hallo|liebe[rs]?|guten (?:tag|morgen)|moin|servus|ch[eè]re?|bonjour"
    r"|salut|querid[oa]|estimad[oa]|hola|ciao|car[oa]|gentile|buongiorno|beste|geachte|hoi|hej|kære"
    r"|bästa|hei|drog[ia]|cześć|olá|oi|prezad[oa]|ahoj|milý|milá)"
    r"\s+(?P<name>[^\W\d_][\w'’-]+)(?=[\s,!.:;–-]|$)"
)


def salutations(case: ColumnEvidence) -> None:
    """Greetings before a given name, whatever the column's name says."""
    v = case.values
    if v.numeric or v.boolean or v.n < FEWEST:
        return
    share = v.share_of(greets_by_name)
    if share > SHARE:
        case.names_people = True
        case.add(
            "FREE_TEXT_PII",
            0.6 + 0.35 * share,
            of(case, share, "greet somebody by name"),
            share=share,
            hard=True,
        )


def greets_by_name(text: str) -> bool:
    """Return whether a text begins with a greeting and a given name with a capital."""
    found = _GREETING.match(text)
    if found is None or not found["name"][0].isupper():
        return False
    return fold(found["name"]) in lexicon()["given"]
