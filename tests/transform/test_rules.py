"""Parameters that make no sense together are refused, with what would."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from anonymize.policy.actions import columns_of, keys_of
from tests.transform.conftest import RULE

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"action": "generalize"}, "does not say how; say one of to, band"),
    ({"action": "generalize", "to": "year", "prefix": 3}, "prefix and to do not go together"),
    ({"action": "generalize", "to": "age"}, "to: age needs at:"),
    ({"action": "generalize", "to": "year", "at": "2024-01-01"}, "to: age needs at:"),
    ({"action": "generalize", "band": 10, "format": "%d"}, "format: goes with to:"),
    ({"action": "generalize", "bands": [3, 2]}, "bands: edges must rise"),
    ({"action": "generalize", "top": 3, "bottom": 4}, "bottom: must be below top:"),
    ({"action": "generalize", "grid_metres": 100}, "grid_metres: needs axis:"),
    ({"action": "generalize", "prefix": 3, "width": 3}, "width: is larger than prefix:"),
    ({"action": "mask", "form": "card", "keep_last": 2}, "form and keep_last do not go together"),
    ({"action": "mask", "pattern": "x+"}, "needs a group named hide"),
    ({"action": "mask", "pattern": "("}, "is no regular expression"),
    ({"action": "mask", "char": " "}, "one visible character"),
    ({"action": "drop", "when": [["a", "=", 1]], "otherwise": {"action": "keep"}}, "whole columns"),
    ({"action": "keep", "when": [["a", "=", 1]]}, "when: needs otherwise:"),
    ({"action": "keep", "otherwise": {"action": "keep"}}, "otherwise: needs when:"),
    (
        {"action": "keep", "when": [["a", "in", 1]], "otherwise": {"action": "keep"}},
        "'in' takes a list",
    ),
    ({"action": "free_text", "scan": False}, "changes nothing"),
    ({"action": "free_text", "entities": {"SPELL": "fake"}}, "fake for SPELL needs kind:"),
    (
        {"action": "encrypt_format", "alphabet": "hex", "check": "luhn"},
        "luhn needs alphabet: digits",
    ),
    ({"action": "fake", "kind": "job", "unique": True}, "unique: makes no sense for job"),
    ({"action": "fake", "kind": "name", "unique": True, "person": "p"}, "people share names"),
    (
        {"action": "perturb", "scale": 1, "lowest": 2, "highest": 1},
        "lowest: must be below highest:",
    ),
]


@pytest.mark.parametrize("rule,words", REFUSED, ids=[words for _, words in REFUSED])
def test_what_makes_no_sense_is_refused_with_what_would(rule: dict[str, Any], words: str) -> None:
    """In the policy, before anything is read."""
    with pytest.raises(ValidationError) as caught:
        RULE.validate_python(rule)
    assert words in str(caught.value)


def test_a_rule_knows_its_columns_and_keys() -> None:
    """Those of its inner rules included."""
    rule = RULE.validate_python(
        {
            "action": "free_text",
            "same_row": ["name"],
            "entities": {"PERSON": "fake", "X": {"action": "tokenize", "key": "own"}},
            "when": [["country", "=", "US"]],
            "otherwise": {
                "action": "fake",
                "kind": "name",
                "person": {"name": "p", "by": "id", "gender": "sex"},
            },
        }
    )
    assert columns_of(rule) == {"name", "country", "id", "sex"}
    assert keys_of(rule, {"pseudonym": "p", "reveal": "r"}) == {"p", "own"}  # type: ignore[dict-item]
