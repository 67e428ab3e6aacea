"""Which spellings of a subject or person are one, as the rules of a policy say."""

from __future__ import annotations

from collections.abc import Mapping

from anonymize.names import ColumnName
from anonymize.policy import Rule
from anonymize.policy.actions import FakeRule, rules_in_turn
from anonymize.transform.normalize import Normalization
from anonymize.transform.subjects import coarsest


def spelling_of(rules: Mapping[ColumnName, Rule], column: ColumnName) -> Normalization:
    """Return which spellings in ``column`` are one subject: those that its own rule joins.

    Two spellings that the output shows as one must not be two when tokens are linked to them, or
    forgotten.
    """
    rule = rules.get(column)
    return (
        coarsest(getattr(one, "normalize", "exact") for one in rules_in_turn(rule))
        if rule
        else "exact"
    )


def person_spelling(rules: Mapping[ColumnName, Rule], person: str, by: ColumnName) -> Normalization:
    """Return which spellings of ``by`` are one invented person: the coarsest that a rule of it or
    ``by``'s own says.

    All columns of a person take the same, or name and e-mail of one row would be two people's.
    """
    fakes = [
        rule for rule in rules.values() if isinstance(rule, FakeRule) and rule.person is not None
    ]
    said = [
        rule.normalize for rule in fakes if rule.person is not None and rule.person.name == person
    ]
    return coarsest([*said, spelling_of(rules, by)])
