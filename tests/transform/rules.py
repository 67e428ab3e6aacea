"""Rules as a policy says them, by the columns they suit."""

from __future__ import annotations

from typing import Any

ANY_RULES: list[dict[str, Any]] = [
    {"action": "keep"},
    {"action": "redact"},
    {"action": "redact", "label": None},
    {"action": "null"},
    {"action": "constant", "value": "-"},
    {"action": "constant", "value": "-", "nulls_too": True},
    {"action": "mask"},
    {"action": "mask", "keep_first": 1, "keep_last": 2, "char": "█"},
    {"action": "mask", "keep_last": 2, "keep_separators": False},
    {"action": "mask", "hide": "digits"},
    {"action": "mask", "hide": "letters", "char": "\\"},
    {"action": "mask", "form": "email"},
    {"action": "mask", "form": "card"},
    {"action": "mask", "pattern": "(?P<hide>[0-9]+)$"},
    {"action": "pseudonymize"},
    {"action": "pseudonymize", "normalize": "fold"},
    {"action": "tokenize"},
    {"action": "tokenize", "method": "vault"},
]
TEXT_RULES: list[dict[str, Any]] = [
    *(rule for rule in ANY_RULES if rule["action"] != "null"),
    *(
        {"action": "fake", "kind": kind}
        for kind in ("name", "email", "phone", "street", "company", "card", "ip")
    ),
    {"action": "fake", "kind": "email", "unique": True},
    {"action": "fake", "kind": "name", "locale": "ja_JP"},
    {"action": "fake", "kind": "name", "locale": "uk_UA"},
    {"action": "encrypt_format", "alphabet": "alphanumeric", "small_domains": "permute"},
    {"action": "generalize", "prefix": 3},
    {"action": "generalize", "network": {}},
    {"action": "generalize", "geohash": 5},
    {"action": "generalize", "part": "domain"},
    {"action": "generalize", "part": "host"},
]
DATE_RULES: list[dict[str, Any]] = [
    *(
        {"action": "generalize", "to": unit}
        for unit in ("day", "week", "month", "quarter", "year", "decade")
    ),
    {"action": "generalize", "to": "age", "at": "2025-06-01"},
    {"action": "generalize", "to": "age", "at": "2900-01-01", "band": 5, "top": 80},
    {"action": "pseudonymize"},
    {"action": "redact", "label": None},
]
NUMBER_RULES: list[dict[str, Any]] = [
    {"action": "generalize", "band": 10},
    {"action": "generalize", "band": 7, "bottom": -20, "top": 90},
    {"action": "generalize", "bands": [-5, 0, 18, 65]},
    {"action": "generalize", "nearest": 5},
    {"action": "generalize", "significant": 2},
    {"action": "generalize", "top": 90, "bottom": 3},
    {"action": "perturb", "scale": 3},
    {"action": "perturb", "noise": "gaussian", "scale": 3, "lowest": 0, "highest": 9},
    {"action": "perturb", "noise": "uniform", "scale": 0.5},
    {"action": "encrypt_format", "small_domains": "permute"},
    {"action": "pseudonymize"},
    {"action": "mask", "keep_last": 1},
]
EVERY_RULE = [{"action": "null"}, *ANY_RULES, *TEXT_RULES, *DATE_RULES, *NUMBER_RULES]


def shown(rule: dict[str, Any]) -> str:
    """Return a rule on one line."""
    return " ".join(f"{key}={value}" for key, value in rule.items())
