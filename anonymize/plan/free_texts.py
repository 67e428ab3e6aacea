"""Rules that look for names in running text."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.policy import Policy, Rule
from anonymize.policy.actions import FreeTextRule, rules_in_turn


def scanning_rules(rule: Rule) -> Iterator[FreeTextRule]:
    """Yield the rule, and each ``otherwise`` of it, that detection runs for."""
    for inner in rules_in_turn(rule):
        if isinstance(inner, FreeTextRule) and inner.scan:
            yield inner


def needs_names(policy: Policy) -> bool:
    """Return whether a rule promises to take names out of text, which patterns and dictionaries
    alone cannot.
    """
    return any(True for rule in policy.columns.values() for _ in scanning_rules(rule))
