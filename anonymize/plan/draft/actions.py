"""Chooses the action that a draft proposes for a column, by its verdict and type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.columns.header import is_number_of_things, name_evidence

DraftedRule = Mapping[str, Any]
"""A rule as YAML would hold it: ``action`` and its parameters."""


def _rule(action: str, **parameters: Any) -> DraftedRule:
    return MappingProxyType({"action": action, **parameters})


KEEP, DROP, REDACT = _rule("keep"), _rule("drop"), _rule("redact")
PSEUDONYMIZE, FREE_TEXT = _rule("pseudonymize"), _rule("free_text")

SUGGESTED: Mapping[str, DraftedRule] = {
    "PERSON_NAME": _rule("fake", kind="name", domain="person"),
    "EMAIL_ADDRESS": _rule("pseudonymize", domain="email", normalize="fold"),
    "PHONE_NUMBER": _rule("mask", keep_last=2),
    "STREET_ADDRESS": DROP,
    "LATITUDE_LONGITUDE": DROP,
    "NATIONAL_ID": PSEUDONYMIZE,
    "CREDIT_CARD": _rule("mask", keep_last=4),
    "BANK_ACCOUNT": PSEUDONYMIZE,
    "IP_ADDRESS": PSEUDONYMIZE,
    "MAC_ADDRESS": PSEUDONYMIZE,
    "URL": PSEUDONYMIZE,
    "USERNAME": _rule("pseudonymize", domain="user"),
    "SECRET": DROP,
    "RECORD_ID": PSEUDONYMIZE,
    "FIELD_VALUES": DROP,
    "FREE_TEXT_PII": FREE_TEXT,
    "FREE_TEXT": FREE_TEXT,
}
"""Verdict → drafted rule, whatever the type."""


def is_text(kind: pa.DataType) -> bool:
    """Return True for columns of text."""
    return bool(pt.is_string(kind) or pt.is_large_string(kind))


def is_number(kind: pa.DataType) -> bool:
    """Return True for columns of numbers."""
    return bool(pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind))


def drafted_rule(
    verdict: str,
    kind: pa.DataType,
    path: str,
    *,
    prose: bool = True,
    dates: Mapping[str, str] | None = None,
) -> DraftedRule:
    """Return the rule for a verdict, if it accepts the type.

    ``prose`` is True if the cells are more than codes. ``dates`` is for text that holds dates: the
    parameter ``format``, nothing for ISO 8601; None if no format reads them.
    """
    text = is_text(kind)
    if verdict == "DATE_OF_BIRTH":
        dated = pt.is_date(kind) or pt.is_timestamp(kind) or (text and dates is not None)
        return _rule("generalize", to="year", **(dates or {})) if dated else DROP
    if verdict == "AGE" and is_number(kind):
        return _rule("generalize", band=10, top=90)
    if verdict == "POSTAL_CODE":
        lost_zeros = is_number(kind) and "zip" in path.lower()  # 7030 stands for 07030
        width = {"width": 5} if lost_zeros else {}
        return _rule("generalize", prefix=3, **width) if text or lost_zeros else DROP
    of_things = verdict == "RECORD_ID" and is_number_of_things(name_evidence(path))
    if verdict == "HEALTH" or verdict not in SUGGESTED or of_things:
        return KEEP if not pt.is_nested(kind) and not pt.is_binary(kind) else DROP
    suggested = SUGGESTED[verdict]
    if verdict == "FREE_TEXT_PII" and not prose:
        suggested = PSEUDONYMIZE  # a free_text rule misses most names in file names and codes
    takes_text_only = suggested["action"] == "free_text"
    if pt.is_nested(kind) or pt.is_binary(kind) or (takes_text_only and not text):
        return DROP
    return suggested


def stricter(
    rule: DraftedRule, kind: pa.DataType, *, planned: bool, countries: Sequence[str] = ()
) -> DraftedRule:
    """Return the rule to draft where ``rule`` did not pass planning (``planned`` is False) or the
    gates.

    Text that a gate found something in is searched cell by cell, then for the numbers of
    ``countries`` too, then emptied; a column that cannot be emptied is dropped.
    """
    if pt.is_nested(kind) or pt.is_binary(kind) or rule["action"] == "redact":
        return DROP
    if planned and rule["action"] == "keep" and is_text(kind):
        return FREE_TEXT
    if planned and rule["action"] == "free_text" and countries and "countries" not in rule:
        return {**rule, "countries": tuple(countries)}
    return REDACT
