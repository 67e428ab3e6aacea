"""Describes what a plan will do, as rows for people and programs; no raw value."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from anonymize.names import ColumnName
from anonymize.nested.open_close import leaves
from anonymize.nested.path_index import PathIndex
from anonymize.plan.bind.filters import columns_in
from anonymize.plan.model import Plan, Step
from anonymize.policy import Rule
from anonymize.policy.actions import (
    CustomRule,
    FakeRule,
    GeneralizeRule,
    ShiftDatesRule,
    keyed_rules,
    nested_rules,
)
from anonymize.policy.recode import RecodeSpec
from anonymize.transform import custom_action
from anonymize.transform.columns import value_type

_COMMON = {"action", "accept", "entity", "when", "otherwise", "key"}
_MAY_BE_RAW = {"allow", "deny", "parameters", "pattern", "value"}
"""Parameters whose texts, at any depth, may be about people."""


@dataclass(frozen=True)
class Explained:
    """One column's line in the plan."""

    column: ColumnName
    """The column or path."""
    action: str
    """The action with its parameters, as in the policy."""
    input_type: str
    """Arrow type read."""
    output_type: str
    """Arrow type written; empty if the column is dropped."""
    keys: tuple[str, ...]
    """Key versions the result depends on; of a plan without a keyring only the keys' names."""
    joins: str
    """The domain within which results join; empty if they join with nothing."""
    note: str
    """Further information: the reason given in ``accept``, detection's verdict, or that the column
    is not listed.
    """


def explain(plan: Plan) -> tuple[Explained, ...]:
    """Return a line per output column in the policy's order, then one per dropped leaf."""
    steps = {step.column: step for step in plan.steps}
    lines = [_kept(plan, steps[name]) for name in plan.policy.columns if name in steps]
    return (*lines, *_dropped(plan))


def explain_to_readers(plan: Plan, shut: Collection[str]) -> tuple[Explained, ...]:
    """Return the lines for a manifest. Places without a rule are left out, because their names in
    the source are raw data.

    Lines of columns in ``shut``, which some readers may not open, have no verdict.
    """
    told = [
        line
        for line in explain(plan)
        if line.action != "drop" or line.column in plan.policy.columns
    ]
    closed = PathIndex(shut)
    notes = {step.column: _note(step) for step in plan.steps if closed.covering(step.column)}
    return tuple(replace(line, note=notes.get(line.column, line.note)) for line in told)


def unlisted(plan: Plan) -> tuple[ColumnName, ...]:
    """Return the places of the source that no rule names and that are in no output column."""
    return tuple(path for path in plan.dropped if path not in plan.policy.columns)


def _kept(plan: Plan, step: Step) -> Explained:
    joining = [
        inner for inner in keyed_rules(step.rule) if not isinstance(inner, FakeRule) or inner.joins
    ]
    domains = [inner.domain for inner in joining if inner.domain]
    seen = next(
        (f"{f.verdict} {f.confidence:.0%}" for f in plan.findings if f.column == step.column), ""
    )
    asked = plan.policy.privacy.recode.get(step.column) if plan.policy.privacy else None
    rule = describe(step.rule)
    return Explained(
        column=step.column,
        action=rule if asked is None else recoded(rule, asked),
        input_type=str(step.input_type),
        output_type=str(step.output_type if asked is None else pa.string()),
        keys=tuple(str(one).removesuffix(".0") for one in step.key_ids),
        joins=", ".join(dict.fromkeys(domains)),
        note="; ".join(part for part in (seen, _note(step)) if part),
    )


def _note(step: Step) -> str:
    """Return a rule's own notes: why it was accepted, which packages it needs, what it publishes
    unchanged.

    A precise time of day distinguishes one event from all others.
    """
    rule = step.rule
    accepted = f"accepted: {rule.accept}" if rule.accept else ""
    exact = any(
        isinstance(inner, ShiftDatesRule) and inner.clock == "exact" for inner in nested_rules(rule)
    )
    clock = "keeps the time of day" if exact and pa.types.is_timestamp(step.input_type) else ""
    notes = (accepted, clock, _zone_of_days(step), *_alone(rule), *_packages(rule))
    return "; ".join(part for part in notes if part)


def _zone_of_days(step: Step) -> str:
    """Return in which zone an instant has its day, if a rule makes days or longer periods of
    instants: late in the evening it may be the day before or after in the zone where it happened.
    """
    kind = value_type(step.input_type)
    zone = kind.tz if pa.types.is_timestamp(kind) else None
    coarse = any(
        isinstance(inner, GeneralizeRule) and (inner.to is not None or inner.at is not None)
        for inner in nested_rules(step.rule)
    )
    return f"days are those of {zone}" if zone and coarse else ""


def _alone(rule: Rule) -> Iterator[str]:
    """Yield why fake values join with nothing, if a rule assigns them depending on other data."""
    if any(isinstance(inner, FakeRule) and not inner.joins for inner in nested_rules(rule)):
        yield "unique: true joins nowhere, and the next version may differ; unique: stable does not"


def _packages(rule: Rule) -> Iterator[str]:
    """Yield the package and version that each custom action in a rule comes from."""
    for inner in nested_rules(rule):
        if isinstance(inner, CustomRule):
            action = custom_action(inner.name)
            yield f"{inner.name} is of {action.distribution} {action.version}"


def _dropped(plan: Plan) -> Iterator[Explained]:
    kinds = {leaf.path: leaf.type for leaf in leaves(plan.input_schema)}
    for path in plan.dropped:
        note = "" if path in plan.policy.columns else "not listed in the policy"
        if path.endswith(".$"):
            note = "every place in the JSON that no rule names"
        yield Explained(path, "drop", str(kinds.get(path, "")), "", (), "", note)


def recoded(rule: str, asked: RecodeSpec) -> str:
    """Return what is done to a column that is generalized after its ``rule``, as described."""
    said = asked.model_dump(mode="json", exclude_unset=True)
    ways = (name if value is True else f"{name} {_short(value)}" for name, value in said.items())
    made = f"recode ({', '.join(ways)})"
    return made if rule == "keep" else f"{rule}, then {made}"


def describe(rule: Rule) -> str:
    """Return an action and its parameters as in the policy; texts that may name people are replaced
    by their number.
    """
    said = rule.model_dump(mode="json", exclude_unset=True, exclude=_COMMON)
    text = ", ".join(f"{name} {_short(value)}" for name, value in _told(said).items())
    shown = rule.action + (f" ({text})" if text else "")
    if rule.when and rule.otherwise:
        named = ", ".join(sorted(columns_in(rule.when)))
        return f"{shown} where conditions on {named} hold, else {describe(rule.otherwise)}"
    return shown


def _told(said: Mapping[str, Any], raw: bool = False) -> dict[str, Any]:
    """Return parameters without texts that may be raw, because manifests are not encrypted."""
    told: dict[str, Any] = {}
    for name, value in said.items():
        hidden = raw or name in _MAY_BE_RAW
        if isinstance(value, dict):
            told[name] = _told(value, hidden)
        elif hidden and isinstance(value, str | list):
            told[name] = "1 text" if isinstance(value, str) else f"{len(value)} texts"
        else:
            told[name] = value
    return told


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_short(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(_short, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
