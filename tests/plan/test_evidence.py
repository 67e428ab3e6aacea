"""Evidence in a manifest: words for shares, no number, no other column's name."""

from __future__ import annotations

import pytest

from anonymize.plan.show.evidence import coarse_evidence

SENTENCES = {
    "97 % of 412 distinct values pass the Luhn check": "nearly all of the distinct values pass the"
    " Luhn check",
    "78 % of 500 distinct values are made of given names": "most of the distinct values are made"
    " of given names",
    "3 % of 412 distinct values are e-mail addresses": "few of the distinct values are e-mail"
    " addresses",
    "185 of 500 cells mention e-mail addresses": "some of the cells mention e-mail addresses",
    "0.4 % of 1,200 cells hold one": "few of the cells hold one",
    "12 % occur inside the e-mail addresses": "some occur inside the e-mail addresses",
    "100 % of 20 distinct values are ICD-10 codes or IPv4": "nearly all of the distinct values are"
    " ICD-10 codes or IPv4",
    "cells hold a median of 7 words": "cells hold a median of some words",
    "'secret_place' beside it holds names of personal fields (mail, born), each": "a column beside"
    " it holds names of personal fields, each",
    "the name says 'line 2'": "the name says 'line 2'",
}


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_of_evidence_is_told_without_numbers(sentence: str) -> None:
    """Its own name's words may be quoted; the column is told by name anyway."""
    assert coarse_evidence([sentence]) == (SENTENCES[sentence],)
