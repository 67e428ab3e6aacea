"""Finds the rules that search for names in free text."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.policy import Policy, Rule
from anonymize.policy.actions import FreeTextRule, rules_in_turn


def scanning_rules(rule: Rule) -> Iterator[FreeTextRule]:
    """Yield the rule and each ``otherwise`` of it that runs detection."""
    for inner in rules_in_turn(rule):
        if isinstance(inner, FreeTextRule) and inner.scan:
            yield inner


def needs_names(policy: Policy) -> bool:
    """Return True if a rule promises to remove names from text, which patterns and dictionaries
    alone cannot do.
    """
    return any(True for rule in policy.columns.values() for _ in scanning_rules(rule))
