"""Plain language for what the manifest says in the terms of the policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.report.told import Told, ToldColumn

_OTHER_WORDS: Mapping[str, str] = {
    "IP_ADDRESS": "IP address",
    "MAC_ADDRESS": "MAC address",
    "URL": "web address",
    "RECORD_ID": "number of a record or person",
    "NATIONAL_ID": "number that a state gives a person",
    "LATITUDE_LONGITUDE": "position on the map",
    "FREE_TEXT": "free text",
    "FREE_TEXT_PII": "free text with personal data",
    "FIELD_VALUES": "values of several fields",
    "DATE_TIME": "date or time",
    "HEALTH": "health data",
    "FINANCIAL": "financial data",
    "DEMOGRAPHIC": "demographic data",
    "PERSON_NAME": "name of a person",
    "SECRET": "password or secret",
}
ACTIONS: Mapping[str, str] = {
    "keep": "published as it is",
    "drop": "not published",
    "redact": "replaced by one mark for all values",
    "null": "emptied",
    "constant": "replaced by one value for all rows",
    "mask": "partly covered; what stays readable can still tell people apart",
    "pseudonymize": "replaced by a keyed code; equal values get equal codes; nobody turns a"
    " code back into its value, but somebody with the key can test a guess",
    "tokenize": "replaced by a token that the holder of its key can turn back",
    "encrypt_format": "replaced by another value of the same form, which the holder of its key can"
    " turn back",
    "fake": "replaced by an invented value",
    "generalize": "made coarser: a range, a period or a part in place of the exact value",
    "recode": "made coarser where a group of people would be too small otherwise, and exact where"
    " it is large enough",
    "shift_dates": "moved by a secret number of days, the same for all dates of a person",
    "perturb": "changed by random noise",
    "shuffle": "exchanged between rows",
    "free_text": "read by rules and a name model; what they find is replaced, what they miss stays",
    "custom": "changed by an action of another package",
}
"""Action → what it does to values, for people who do not write policies."""


def verdict_words(verdict: str) -> str:
    """Return what detection took a column for; empty for nothing."""
    return _OTHER_WORDS.get(verdict, verdict.replace("_", " ").lower())


def action_words(action: str) -> str:
    """Return what an action, with its parameters, does to values."""
    action, _, recoded = action.partition(", then ")
    parts = (part.split(" ", 1)[0].rstrip(",") for part in action.split(", else "))
    known = dict.fromkeys(ACTIONS.get(part, part) for part in parts)
    done = "; in other rows: ".join(known)
    return f"{done}; then {ACTIONS['recode']}" if recoded else done


def why(told: Told, one: ToldColumn) -> str:
    """Return why a column got its rule, as far as the manifest tells."""
    return "; ".join(_reasons(told, one))


def _reasons(told: Told, one: ToldColumn) -> Iterator[str]:
    privacy = told.privacy
    top = one.column
    if privacy and top in privacy.quasi_identifiers:
        yield "can be combined with other data to find somebody (quasi-identifier)"
    if privacy and any(top == found.column for found in privacy.sensitive):
        yield "is what must not be learned about somebody (sensitive)"
    if one.found in DIRECT_IDENTIFIERS:
        yield "identifies somebody, alone or with little else"
    elif one.found:
        yield "tells something of a person"
    elif one.sure:
        yield "detection found nothing personal in it"
    else:
        yield f"what was found is not told{': the column is restricted' if one.key else ''}"
    if one.note:
        yield one.note
