"""The name model's spans beside the rules' findings: addresses whole, no pieces of code, no rest of
an identifier.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from anonymize.detect.text.addresses import whole_addresses
from anonymize.detect.text.file_names import whole_stem
from anonymize.detect.text.span_table import Span
from anonymize.detect.vocabulary.notes import begins_a_note

PLACE = "LOCATION"
RECOGNIZER = "Addresses"
SCORE = 0.85
"""A street with its number, a postcode with its town: written like an address."""
NAMES = frozenset(("PERSON", PLACE, "ORGANIZATION", "NRP"))
UNSURE = 0.35
"""Score below which a word in small letters is no name: in text that has capitals the model is
right of one in ten.
"""
SURE = 0.9
"""Score from which a person stays one, whatever the word is else."""
_QUALIFIED = re.compile(r"(?:[A-Za-z_$][\w$]*(?:\.|::|->))+[A-Za-z_$][\w$]*")
_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ]")


def refined(text: str, spans: Sequence[Span]) -> list[Span]:
    """Return the spans of ``text``, names among them, with the names' bounds mended; identifiers
    stay as they are.
    """
    names = [span for span in spans if span[2] in NAMES]
    others = [span for span in spans if span[2] not in NAMES]
    kept = [
        span
        for span in names
        if not (_unsure(text, span) or _in_code(text, span) or _is_noun(text, span))
    ]
    kept = [one for span in kept if (one := _beside_identifiers(text, span, others))]
    if "." in text:
        kept = [
            (*whole_stem(text, *span[:2]), *span[2:]) if span[2] == "PERSON" else span
            for span in kept
        ]
    places = [span[:2] for span in kept if span[2] == PLACE]
    addresses = whole_addresses(text, places)
    if addresses:
        kept = [
            s
            for s in kept
            if s[2] != PLACE or not any(low <= s[0] and s[1] <= high for low, high in addresses)
        ]
        kept += [(low, high, PLACE, SCORE, RECOGNIZER) for low, high in addresses]
    return sorted((*others, *kept))


def _unsure(text: str, span: Span) -> bool:
    """Return whether a place or organization is one word in small letters that the model is unsure
    of.
    """
    start, end, entity, score, _ = span
    word = text[start:end]
    return (
        score < UNSURE
        and entity != "PERSON"
        and word.isalpha()
        and word.islower()
        and _CAPITAL.search(text) is not None
    )


def _is_noun(text: str, span: Span) -> bool:
    """Return whether a person is a noun with which a note begins: ``Rückruf erbeten``,
    ``Vertrag``.
    """
    start, end, entity, score, _ = span
    return entity == "PERSON" and score < SURE and begins_a_note(text[start:end])


def _in_code(text: str, span: Span) -> bool:
    """Return whether a name is a piece of a qualified name or a call: ``CarbonHelper.run(``."""
    start, end = span[0], span[1]
    while start and (text[start - 1].isalnum() or text[start - 1] in "_.$:"):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in "_.$:"):
        end += 1
    if (start, end) == span[:2] and text[end : end + 1] != "(":
        return False
    token = text[start:end].strip(".:")
    return (
        " " not in token and _QUALIFIED.fullmatch(token) is not None and text[end : end + 1] == "("
    )


def _beside_identifiers(text: str, span: Span, others: Sequence[Span]) -> Span | None:
    """Return a name without what it has of an identifier that it begins in, and without what is
    glued to that.
    """
    start, end = span[:2]
    for low, high, entity, *_ in others:
        if low < start < high < end and entity in ("EMAIL_ADDRESS", "URL"):
            start = high
            while start < end and text[start].isalnum():
                start += 1
            while start < end and not text[start].isalnum():
                start += 1
    return (start, end, *span[2:]) if start < end else None
