"""Detection's evidence for a manifest: the same sentences, with words in place of numbers.

A manifest is not encrypted. Three of 412 values is a count of a few people, so shares are told as
*nearly all*, *most*, *some*, *few*; and what a sentence quotes may be the name of a column that no
rule names, which is raw data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SHARE = re.compile(r"(?P<percent>\d+(?:\.\d+)?) ?% of \d[\d,]* ")
_PART = re.compile(r"(?P<part>\d[\d,]*) of (?P<whole>\d[\d,]*) ")
_PERCENT = re.compile(r"(?P<percent>\d+(?:\.\d+)?) ?%")
_NUMBER = re.compile(r"(?<![\w.-])\d[\d,]*(?:\.\d+)?(?![\w-])")
_QUOTED = re.compile(r"'[^']*'")
_LISTED = re.compile(r" \([^)]*\)")
_OWN_NAME = "the name says "
"""Begins a sentence that quotes the words of the column's own name."""
_WORDS = ((95.0, "nearly all of the "), (50.0, "most of the "), (10.0, "some of the "))


def coarse_evidence(sentences: Sequence[str]) -> tuple[str, ...]:
    """Return sentences of evidence without numbers, and without names of other columns."""
    return tuple(map(_coarse, sentences))


def _coarse(sentence: str) -> str:
    if sentence.startswith(_OWN_NAME):
        return sentence
    told = _LISTED.sub("", _QUOTED.sub("a column", sentence))
    told = _SHARE.sub(lambda found: _words(float(found["percent"])), told)
    told = _PART.sub(_part, told)
    told = _PERCENT.sub(
        lambda found: _words(float(found["percent"])).removesuffix(" of the "), told
    )
    return _NUMBER.sub("some", told)


def _part(found: re.Match[str]) -> str:
    part, whole = (int(found[name].replace(",", "")) for name in ("part", "whole"))
    return _words(100 * part / max(whole, 1))


def _words(percent: float) -> str:
    return next((words for least, words in _WORDS if percent >= least), "few of the ")
