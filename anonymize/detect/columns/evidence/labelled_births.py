"""Birth dates behind a word that says so: ``DOB: 05/15/1947``, ``geb. am 15.5.1947``."""

from __future__ import annotations

import re

from anonymize.detect.columns.column_evidence import ColumnEvidence, of
from anonymize.detect.text.written_dates import BORN

LONGEST = 400
"""Code points of a cell that are looked at."""
_LABELS = (
    rf"{BORN}|d\.o\.b\.?|birth[ ]?(?:date|day)|geburts(?:datum|tag)|date de naissance"
    r"|fecha de nacimiento|data (?:di nascita|de nascimento)|data urodzenia|geboortedatum"
    r"|fødselsdato|födelsedatum|syntymäaika|datum narození|doğum tarihi"
)
_BETWEEN = r"[\s:;=,()*-]{0,4}(?:(?:on|am|the|le|el|il|em|den|dne|dnia|is|was)\s+){0,2}"
_DATE = (
    r"(?:\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    r"|\d{1,2}(?:st|nd|rd|th|\.)?[\s-](?:de )?[^\W\d_]{3,12}\.?,?[\s-](?:de )?\d{4}"
    r"|[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s\d{4})(?!\d)"
)
_LABELLED = re.compile(rf"(?i)(?<!\w)(?:{_LABELS})(?!\w){_BETWEEN}{_DATE}")
_DIGIT = re.compile(r"\d")


def labelled_births(case: ColumnEvidence) -> None:
    """Dates behind such a word; the cells say it, so the column's name does not matter."""
    v = case.values
    if v.numeric or v.boolean or not v.n:
        return
    share = v.share_of(
        lambda t: _DIGIT.search(t) is not None and _LABELLED.search(t[:LONGEST]) is not None
    )
    if share > 0.3:
        why = of(case, share, "hold a date behind a word for birth")
        case.add("DATE_OF_BIRTH", 0.7 + 0.29 * share, why, share=share, hard=True)
