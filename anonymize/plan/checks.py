"""Checks rules against each other, the source, findings and keys: no unlisted place is unnoticed,
no identifier is kept, all keys exist, checks are possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding
from anonymize.errors import Problem
from anonymize.keys import CANARY, RESERVED
from anonymize.names import ColumnName, KeyId, KeyName
from anonymize.nested.maps import key_path, value_path
from anonymize.nested.open_close import ROOT, map_types
from anonymize.nested.path_index import PathIndex
from anonymize.nested.paths import within
from anonymize.nested.places import Places
from anonymize.plan.bind.filters import condition_problem, conditions
from anonymize.plan.bind.same_row import unlike_problems
from anonymize.plan.canaries.marks import canary_problems
from anonymize.plan.model import Step
from anonymize.plan.next_step import next_step
from anonymize.plan.privacy_checks import date_shifts, guessable, quasi_identifiers, row_order
from anonymize.plan.recoding.ways import recode_problems
from anonymize.plan.text_checks import languages, patterns, recognizers, unserved_scripts
from anonymize.policy import Policy
from anonymize.policy.actions import (
    ActionRule,
    GeneralizeRule,
    KeepRule,
    ShuffleRule,
    keys_of,
    rules_in_turn,
)
from anonymize.policy.entities import entity_problems
from anonymize.privacy.presets import preset_problems


class MissingKey(Problem):
    """A problem that another keyring would solve."""


def plan_problems(
    policy: Policy,
    steps: Mapping[ColumnName, Step],
    places: Places,
    top_level: Sequence[str],
    findings: Sequence[Finding],
    key_ids: Mapping[KeyName, KeyId] | None,
) -> Iterator[Problem]:
    """Yield the problems that are visible only if rules, schema, findings and keys are combined."""
    yield from (Problem(policy.place(path), what) for path, what in entity_problems(policy))
    yield from recognizers(policy)
    yield from languages(policy)
    yield from patterns(policy)
    yield from _unlisted(policy, places)
    yield from _maps(policy, steps, places)
    yield from _kept_identifiers(policy, steps, findings)
    yield from unserved_scripts(policy, steps, findings)
    yield from guessable(policy, steps, findings)
    yield from _row_filters(policy, places)
    yield from row_order(policy)
    yield from _reserved_keys(policy)
    yield from quasi_identifiers(policy, steps, places)
    yield from recode_problems(policy, steps, frozenset(top_level))
    yield from preset_problems(policy, findings, _keys_of_rules(policy))
    yield from _sink(policy, steps, top_level, key_ids)
    yield from canary_problems(policy, steps)
    yield from _null_values(policy, places)
    yield from date_shifts(policy)
    yield from (
        Problem(policy.place(f"columns.{at}"), what)
        for at, what in unlike_problems(policy, findings)
    )
    if policy.subject and places.find(policy.subject) is None:
        yield Problem(policy.place("subject"), _absent(policy.subject, places))


def _keys_of_rules(policy: Policy) -> frozenset[str]:
    """Return the names of the keys that rules derive values from."""
    roles = policy.default_keys.by_role()
    return frozenset(key for rule in policy.columns.values() for key in keys_of(rule, roles))


def _null_values(policy: Policy, places: Places) -> Iterator[Problem]:
    """Yield columns that have ``null_values`` and do not exist."""
    named = policy.source.null_values
    for path in named if isinstance(named, Mapping) else ():
        leaf = places.find(ColumnName(path))
        if leaf is None:
            yield Problem(policy.place("source.null_values"), _absent(path, places))
        elif path in places.inner:
            what = f"'{path}' is nested and has no one text; name what is inside"
            yield Problem(policy.place("source.null_values"), what)


def covers(rule: str, path: ColumnName) -> bool:
    """Return True if a rule for ``rule`` applies to ``path``: the same place or one inside it."""
    return path == rule or within(rule, path)


def _absent(name: str, places: Places) -> str:
    """Return the problem if the source has no such column, or the path leads nowhere."""
    top_level = not any(mark in name for mark in ".[")
    return (
        f"the source has no column '{name}'"
        if top_level
        else f"'{name}': {places.why_not(ColumnName(name))}"
    )


def _unlisted(policy: Policy, places: Places) -> Iterator[Problem]:
    if policy.unlisted != "refuse":
        return
    rules = PathIndex(policy.columns)
    maps = PathIndex(f"{path}[]" for path in places.maps)
    for path in places.leaves:
        if not rules.covering(path) and not _judged_by_data(path, rules, maps):
            yield Problem(
                policy.place("columns"),
                f"column '{path}' has no rule; add one, or say unlisted: drop",
            )


def _judged_by_data(path: ColumnName, rules: PathIndex, maps: PathIndex) -> bool:
    """Return True if only the data shows whether rules name everything in it: documents, and maps
    with rules for some keys.
    """
    entries = [
        entry
        for entry in maps.covering(path)
        if not (rules.holds(entry) or rules.has_inside(entry))
    ]
    return any(map(rules.has_inside, (path, *(entry.removesuffix("[]") for entry in entries))))


def _maps(policy: Policy, steps: Mapping[ColumnName, Step], places: Places) -> Iterator[Problem]:
    """Yield maps that cannot be put together again from their entries' results."""
    outputs = {path: step.output_type for path, step in steps.items() if step.rule.action != "drop"}
    index = PathIndex(outputs)
    for path in places.maps:
        rules = index.inside(path)
        if not rules:
            continue
        where, kind = policy.place(f"columns.{rules[0]}"), places.by_path[path].type
        keys, values, named = map_types(path, kind, outputs, index)
        halves = {
            inside: any(covers(inside, rule) for rule in rules)
            for inside in (key_path(path), value_path(path))
        }
        if len(set(halves.values())) > 1:
            missing = next(inside for inside, there in halves.items() if not there)
            yield Problem(
                where,
                f"an entry of a map is its key and its value; give '{missing}' a rule that keeps"
                " it too",
            )
        if len(values) > 1:
            given = " and ".join(map(str, values))
            yield Problem(
                where, f"values of a map have one type, but the rules in '{path}' give {given}"
            )
        if named and keys is not None and keys != kind.key_type:
            what = (
                f"named keys stay {kind.key_type}, but the rule for '{key_path(path)}' gives {keys}"
            )
            yield Problem(where, f"keys of a map have one type: {what}")


