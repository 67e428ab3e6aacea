"""Chooses the action that a draft proposes for a column, by its verdict and type."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.columns.header import is_number_of_things, name_evidence

SUGGESTED: Mapping[str, str] = {
    "PERSON_NAME": "{action: fake, kind: name, domain: person}",
    "EMAIL_ADDRESS": "{action: pseudonymize, domain: email, normalize: fold}",
    "PHONE_NUMBER": "{action: mask, keep_last: 2}",
    "STREET_ADDRESS": "{action: drop}",
    "LATITUDE_LONGITUDE": "{action: drop}",
    "NATIONAL_ID": "{action: pseudonymize}",
    "CREDIT_CARD": "{action: mask, keep_last: 4}",
    "BANK_ACCOUNT": "{action: pseudonymize}",
    "IP_ADDRESS": "{action: pseudonymize}",
    "MAC_ADDRESS": "{action: pseudonymize}",
    "URL": "{action: pseudonymize}",
    "USERNAME": "{action: pseudonymize, domain: user}",
    "SECRET": "{action: drop}",
    "RECORD_ID": "{action: pseudonymize}",
    "FREE_TEXT_PII": "{action: free_text}",
    "FREE_TEXT": "{action: free_text}",
}
"""Verdict → drafted action, whatever the type."""

_ZIP = "{action: generalize, prefix: 3, width: 5}"
"""For US codes that were read as numbers: 7030 stands for 07030."""

_DOMAIN = re.compile(r"domain: ([\w-]+)")


def drafted_action(verdict: str, kind: pa.DataType, path: str, *, prose: bool = True) -> str:
    """Return the action for a verdict, if it accepts the type; ``prose`` is True if the cells are
    more than codes.
    """
    dated = pt.is_date(kind) or pt.is_timestamp(kind)
    number = pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind)
    text = pt.is_string(kind) or pt.is_large_string(kind)
    if verdict == "DATE_OF_BIRTH":
        return "{action: generalize, to: year}" if dated else "{action: drop}"
    if verdict == "AGE" and number:
        return "{action: generalize, band: 10, top: 90}"
    if verdict == "POSTAL_CODE":
        lost_zeros = number and "zip" in path.lower()
        return (
            "{action: generalize, prefix: 3}" if text else _ZIP if lost_zeros else "{action: drop}"
        )
    of_things = verdict == "RECORD_ID" and is_number_of_things(name_evidence(path))
    if verdict == "HEALTH" or verdict not in SUGGESTED or of_things:
        return (
            "{action: keep}"
            if not pt.is_nested(kind) and not pt.is_binary(kind)
            else "{action: drop}"
        )
    suggested = SUGGESTED[verdict]
    if verdict == "FREE_TEXT_PII" and not prose:
        suggested = (  # a free_text rule misses most names in file names and codes
            "{action: pseudonymize}"
        )
    takes_text_only = "free_text" in suggested
    if pt.is_nested(kind) or pt.is_binary(kind) or (takes_text_only and not text):
        return "{action: drop}"
    return suggested


def domain_in(action: str) -> str | None:
    """Return the domain that a drafted action names."""
    found = _DOMAIN.search(action)
    return found[1] if found else None
