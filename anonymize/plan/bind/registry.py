"""Turns a column's rule into its transform, with one closed ``match`` over all actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never, cast

import pyarrow as pa

from anonymize.keys import FormatSpec
from anonymize.names import ColumnName
from anonymize.plan.bind.generalize import AnyTransform, generalizer
from anonymize.plan.bind.rule_context import Context, RuleError
from anonymize.plan.bind.same_row import row_value
from anonymize.plan.whose import person_spelling, spelling_of
from anonymize.policy.actions import (
    ConstantRule,
    CustomRule,
    DropRule,
    EncryptFormatRule,
    EntityRule,
    FakeRule,
    FreeTextRule,
    GeneralizeRule,
    KeepRule,
    LabelRule,
    MaskRule,
    NullRule,
    PersonSpec,
    PerturbRule,
    PseudonymizeRule,
    RedactRule,
    Rule,
    ShiftDatesRule,
    ShuffleRule,
    TokenizeRule,
)
from anonymize.transform import (
    Constant,
    EncryptFormat,
    Fake,
    FakeOfPerson,
    FakeUnique,
    FreeText,
    Keep,
    Label,
    LabelOfSubject,
    Mask,
    MaskClass,
    MaskForm,
    MaskPattern,
    Operator,
    Perturb,
    Pseudonymize,
    Redact,
    RowTransform,
    ShiftDates,
    Shuffle,
    TokenizeSiv,
    TokenizeVault,
    TokenizeVaultOfSubject,
    Transform,
    Unfitted,
    check_fake,
    custom_action,
)
from anonymize.transform.date_formats import format_problem

KeyedValueRule = PseudonymizeRule | TokenizeRule | EncryptFormatRule | FakeRule
"""Keyed rules that are allowed for columns and for spans inside free text."""

_PlainRule = (
    KeepRule
    | RedactRule
    | NullRule
    | ConstantRule
    | MaskRule
    | PerturbRule
    | CustomRule
    | GeneralizeRule
)
ValueRule = _PlainRule | KeyedValueRule
"""Rules that are allowed for columns and for spans inside free text."""


def transform_for(
    rule: Rule, column: ColumnName, input_type: pa.DataType, context: Context
) -> Transform | RowTransform | None:
    """Return the transform for ``rule`` on ``column``; None for ``drop``.

    A result with ``measure`` needs a first pass, and ``fitted`` makes a transform of it. A result
    with ``reads`` is called with a ``Row``. ``when`` and ``otherwise`` are ignored here; ``build``
    handles them.

    Raises:
        UnsupportedTypeError: the action does not accept ``input_type``.
        ValueError: the rule cannot be satisfied: no such locale, hierarchy, custom action, subject.
    """
    if isinstance(rule, DropRule):
        return None
    made = _made(rule, column, context)
    made.output_type(input_type)
    return cast("Transform | RowTransform", made)


def _made(rule: Rule, column: ColumnName, context: Context) -> AnyTransform:
    match rule:
        case DropRule():
            raise AssertionError("drop leaves no transform")
        case FreeTextRule():
            return _free_text(rule, column, context)
        case ShiftDatesRule():
            return _shift_dates(rule, column, context)
        case ShuffleRule():
            key = context.purpose_key(rule, column, action="shuffle")
            return Shuffle(
                key, _subject(rule.by, "shuffle", context), tuple(map(ColumnName, rule.within))
            )
        case FakeRule(person=PersonSpec() as person):
            return _fake_of_person(rule, person, context)
        case _:
            return _of_values(rule, column, context, "")


def _subject(said: str | None, action: str, context: Context) -> ColumnName:
    """Return the column that identifies the person of a row."""
    if said is not None:
        return ColumnName(said)
    if context.subject is None:
        raise RuleError(
            f"{action} needs by:, the column that says whose row it is, or a subject: of the whole"
            " policy"
        )
    return context.subject


def _shift_dates(rule: ShiftDatesRule, column: ColumnName, context: Context) -> ShiftDates:
    """Return the date shift. It shifts all dates of a subject alike, in all columns and texts of a
    domain, or of the dataset.
    """
    if rule.format is not None and (
        problem := format_problem(rule.format, ("year", "month", "day"))
    ):
        raise RuleError(problem)
    key = context.purpose_key(rule, column, action="shift_dates")
    return ShiftDates(
        key, _subject(rule.by, "shift_dates", context), rule.within_days, rule.format, rule.clock
    )


def _of_values(rule: ValueRule, column: ColumnName, context: Context, entity: str) -> AnyTransform:
    """Return the transform of a rule that works on each value alone; ``entity`` is the span's,
    inside free text.
    """
    if isinstance(rule, KeyedValueRule):
        return _keyed(rule, column, context, entity)
    match rule:
        case KeepRule():
            return Keep()
        case RedactRule():
            return Redact(rule.label)
        case NullRule():
            return Redact(None)
        case ConstantRule():
            return Constant(rule.value, rule.nulls_too)
        case MaskRule():
            return _mask(rule)
        case PerturbRule():
            return Perturb(rule.noise, rule.scale, rule.lowest, rule.highest)
        case CustomRule():
            return custom_action(rule.name).make(rule.parameters)
        case GeneralizeRule():
            return generalizer(rule, context.hierarchy)
        case _:
            assert_never(rule)


def _keyed(rule: KeyedValueRule, column: ColumnName, context: Context, entity: str) -> AnyTransform:
    """Return the transform of a keyed rule. With a named domain, results join across entities;
    without one, each entity has its own key.
    """
    key = context.purpose_key(
        rule, column, action=rule.action, entity="" if rule.domain else entity
    )
    match rule:
        case PseudonymizeRule():
            return Pseudonymize(key, rule.normalize)
        case TokenizeRule(method="vault"):
            vault = context.vault(rule)
            if whose := context.subject:
                return TokenizeVaultOfSubject(key, vault, whose, spelling_of(context.rules, whose))
            return TokenizeVault(key, vault)
        case TokenizeRule():
            return TokenizeSiv(key)
        case EncryptFormatRule():
            return EncryptFormat(key, format_spec(rule))
        case FakeRule():
            check_fake(rule.kind, rule.locale)
            if not rule.joins:
                return FakeUnique(rule.kind, rule.locale, key, rule.normalize)
            return Fake(rule.kind, rule.locale, key, rule.normalize, bool(rule.unique))
        case _:
            assert_never(rule)


ALPHABETS: Mapping[str, str | None] = {
    "digits": "0123456789",
    "hex": "0123456789abcdef",
    "letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "alphanumeric": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "by_class": None,
}
"""Alphabets of ``encrypt_format`` by name."""


def format_spec(rule: EncryptFormatRule) -> FormatSpec:
    """Return the format of an ``encrypt_format`` rule's values; ``reveal`` needs the same.

    Raises:
        ValueError: the parameters contradict each other.
    """
    return FormatSpec(
        alphabet=ALPHABETS.get(rule.alphabet, rule.alphabet),
        separators=rule.separators,
        keep_first=rule.keep_first,
        keep_last=rule.keep_last,
        check=rule.check,
        small_domains=rule.small_domains,
        earliest=rule.earliest,
        latest=rule.latest,
    )


def _mask(rule: MaskRule) -> Transform:
    if rule.form is not None:
        return MaskForm(rule.form, rule.char)
    if rule.hide is not None:
        return MaskClass(rule.hide, rule.char)
    if rule.pattern is not None:
        return MaskPattern(rule.pattern, rule.char)
    return Mask(rule.keep_first, rule.keep_last, rule.char, rule.keep_separators)


def _fake_of_person(rule: FakeRule, person: PersonSpec, context: Context) -> FakeOfPerson:
    """Return the transform for one column of a fake person. All rules of the person must have the
    same settings.
    """
    check_fake(rule.kind, rule.locale)
    others = [
        other.person
        for other in context.rules.values()
        if isinstance(other, FakeRule)
        and other.person is not None
        and other.person.name == person.name
    ]
    said = {
        name: {value for other in [*others, person] if (value := getattr(other, name)) is not None}
        for name in ("by", "gender", "country")
    }
    for name, values in said.items():
        if len(values) > 1:
            raise RuleError(
                f"person {person.name}: {name}: is both {' and '.join(sorted(values))}; say one"
            )
    by, gender, country = (ColumnName(values.pop()) if values else None for values in said.values())
    key = context.purpose_key(rule, ColumnName(f"person {person.name}"), action="fake")
    who = _subject(by, f"person {person.name}", context)
    spelled = person_spelling(context.rules, person.name, who)
    return FakeOfPerson(
        rule.kind, rule.locale, key, who, gender, country, spelled, bool(rule.unique)
    )


def _operator(rule: EntityRule, entity: str, column: ColumnName, context: Context) -> Operator:
    """Return the transform for the spans of one entity."""
    if rule.when is not None:
        raise RuleError(
            f"entities: {entity}: when: goes with whole columns; give the free_text rule a when:"
        )
    match rule:
        case LabelRule():
            return _label(rule, column, context)
        case ShiftDatesRule():
            return _shift_dates(rule, column, context)
        case FakeRule(person=PersonSpec()):
            raise RuleError(
                f"entities: {entity}: person: is for columns; same_row: gives the row's own names"
                " the person's, other names are other people"
            )
        case _:
            made = _of_values(rule, column, context, entity)
    if isinstance(made, Unfitted) or not isinstance(made, Transform | RowTransform):
        raise RuleError(
            f"entities: {entity}: {rule.action} so said needs a first pass over whole columns"
        )
    return made


def _label(rule: LabelRule, column: ColumnName, context: Context) -> Label | LabelOfSubject:
    """Return the label transform. Equal values of a subject get equal numbers in every column of a
    named domain.
    """
    if not rule.needs_key:
        return Label(bool(rule.numbered))
    key = context.purpose_key(rule, column, action="label")
    return LabelOfSubject(key, _subject(rule.by, "label with numbered: subject", context))


def _free_text(rule: FreeTextRule, column: ColumnName, context: Context) -> FreeText:
    operators = {
        entity: _operator(inner, entity, column, context) for entity, inner in rule.entities.items()
    }
    same_row = tuple(
        row_value(ColumnName(name), kind, context.rules, context.entity_of(ColumnName(name)))
        for name, kind in rule.same_row.items()
    )
    return FreeText(operators, context.scanner(rule) if rule.scan else None, same_row, rule.markup)
