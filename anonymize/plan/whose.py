"""Determines which spellings of a subject or person are equal, by the rules of a policy."""

from __future__ import annotations

from collections.abc import Mapping

from anonymize.names import ColumnName
from anonymize.policy import Rule
from anonymize.policy.actions import FakeRule, rules_in_turn
from anonymize.transform.normalize import Normalization
from anonymize.transform.subjects import coarsest


def spelling_of(rules: Mapping[ColumnName, Rule], column: ColumnName) -> Normalization:
    """Return the normalization that makes spellings in ``column`` one subject: that of its own
    rule.

    Two spellings that are one value in the output must be one subject when tokens are linked to it,
    or forgotten.
    """
    rule = rules.get(column)
    return (
        coarsest(getattr(one, "normalize", "exact") for one in rules_in_turn(rule))
        if rule
        else "exact"
    )


def person_spelling(rules: Mapping[ColumnName, Rule], person: str, by: ColumnName) -> Normalization:
    """Return the normalization for spellings of ``by`` that are one fake person: the coarsest of
    its rules and ``by``'s own.

    All columns of a person use the same one; otherwise name and e-mail of one row could be of two
    people.
    """
    fakes = [
        rule for rule in rules.values() if isinstance(rule, FakeRule) and rule.person is not None
    ]
    said = [
        rule.normalize for rule in fakes if rule.person is not None and rule.person.name == person
    ]
    return coarsest([*said, spelling_of(rules, by)])
