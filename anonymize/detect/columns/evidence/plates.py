"""Registration plates of vehicles under short words: ``kz``, ``fz``, ``reg``."""

from __future__ import annotations

import re

from anonymize.detect.columns.column_evidence import ColumnEvidence, of
from anonymize.detect.words import word_set

_WORDS = word_set("""
    kz fz kfz kennz kennzeichen reg rego regn regnr regno plate plates license licence targa plaque
    immat immatriculation vrn vrm vehicle fahrzeug auto car
    """)
_PLATE = re.compile(
    r"(?i:[A-ZÄÖÜ]{1,3}(?:[- :]|\s-\s)[A-Z]{1,2}[- ]?[1-9]\d{0,3}[EH]?"  # German
    r"|[A-Z]{2}\d\d ?[A-Z]{3}|[A-Z]\d{1,3} ?[A-Z]{3}|[A-Z]{3} ?\d{1,3}[A-Z]"  # British
    r"|[A-Z]{2}[- ]?\d{3}[- ]?[A-Z]{2})"  # French and Italian
)
_MOST = 0.8


def plates(case: ColumnEvidence) -> None:
    """Most cells written as plates, mostly different ones, under a word for a vehicle or its
    registration.
    """
    v = case.values
    if v.numeric or v.n < 5 or not _WORDS.intersection(case.name.tokens):
        return
    share = v.share_of(lambda text: _PLATE.fullmatch(text.strip()) is not None)
    if share > _MOST and case.sample.distinct_share > 0.5:
        why = of(case, share, "are written as registration plates")
        case.add("NATIONAL_ID", 0.9 * share, why, share=share, hard=True)
        for other in ("POSTAL_CODE", "STREET_ADDRESS"):
            case.weaken(other, 0.3)
