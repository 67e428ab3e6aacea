"""Lists what detection may find in each output column without breaking the policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from anonymize.detect.columns.inspect import ENTITIES
from anonymize.names import ColumnName
from anonymize.nested.open_close import Leaf, leaves
from anonymize.nested.path_index import PathIndex
from anonymize.nested.places import Places
from anonymize.plan.model import Plan, Step
from anonymize.policy import Rule
from anonymize.policy.actions import (
    FAKE_KIND_OF,
    EncryptFormatRule,
    FakeRule,
    FreeTextRule,
    GeneralizeRule,
    KeepRule,
    MaskRule,
)
from anonymize.policy.entity_names import STAYS_UNLESS_NAMED

ANYTHING = frozenset({"*"})
_OPAQUE = ("fake", "pseudonymize", "tokenize", "redact", "encrypt_format", "constant", "null")
"""Actions whose results are keyed or constant: their appearance gives no information about the
original.
"""
_MADE_OF_DATES = frozenset({"DATE_OF_BIRTH", "-"})
"""What a generalized or shifted date may look like: a date of birth."""
_MADE_OF_NUMBERS = frozenset({"LATITUDE_LONGITUDE", "-"})
"""What a banded, rounded or perturbed number may look like. The data owner's own patterns are not
included, because they are for text.
"""
_GENERALIZED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("to",), _MADE_OF_DATES),
    **dict.fromkeys(
        ("band", "bands", "quantiles", "nearest", "significant", "top", "bottom"), _MADE_OF_NUMBERS
    ),
    **dict.fromkeys(("grid_metres", "geohash"), _MADE_OF_NUMBERS),
}
"""Way to generalize → what its results may look like. For ways that are not listed, above all
prefixes, nothing is allowed.
"""
_HIDDEN_BY_FORM = {"email": frozenset({"EMAIL_ADDRESS"}), "card": frozenset({"CREDIT_CARD"})}
"""What a mask by form may look like: it leaves the domain of an e-mail address or four digits of a
card, whichever character hides the rest.
"""
_RANDOM = frozenset({"SECRET"})
"""What pseudonyms and tokens may look like."""
_NAMES = frozenset({"PERSON", "PERSON_NAME"})
_LIKE_FAKES = {
    "first_name": _NAMES,
    "last_name": _NAMES,
    "user_name": frozenset({"PERSON", "USERNAME"}),
}
"""Kind of fake values → what they may look like, in addition to the verdicts that are mapped to the
kind.
"""
_LOOK_ALIKE = (KeepRule, FakeRule, EncryptFormatRule)
"""Rules inside free text whose results look like their originals."""


def expected_in_output(plan: Plan) -> Mapping[ColumnName, frozenset[str]]:
    """Return, per output leaf, the verdicts and entities that the policy allows; ``*`` allows
    anything.

    A kept, masked or generalized column may hold no direct identifier. Free text may hold the
    entities that the policy keeps or fakes in it.
    """
    return {leaf.path: _allowed(plan, step.rule) for leaf, step in output_leaves(plan)}


def output_leaves(plan: Plan) -> tuple[tuple[Leaf, Step], ...]:
    """Return the leaves of the output, each with the step that made it, in schema order.

    In JSON text, and under keys of maps, the leaves are the places that rules name.
    """
    places = Places(plan.output_schema)
    made = [(leaf, step) for step in plan.steps for leaf in places.leaves_at(step.column)]
    shown = {
        leaf.path: number for number, leaf in reversed([*enumerate(leaves(plan.output_schema))])
    }
    index, maps = PathIndex(shown), dict[str, int]()
    for path, number in sorted(shown.items(), key=lambda pair: pair[1]):
        maps.setdefault(path.partition("[]")[0], number)
    return tuple(sorted(made, key=lambda pair: _rank(pair[0].path, shown, index, maps)))


def _rank(
    path: ColumnName, shown: Mapping[ColumnName, int], index: PathIndex, maps: Mapping[str, int]
) -> int:
    """Return the schema position of the leaf at ``path``: of itself, of the leaf around it, or of
    the map that holds it.
    """
    if path in shown:
        return shown[path]
    around = [shown[outer] for outer in index.around(path)]
    return min(around or (maps[outer] for outer in PathIndex(maps).around(path)))


def _allowed(plan: Plan, rule: Rule) -> frozenset[str]:
    if rule.accept is not None or is_opaque(rule):
        return ANYTHING
    return frozenset().union(*(_looks_like(plan, one) for one in _branches(rule)))


def is_opaque(rule: Rule) -> bool:
    """Return True if no result of the rule gives information about what it looked like before."""
    return all(one.action in _OPAQUE for one in _branches(rule))


def _branches(rule: Rule) -> Iterator[Rule]:
    """Yield a rule and, recursively, the rule for rows that its ``when`` leaves out."""
    yield rule
    if rule.otherwise is not None:
        yield from _branches(rule.otherwise)


def _looks_like(plan: Plan, rule: Rule) -> frozenset[str]:
    """Return what one branch of a rule allows. Opaque actions allow only what random text looks
    like, because other rows of the column get another action.
    """
    if isinstance(rule, FakeRule):
        return _like_fake(rule.kind)
    return _RANDOM if rule.action in _OPAQUE else _made_by(plan, rule)


def _made_by(plan: Plan, rule: Rule) -> frozenset[str]:
    """Return what an action's results may look like although they are no longer that."""
    if isinstance(rule, GeneralizeRule):
        ways = [made for way, made in _GENERALIZED.items() if getattr(rule, way) is not None]
        return frozenset.intersection(*ways) if ways else frozenset()
    if rule.action == "shift_dates":
        return _MADE_OF_DATES
    if rule.action == "perturb":
        return _MADE_OF_NUMBERS
    if isinstance(rule, MaskRule):
        return _HIDDEN_BY_FORM.get(rule.form or "", frozenset())
    if isinstance(rule, FreeTextRule):
        return frozenset({"FREE_TEXT_PII"}) | _let_through(plan, rule)
    return frozenset()


def _like_fake(kind: str) -> frozenset[str]:
    """Return the verdicts and entities that fake values of ``kind`` look like."""
    return frozenset(what for what, made in FAKE_KIND_OF.items() if made == kind) | _LIKE_FAKES.get(
        kind, frozenset()
    )


def _let_through(plan: Plan, rule: FreeTextRule) -> frozenset[str]:
    """Return the entities that a free-text rule keeps or fakes."""
    stay = {entity for entity, inner in rule.entities.items() if isinstance(inner, _LOOK_ALIKE)}
    stay -= STAYS_UNLESS_NAMED
    verdicts = {str(finding.column): str(finding.verdict) for finding in plan.findings}
    for name in rule.same_row:
        other = plan.policy.columns.get(ColumnName(name))
        if isinstance(other, FakeRule):
            stay |= _like_fake(other.kind)
        elif isinstance(other, EncryptFormatRule):
            stay.add(ENTITIES.get(verdicts.get(name, ""), ""))
    return ANYTHING if "DEFAULT" in stay else frozenset(stay - {""})
