"""From a column's rule to the transform that does it: one closed match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, assert_never

import pyarrow as pa

from anonymize.detect.interface import Scanner
from anonymize.keys import PurposeKey
from anonymize.names import ColumnName
from anonymize.policy.actions import (
    FAKE_KIND_OF,
    DropRule,
    FakeRule,
    FreeTextRule,
    GeneralizeRule,
    KeepRule,
    KeyedRule,
    LabelRule,
    MaskRule,
    PseudonymizeRule,
    RedactRule,
    Rule,
    TokenizeRule,
)
from anonymize.transform import (
    BandNumber,
    Fake,
    FreeText,
    GeneralizeDate,
    GeneralizePrefix,
    Keep,
    Label,
    Mask,
    Pseudonymize,
    Redact,
    RoundNumber,
    RowTransform,
    RowValue,
    TokenizeSiv,
    Transform,
)


class Context(Protocol):
    """What a rule may need besides itself: keys, detection, and what other columns are."""

    def purpose_key(self, rule: KeyedRule, column: ColumnName, *, action: str, entity: str = "") -> PurposeKey:
        """Return the key for one action on one column: derived from ``rule.key`` for the rule's domain.

        Two calls with equal action, entity and domain give the same key. ``entity`` names the
        kind of span where ``rule`` stands inside a free_text rule, and is empty otherwise.
        """
        ...

    def scanner(self, rule: FreeTextRule) -> Scanner:
        """Return the scanner for ``rule``'s languages, countries, threshold, allow and deny lists."""
        ...

    def rule_of(self, column: ColumnName) -> Rule | None:
        """Return another column's rule, or None where it has none."""
        ...

    def entity_of(self, column: ColumnName) -> str | None:
        """Return what detection, or else nothing, says another column holds: an entity or verdict."""
        ...


@dataclass(frozen=True)
class _NoKeys:
    """A context for output types alone: nothing can be transformed under it."""

    rules: Mapping[ColumnName, Rule]

    def purpose_key(self, rule: KeyedRule, column: ColumnName, *, action: str, entity: str = "") -> PurposeKey:
        return None  # type: ignore[return-value]

    def scanner(self, rule: FreeTextRule) -> Scanner:
        return None  # type: ignore[return-value]

    def rule_of(self, column: ColumnName) -> Rule | None:
        return self.rules.get(column)

    def entity_of(self, column: ColumnName) -> str | None:
        return None


def planning_context(rules: Mapping[ColumnName, Rule]) -> Context:
    """Return a context without keys or detection: enough for ``output_type`` and ``reads``, before row one."""
    return _NoKeys(rules)


def transform_for(
    rule: Rule, column: ColumnName, input_type: pa.DataType, context: Context
) -> Transform | RowTransform | None:
    """Return the transform that ``rule`` asks for on ``column``; None for ``drop``, which leaves nothing.

    Says nothing about ``when`` and ``otherwise``, which the plan wires around it.

    Raises:
        UnsupportedTypeError: the action does not take ``input_type``.
        LocaleError: Faker cannot invent this kind in the rule's locale.
    """
    match rule:
        case DropRule():
            return None
        case FreeTextRule():
            transform: Transform | RowTransform = _free_text(rule, column, context)
        case _:
            transform = _of_values(rule, column, context, "")
    transform.output_type(input_type)
    return transform


ValueRule = KeepRule | RedactRule | MaskRule | PseudonymizeRule | TokenizeRule | FakeRule | GeneralizeRule
"""Rules that look at each value on its own, in a column or in a span."""


def _of_values(rule: ValueRule, column: ColumnName, context: Context, entity: str) -> Transform:
    match rule:
        case KeepRule():
            return Keep()
        case RedactRule():
            return Redact(rule.label)
        case MaskRule():
            return Mask(rule.keep_first, rule.keep_last, rule.char, rule.keep_separators)
        case PseudonymizeRule():
            return Pseudonymize(context.purpose_key(rule, column, action="pseudonymize", entity=entity), rule.normalize)
        case TokenizeRule():
            return TokenizeSiv(context.purpose_key(rule, column, action="tokenize", entity=entity))
        case FakeRule():
            key = context.purpose_key(rule, column, action="fake", entity=entity)
            return Fake(rule.kind, rule.locale, key, rule.normalize)
        case GeneralizeRule():
            return _generalize(rule)
        case _:
            assert_never(rule)


def _generalize(rule: GeneralizeRule) -> Transform:
    if rule.to is not None:
        return GeneralizeDate(rule.to, rule.format)
    if rule.prefix is not None:
        return GeneralizePrefix(rule.prefix, rule.width)
    if rule.band is not None or rule.bands is not None:
        return BandNumber(rule.band, rule.bands or (), rule.bottom, rule.top)
    return RoundNumber(rule.nearest, rule.significant, rule.bottom, rule.top)


def _free_text(rule: FreeTextRule, column: ColumnName, context: Context) -> FreeText:
    operators = {
        entity: Label(inner.numbered) if isinstance(inner, LabelRule) else _of_values(inner, column, context, entity)
        for entity, inner in rule.entities.items()
    }
    same_row = tuple(_row_value(ColumnName(name), kind, context) for name, kind in rule.same_row.items())
    return FreeText(operators, context.scanner(rule) if rule.scan else None, same_row)


_KIND_OF_FAKE = {"name": "name", "first_name": "name", "last_name": "name", "email": "email", "phone": "phone"}
_ENTITY_OF_KIND = {"name": "PERSON", "email": "EMAIL_ADDRESS", "phone": "PHONE_NUMBER", "id": "ID", "text": "PERSONAL"}


def _row_value(column: ColumnName, said: str, context: Context) -> RowValue:
    """Return how a column of the row is hunted: as said, or by its rule, its finding, its name."""
    rule = context.rule_of(column)
    entity = (rule.entity if rule else None) or context.entity_of(column)
    kind = said
    if said == "auto":
        faked = rule.kind if isinstance(rule, FakeRule) else FAKE_KIND_OF.get(entity or "")
        kind = _KIND_OF_FAKE.get(faked or "") or _kind_by_name(column)
    return RowValue(column, kind, entity or _ENTITY_OF_KIND[kind])


def _kind_by_name(column: ColumnName) -> str:
    """Return the kind that a column's name suggests."""
    name = column.rpartition(".")[2].lower()
    if "mail" in name:
        return "email"
    if any(word in name for word in ("phone", "mobile", "tel", "fax")):
        return "phone"
    if name == "id" or name.endswith(("_id", "_no", "number", "_ref")):
        return "id"
    return "name" if "name" in name and "user" not in name else "text"
