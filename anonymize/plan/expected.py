"""What detection may find in each output column without the policy being broken."""

from __future__ import annotations

from collections.abc import Mapping

from anonymize.entity_names import STAYS_UNLESS_NAMED
from anonymize.names import ColumnName
from anonymize.plan.model import Plan, Step
from anonymize.plan.nested import Leaf, leaves
from anonymize.plan.paths import within
from anonymize.plan.places import Places
from anonymize.policy import Rule
from anonymize.policy.actions import FakeRule, FreeTextRule, KeepRule

ANYTHING = frozenset({"*"})
_OPAQUE = ("fake", "pseudonymize", "tokenize", "redact", "encrypt_format", "constant", "null")
"""Actions whose results are keyed or constant: what they look like says nothing of the original."""
_COARSE = frozenset({"DATE_OF_BIRTH", "IP_ADDRESS", "LATITUDE_LONGITUDE"})
"""What a generalized, shifted or perturbed column may still look like: a date, a network, a grid cell."""
_ENTITY_OF_FAKE = {
    "name": "PERSON",
    "first_name": "PERSON",
    "last_name": "PERSON",
    "user_name": "PERSON",
    "email": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "street": "LOCATION",
    "city": "LOCATION",
}


def expected_in_output(plan: Plan) -> Mapping[ColumnName, frozenset[str]]:
    """Return per output leaf the verdicts and entities the policy lets through; ``*`` is anything.

    A kept, masked or generalized column may hold no direct identifier. Free text may hold those
    entities that the policy keeps or invents in it.
    """
    return {leaf.path: _allowed(plan, step.rule) for leaf, step in output_leaves(plan)}


def output_leaves(plan: Plan) -> tuple[tuple[Leaf, Step], ...]:
    """Return the leaves of the output and the step that made each, in the order of its schema.

    In documents, and under keys of maps, these are the places that rules name.
    """
    places = Places(plan.output_schema)
    made = [(leaf, step) for step in plan.steps for leaf in places.leaves_at(step.column)]
    shown = [leaf.path for leaf in leaves(plan.output_schema)]
    return tuple(sorted(made, key=lambda pair: _rank(pair[0].path, shown)))


def _rank(path: ColumnName, shown: list[ColumnName]) -> int:
    """Return the position of the leaf that ``path`` is, lies in, or has in its map."""
    near = path if path in shown else next((p for p in shown if within(p, path)), None)
    return shown.index(near or next(p for p in shown if within(p.partition("[]")[0], path)))


def _allowed(plan: Plan, rule: Rule) -> frozenset[str]:
    if rule.action in _OPAQUE or rule.accept is not None:
        return ANYTHING
    if rule.action in ("generalize", "shift_dates", "perturb"):
        return _COARSE
    if isinstance(rule, FreeTextRule):
        return frozenset({"FREE_TEXT_PII"}) | _let_through(plan, rule)
    return frozenset()


def _let_through(plan: Plan, rule: FreeTextRule) -> frozenset[str]:
    """Return the entities that stay or are invented in a free text."""
    stay = {entity for entity, inner in rule.entities.items() if isinstance(inner, KeepRule | FakeRule)}
    stay -= STAYS_UNLESS_NAMED
    others = (plan.policy.columns.get(ColumnName(name)) for name in rule.same_row)
    stay.update(_ENTITY_OF_FAKE.get(other.kind, "") for other in others if isinstance(other, FakeRule))
    return ANYTHING if "DEFAULT" in stay else frozenset(stay)
