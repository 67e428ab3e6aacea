"""Filters the name model's dates and numbers: keeps those that name a day or year, and numbers of a
case.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from anonymize.detect.name_models.shipped_spans import Ints, Spans
from anonymize.detect.text.ids_by_country import OTHER_THINGS

SURE_DATE = 0.85
"""Dates the model is less sure of are left alone: house numbers, results of matches."""
SURE_ID = 0.9
"""The same for numbers."""
ID_SCORE = 0.35
"""Score of a number at most: where a rule knows better what it is (a telephone, a card), that
counts.
"""
_SAYS_WHEN = re.compile(
    r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)|\d{1,2} ?[./-] ?\d{1,2}(?!\d)"
    r"|\d(?:st|nd|rd|th|\.)? (?:of )?[^\W\d_]{3,}(?<!ears)(?<!year)(?<!onth)(?<!nths)(?<!days)(?<!"
    r" day)(?<!week)"
    r"(?<!eeks)(?<!hour)(?<!ours)(?<!nute)(?<!utes)|[A-Z][a-z]{2,}\.? \d"
)
_SIGN = re.compile(r"(?:(?:nos?|nr|n)\b\.?|[#°º№])?[ \t]*", re.IGNORECASE)
_NUMBERS_A_CASE = re.compile(
    r"[A-Z]{0,4}[-"
    r" ]?\d{1,7}/\d{2,4}|\d{3,}/\d|[A-Z]-?\d{4,}|(?!v?\d+(?:[.,]\d+)+\Z)(?=(?:\D*\d){5})[\w./-]+"
)
_NOT_BEFORE = re.compile(
    rf"(?:{OTHER_THINGS}|(?:articles?|art\.?|rules?|protocols?|laws?|acts?|sections?|§+|paragraphs?|chapters?|regulations?"
    r"|v|release|port|error|exit|line|step)\b[ \t]*(?:no\.?|nos\.?|number|#)?[ \t]*|[\d][.,:])\Z",
    re.IGNORECASE,
)


def plausible(
    spans: Spans, texts: Sequence[str], number: Ints, date: int, identifier: int
) -> Spans:
    """Return ``spans`` without dates that have no day, month or year, and without numbers of other
    things.

    ``number`` gives each text's number; ``date`` and ``identifier`` are the indices of DATE_TIME
    and ID, -1 if not requested. Other kinds are unchanged.
    """
    at_text = np.searchsorted(number, spans.text)
    keep, score = np.ones(len(spans.text), np.bool_), spans.score.copy()
    starts = spans.start.copy()
    for at in np.flatnonzero((spans.entity == date) | (spans.entity == identifier)):
        whole, start, end = texts[at_text[at]], int(spans.start[at]), int(spans.end[at])
        if spans.entity[at] == date:
            keep[at] = score[at] >= SURE_DATE and _SAYS_WHEN.search(whole[start:end]) is not None
            continue
        starts[at] = start = start + len(_SIGN.match(whole[start:end])[0])  # type: ignore[index]  # it matches anywhere
        numbers = score[at] >= SURE_ID and _NUMBERS_A_CASE.fullmatch(whole[start:end]) is not None
        keep[at] = numbers and not _NOT_BEFORE.search(whole[max(0, start - 32) : start])
        score[at] = min(float(score[at]), ID_SCORE)
    return Spans(spans.text[keep], starts[keep], spans.end[keep], spans.entity[keep], score[keep])