def _kept_identifiers(
    policy: Policy, steps: Mapping[ColumnName, Step], findings: Sequence[Finding]
) -> Iterator[Problem]:
    rules = PathIndex(steps)
    for finding in findings:
        rule = next(iter(rules.covering(finding.column)), None)
        personal = finding.verdict in DIRECT_IDENTIFIERS or finding.device or finding.position
        if rule is None or not personal:
            continue
        kept = next(
            (
                inner.action
                for inner in rules_in_turn(steps[rule].rule)
                if publishes_values(inner) and inner.accept is None
            ),
            None,
        )
        if kept and steps[rule].rule.accept is None:
            what = (
                f"{kept}, but '{finding.column}' looks like {_seen(finding)}"
                f" ({'; '.join(finding.evidence[:2])})"
            )
            todo = next_step(steps[rule], str(finding.verdict))
            yield Problem(policy.place(f"columns.{rule}"), f"{what}; {todo}")


def publishes_values(rule: ActionRule) -> TypeGuard[KeepRule | ShuffleRule | GeneralizeRule]:
    """Return True if an action leaves some values as they are, whatever they are: those of frequent
    categories, those between two ends, or all of them in other rows.

    Others may leave a value as it is by its form, for example a short one under ``prefix``. The
    scan of the output reads those.
    """
    if isinstance(rule, GeneralizeRule):
        ends = rule.top is not None or rule.bottom is not None
        return rule.rare is not None or (ends and rule.band is None and rule.to is None)
    return isinstance(rule, KeepRule | ShuffleRule)


def _seen(finding: Finding) -> str:
    if finding.position:
        return f"{finding.verdict} to a hundred metres or so"
    return "ids of somebody's device or vehicle" if finding.device else str(finding.verdict)


def _row_filters(policy: Policy, places: Places) -> Iterator[Problem]:
    for condition in conditions(policy.rows.where):
        leaf = places.find(ColumnName(condition[0]))
        if leaf is None:
            yield Problem(policy.place("rows.where"), _absent(condition[0], places))
        elif leaf.level != ROOT:
            yield Problem(
                policy.place("rows.where"),
                f"'{condition[0]}' is inside a list, so a row has no one value of it",
            )
        else:
            problem = condition_problem(condition, leaf.type)
            if problem:
                yield Problem(policy.place("rows.where"), problem)


def _reserved_keys(policy: Policy) -> Iterator[Problem]:
    """Yield key names of the policy that are reserved in every owner's keyring."""
    named = {"sink.key": policy.sink.key}
    if policy.sink.restricted:
        named["sink.restricted.key"] = policy.sink.restricted.key
    roles = policy.default_keys.by_role()
    rules = [
        (f"columns.{path}", key)
        for path, rule in policy.columns.items()
        for key in sorted(keys_of(rule, roles))
    ]
    for where, key in (*named.items(), *rules):
        if key in (*RESERVED, CANARY):
            yield Problem(
                policy.place(where),
                f"'{key}' is kept for what readers may not do; name another key",
            )


def _sink(
    policy: Policy,
    steps: Mapping[ColumnName, Step],
    top_level: Sequence[str],
    key_ids: Mapping[KeyName, KeyId] | None,
) -> Iterator[Problem]:
    wanted = [("sink.key", policy.sink.key)]
    if policy.sink.canaries:
        wanted.append(("sink.canaries", CANARY))
    if policy.sink.restricted:
        wanted.append(("sink.restricted.key", policy.sink.restricted.key))
        kept = PathIndex(column for column, step in steps.items() if step.rule.action != "drop")
        for name in policy.sink.restricted.columns:
            inside = kept.holds(name) or kept.has_inside(name)
            if not inside or name not in top_level:
                what = (
                    "is not a top-level column of the output" if inside else "is not in the output"
                )
                yield Problem(policy.place("sink.restricted.columns"), f"'{name}' {what}")
    for where, key in wanted:
        if key_ids is not None and key not in key_ids:
            holds = ", ".join(key_ids) or "nothing"
            yield MissingKey(
                policy.place(where), f"key '{key}' is not in the keyring; it holds {holds}"
            )
