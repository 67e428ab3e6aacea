"""What the fields of a published schema say of themselves: Arrow metadata without values."""

from __future__ import annotations

import json
from collections.abc import Collection

from anonymize.nested.path_index import PathIndex
from anonymize.plan.model import Plan, Step
from anonymize.plan.show.explain import explain_to_readers
from anonymize.policy.actions import GeneralizeRule, rules_in_turn

PREFIX = "coatcheck."


def field_facts(plan: Plan, shut: Collection[str]) -> dict[str, dict[str, str]]:
    """Return column → metadata of its field, as the manifest tells it.

    ``coatcheck.action`` is the action with its parameters, ``coatcheck.domain`` the domains within
    which values join, ``coatcheck.unit`` the step of generalized values (``year``, ``bands of 10``,
    ``cells of 1000 m``), ``coatcheck.verdict`` what detection called the column in the source; what
    is not known is left out, and the verdict of columns in ``shut``, too. A column with rules for
    places inside it has them in ``coatcheck.places``, JSON by path.
    """
    steps = {step.column: step for step in plan.steps}
    verdicts = {str(found.column): str(found.verdict) for found in plan.findings}
    tops, closed = PathIndex(plan.output_schema.names), PathIndex(shut)
    facts: dict[str, dict[str, str]] = {}
    inside: dict[str, dict[str, dict[str, str]]] = {}
    for line in explain_to_readers(plan, shut):
        place = line.column
        if place not in steps:
            continue
        said = {
            "verdict": "" if closed.covering(place) else verdicts.get(place, ""),
            "action": line.action,
            "unit": unit_of(steps[place]),
            "domain": line.joins,
        }
        known = {name: text for name, text in said.items() if text}
        if tops.holds(place):
            facts[place] = {f"{PREFIX}{name}": text for name, text in known.items()}
        for column in () if tops.holds(place) else tops.around(place)[:1]:
            inside.setdefault(column, {})[place] = known
    for top, places in inside.items():
        written = json.dumps(places, ensure_ascii=False, separators=(",", ":"))
        facts.setdefault(top, {})[f"{PREFIX}places"] = written
    return facts


def unit_of(step: Step) -> str:
    """Return the step of a column's generalized values; empty if there is none, or if rows differ
    in it.
    """
    units = {_unit(rule) for rule in rules_in_turn(step.rule)}
    return units.pop() if len(units) == 1 else ""


def _unit(rule: object) -> str:
    if not isinstance(rule, GeneralizeRule):
        return ""
    if rule.to == "age":
        return f"years, bands of {rule.band or 10:g}"
    if rule.to:
        return rule.to
    if rule.grid_metres:
        return f"cells of {rule.grid_metres:g} m"
    if rule.band:
        return f"bands of {rule.band:g}"
    return f"multiples of {rule.nearest:g}" if rule.nearest else ""
