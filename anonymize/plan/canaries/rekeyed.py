"""The rules that make a recipient's version of a published one: ids by keys of the recipient, all
else as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa

from anonymize.errors import Problem
from anonymize.names import ColumnName
from anonymize.nested.open_close import leaves
from anonymize.nested.path_index import PathIndex
from anonymize.plan.bind.context import domain_of
from anonymize.plan.patterns import with_rules_for
from anonymize.policy import Policy, Rule
from anonymize.policy.actions import (
    EncryptFormatRule,
    FakeRule,
    FreeTextRule,
    KeepRule,
    PseudonymizeRule,
    TokenizeRule,
    nested_rules,
)
from anonymize.policy.actions.keyed import PersonSpec
from anonymize.policy.audit import AuditSpec
from anonymize.policy.model import ChecksSpec

_Ids = PseudonymizeRule | TokenizeRule | EncryptFormatRule | FakeRule
"""Rules whose results are ids of people."""
ACCEPTED = "as the base version has it"


@dataclass(frozen=True)
class Rekeyed:
    """A policy that is applied to published rows."""

    policy: Policy
    ids: tuple[str, ...]
    """Places whose ids are made again."""
    texts: tuple[str, ...]
    """Texts with fakes or ids inside them, which stay as they are."""


def rekeyed(
    policy: Policy, schema: pa.Schema, recipient: str, place: str
) -> tuple[Rekeyed, tuple[Problem, ...]]:
    """Return the policy of a recipient's version, and why there is none.

    Args:
        policy: The policy that made the version.
        schema: The published schema.
        recipient: Part of each domain, so that ids of two recipients are unrelated, and those of
            one recipient join as those of the base do.
        place: The folder or address of the recipient's dataset.
    """
    known, problems = with_rules_for(policy, schema)
    ids = {name: rule for name, rule in known.columns.items() if _makes_ids(rule)}
    found = [*problems, *_unable(known, ids, schema)]
    top_level = schema.names
    rules: dict[ColumnName, Rule] = {}
    index = PathIndex(ids)
    for name in top_level:
        if not index.has_inside(name) and ColumnName(name) not in ids:
            rules[ColumnName(name)] = KeepRule(action="keep", accept=ACCEPTED)
    for leaf in leaves(schema):
        rule = ids.get(leaf.path)
        if rule is not None:
            rules[leaf.path] = _for_recipient(known, leaf.path, rule, recipient, ids, top_level)
        elif any(index.has_inside(name) and _inside(name, leaf.path) for name in top_level):
            rules[leaf.path] = KeepRule(action="keep", accept=ACCEPTED)
    update = {
        "dataset": f"{policy.dataset}@{recipient}",
        "purpose": f"{policy.purpose} for {recipient}",
        "sink": policy.sink.model_copy(update={"path": place}),
        "columns": rules,
        "unlisted": "drop",
        "subject": policy.subject if policy.subject in top_level else None,
        "rows": policy.rows.model_copy(update={"where": (), "on_bad_value": "null"}),
        "checks": ChecksSpec(residual="off"),
        "audit": AuditSpec(),
        "source": policy.source.model_copy(update={"null_values": ()}),
    }
    without = ("expect", "privacy", "aggregates", "preset", "lineage", "retention", "accept_change")
    update |= dict.fromkeys((*without, "screen"))  # the base's rows were screened
    update |= {"erasure": type(policy.erasure)(), "tests": ()}
    texts = tuple(
        str(name)
        for name, rule in known.columns.items()
        if isinstance(rule, FreeTextRule) and any(map(_makes_ids, rule.entities.values()))
    )
    made = known.model_copy(update=update)
    return Rekeyed(made, tuple(name for name in map(str, ids)), texts), tuple(found)


def _makes_ids(rule: object) -> bool:
    return isinstance(rule, _Ids)


def _inside(name: str, path: str) -> bool:
    return path.startswith((f"{name}.", f"{name}["))


def _unable(policy: Policy, ids: Mapping[ColumnName, Rule], schema: pa.Schema) -> Iterator[Problem]:
    """Yield ids that cannot be made again in what was published."""
    places = {leaf.path for leaf in leaves(schema)}
    for name, rule in policy.columns.items():
        inner = [one for one in nested_rules(rule) if one is not rule and _makes_ids(one)]
        if rule.when is not None and (name in ids or inner):
            what = (
                "when: leaves some values as they are, and what was published does not tell which;"
                " a recipient's version needs one rule for the column"
            )
            yield Problem(policy.place(f"columns.{name}"), what)
        elif name in ids and name not in places:
            what = (
                "has ids inside JSON text or a map, which are not made again for a recipient; leave"
                " the column out of the dataset that recipients' versions are made of"
            )
            yield Problem(policy.place(f"columns.{name}"), what)


def _for_recipient(
    policy: Policy,
    name: ColumnName,
    rule: Rule,
    recipient: str,
    ids: Mapping[ColumnName, Rule],
    top_level: list[str],
) -> Rule:
    """Return the rule for ids that were published under ``rule``."""
    assert isinstance(rule, _Ids)
    person = isinstance(rule, FakeRule) and rule.person
    whose = ColumnName(f"person {person.name}") if person else name
    domain = f"{domain_of(policy, rule, whose)}\x1ffor {recipient}"
    update: dict[str, object] = {"domain": domain, "accept": ACCEPTED, "entity": None}
    if isinstance(rule, TokenizeRule):
        update["method"] = "siv"
    if isinstance(rule, PseudonymizeRule | FakeRule):
        update["normalize"] = "exact"
    if isinstance(rule, FakeRule) and rule.person is not None:
        update["person"] = _person(rule.person, ids, top_level)
    return rule.model_copy(update=update)


def _person(person: PersonSpec, ids: Mapping[ColumnName, Rule], top_level: list[str]) -> PersonSpec:
    """Return the same fake person, known by one published column: the one that is different for
    most people.
    """
    of_person = [
        (not rule.unique, rule.kind != "name", str(name))
        for name, rule in ids.items()
        if isinstance(rule, FakeRule)
        and rule.person is not None
        and rule.person.name == person.name
    ]
    by = person.by if person.by in top_level else min(of_person)[2]
    gender = person.gender if person.gender in top_level else None
    country = person.country if person.country in top_level else None
    return PersonSpec(name=person.name, by=by, gender=gender, country=country)
