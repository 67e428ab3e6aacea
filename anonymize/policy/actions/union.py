"""The closed set of actions, and functions on rules of any action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, get_args

from pydantic import Field

from anonymize.names import KeyName
from anonymize.policy.actions.base import ActionRule, KeyedRule
from anonymize.policy.actions.free_text import FreeTextRule, LabelRule
from anonymize.policy.actions.generalize import GeneralizeRule
from anonymize.policy.actions.keyed import (
    EncryptFormatRule,
    FakeRule,
    PersonSpec,
    PseudonymizeRule,
    ShiftDatesRule,
    ShuffleRule,
    TokenizeRule,
)
from anonymize.policy.actions.noise import CustomRule, PerturbRule
from anonymize.policy.actions.simple import (
    ConstantRule,
    DropRule,
    KeepRule,
    MaskRule,
    NullRule,
    RedactRule,
)

_SimpleRule = KeepRule | RedactRule | MaskRule | ConstantRule | PerturbRule | CustomRule
_ReplacingRule = PseudonymizeRule | TokenizeRule | EncryptFormatRule | FakeRule | GeneralizeRule
_ColumnRule = (
    _SimpleRule | _ReplacingRule | DropRule | NullRule | ShiftDatesRule | ShuffleRule | FreeTextRule
)
_SpanRule = _SimpleRule | _ReplacingRule | NullRule | ShiftDatesRule | LabelRule


def _by_action(rules: Any) -> dict[str, type[ActionRule]]:
    """Return the models of a union by the name of their action."""
    return {get_args(rule.model_fields["action"].annotation)[0]: rule for rule in get_args(rules)}


RULES: Mapping[str, type[ActionRule]] = MappingProxyType(_by_action(_ColumnRule))
"""Action → rule model, for actions on columns."""

SPAN_RULES: Mapping[str, type[ActionRule]] = MappingProxyType(_by_action(_SpanRule))
"""Action → rule model, for actions on spans inside free text."""

NOT_BUILT: tuple[str, ...] = ()
"""Actions that are refused by name, because they are reserved and not implemented yet."""


Rule = Annotated[_ColumnRule, Field(discriminator="action")]
"""A column's rule: one of the actions, distinguished by ``action``."""

EntityRule = Annotated[_SpanRule, Field(discriminator="action")]
"""The rule for one entity's spans inside free text."""

for _model in dict.fromkeys(get_args(_ColumnRule) + get_args(_SpanRule)):
    _model.model_rebuild(force=True, _types_namespace={"Rule": Rule, "EntityRule": EntityRule})


def nested_rules(rule: ActionRule) -> Iterator[ActionRule]:
    """Yield ``rule``, its ``otherwise`` and its entities' rules, at any depth."""
    yield rule
    if rule.otherwise is not None:
        yield from nested_rules(rule.otherwise)
    if isinstance(rule, FreeTextRule):
        for inner in rule.entities.values():
            yield from nested_rules(inner)


def rules_in_turn(rule: ActionRule) -> Iterator[ActionRule]:
    """Yield ``rule`` and its ``otherwise``, at any depth: exactly one of them applies to each
    row.
    """
    yield rule
    if rule.otherwise is not None:
        yield from rules_in_turn(rule.otherwise)


def key_name(rule: KeyedRule, defaults: Mapping[str, KeyName]) -> KeyName:
    """Return the name of the key of ``rule``; ``defaults`` are the policy's ``default_keys:``, by
    role.
    """
    return KeyName(rule.key) if rule.key is not None else defaults[rule.key_role]


def keyed_rules(rule: ActionRule) -> Iterator[KeyedRule]:
    """Yield ``rule`` and its inner rules that use a key."""
    for inner in nested_rules(rule):
        if isinstance(inner, KeyedRule) and inner.needs_key:
            yield inner


def keys_of(rule: ActionRule, defaults: Mapping[str, KeyName]) -> frozenset[KeyName]:
    """Return the names of every key that ``rule`` needs, its inner rules' included."""
    return frozenset(key_name(inner, defaults) for inner in keyed_rules(rule))


def needs_vault(rule: ActionRule) -> bool:
    """Return True if ``rule`` or an inner rule stores its tokens in a vault."""
    return any(
        isinstance(inner, TokenizeRule) and inner.method == "vault" for inner in nested_rules(rule)
    )


def columns_of(rule: ActionRule) -> frozenset[str]:
    """Return the other columns that ``rule`` names: in ``when``, ``same_row``, ``by``, ``within``,
    ``person``, ….

    Does not include the policy's subject, which a rule may need without naming it; see
    ``reads_subject``.
    """
    read: set[str] = set()
    for inner in nested_rules(rule):
        read.update(condition[0] for condition in _conditions(inner.when or ()))
        read.update(name for name in _named(inner) if name is not None)
    return frozenset(read)


def _named(rule: ActionRule) -> tuple[str | None, ...]:
    """Return the columns that one rule's own parameters name."""
    match rule:
        case FreeTextRule():
            return tuple(rule.same_row)
        case FakeRule(person=PersonSpec() as person):
            return (person.by, person.gender, person.country)
        case ShiftDatesRule() | LabelRule():
            return (rule.by,)
        case ShuffleRule():
            return (rule.by, *rule.within)
        case GeneralizeRule():
            return (rule.latitude, rule.postcode_by)
        case _:
            return ()


def _conditions(filters: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield the conditions of a filter in either of its forms."""
    for item in filters:
        if isinstance(item[0], str):
            yield item
        else:
            yield from item
