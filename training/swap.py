"""Copies of labelled sentences in which other names stand: real sentences, names of every
origin.
"""

from __future__ import annotations

import re
from typing import Any

from training import lexicon
from training.templates import Filler

Example = dict[str, Any]
INITIALS = re.compile(r"(?:[A-ZÀ-Ž]\.\s?)+[A-ZÀ-Ž]?\.?")
SHARE = 0.75
"""How many of the mentions are replaced."""


def swapped(example: Example, filler: Filler) -> Example:
    """Return a copy of ``example`` with most people, places, organizations and groups replaced; the
    rest as it was.
    """
    text, spans, at = "", [], 0
    for start, end, label in sorted(example["spans"]):
        if start < at:  # spans that overlap stay out
            continue
        mention = example["text"][start:end]
        text += example["text"][at:start]
        put = replacement(mention, label, filler) if filler.some(SHARE) else mention
        spans.append((len(text), len(text) + len(put), label))
        text, at = text + put, end
    return {**example, "text": text + example["text"][at:], "spans": spans, "src": example["src"]}


def replacement(mention: str, label: str, filler: Filler) -> str:
    """Return what to write instead of ``mention``: of its label, about its length, in its case."""
    if not any(map(str.isalpha, mention)) or INITIALS.fullmatch(mention):
        return mention
    match label:
        case "PERSON":
            put = person(mention, filler)
        case "LOCATION":
            put = filler.address() if any(map(str.isdigit, mention)) else filler.place()
        case "ORGANIZATION":
            put = filler.organization()
        case "NRP":
            put = filler.pick(lexicon.NRP)
        case _:
            return mention
    return (
        put.lower()
        if mention.islower()
        else put.upper()
        if mention.isupper() and len(mention) > 4
        else put
    )


def person(mention: str, filler: Filler) -> str:
    """Return a person's name of as many words as ``mention``, roughly."""
    if "," in mention:
        return filler.family_first()
    words = mention.split()
    if len(words) == 1:
        return filler.name_parts()[filler.number(0, 2)]
    if re.fullmatch(r"[A-ZÀ-Ž]\.?", words[0]) and len(words) == 2:
        first, last, _ = filler.name_parts()
        return f"{first[0]}. {last}"
    return filler.person()
