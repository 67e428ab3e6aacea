"""What the rules together must satisfy: nothing unlisted unseen, no identifier kept, keys there,
checks possible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow.types as pt

from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding
from anonymize.detect.languages import unserved_languages
from anonymize.detect.name_models.interface import SHIPPED
from anonymize.detect.text.checksums import CHECKSUMS
from anonymize.detect.text.slow_patterns import refuse_bombs
from anonymize.detect.unserved import MOSTLY
from anonymize.errors import ArgumentError, Problem
from anonymize.keys import RESERVED
from anonymize.names import ColumnName, KeyId, KeyName
from anonymize.nested.maps import key_path, value_path
from anonymize.nested.open_close import ROOT, map_types
from anonymize.nested.path_index import PathIndex
from anonymize.nested.paths import within
from anonymize.nested.places import Places
from anonymize.plan.bind.filters import condition_problem, conditions
from anonymize.plan.bind.same_row import unlike_problems
from anonymize.plan.free_texts import scanning_rules
from anonymize.plan.model import Step
from anonymize.plan.next_step import next_step
from anonymize.policy import Policy, Rule
from anonymize.policy.actions import (
    KeepRule,
    MaskRule,
    ShiftDatesRule,
    key_name,
    keys_of,
    nested_rules,
    rules_in_turn,
)
from anonymize.policy.entities import entity_problems
from anonymize.privacy import countable

DETERMINISTIC = frozenset({"pseudonymize", "tokenize", "encrypt_format", "fake"})
"""Actions that give equal results for equal values, so that frequencies stay visible."""
FEW = 50
"""A deterministic action on fewer distinct values than this is refused."""
FEW_GUESSABLE = 10_000
"""The same for kinds of which an outsider can list all values."""
GUESSABLE = frozenset(
    {"POSTAL_CODE", "DATE_OF_BIRTH", "AGE", "GENDER", "CITY", "REGION", "COUNTRY", "DEMOGRAPHIC"}
)
"""Verdicts whose values can all be listed."""


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
    """Yield every problem that shows only when rules, schema, findings and keys are seen
    together.
    """
    yield from (Problem(policy.place(path), what) for path, what in entity_problems(policy))
    yield from _recognizers(policy)
    yield from _languages(policy)
    yield from _patterns(policy)
    yield from _unlisted(policy, places)
    yield from _maps(policy, steps, places)
    yield from _kept_identifiers(policy, steps, findings)
    yield from _unserved_scripts(policy, steps, findings)
    yield from _guessable(policy, steps, findings)
    yield from _row_filters(policy, places)
    yield from _row_order(policy)
    yield from _reserved_keys(policy)
    yield from _privacy(policy, steps, places)
    yield from _sink(policy, steps, top_level, key_ids)
    yield from _null_values(policy, places)
    yield from _date_shifts(policy)
    yield from (
        Problem(policy.place(f"columns.{at}"), what)
        for at, what in unlike_problems(policy, findings)
    )
    if policy.subject and places.find(policy.subject) is None:
        yield Problem(policy.place("subject"), _absent(policy.subject, places))


def _null_values(policy: Policy, places: Places) -> Iterator[Problem]:
    """Yield columns with null values of their own that are not there."""
    named = policy.source.null_values
    for path in named if isinstance(named, Mapping) else ():
        leaf = places.find(ColumnName(path))
        if leaf is None:
            yield Problem(policy.place("source.null_values"), _absent(path, places))
        elif path in places.inner:
            what = f"'{path}' is nested and has no one text; name what is inside"
            yield Problem(policy.place("source.null_values"), what)


def _date_shifts(policy: Policy) -> Iterator[Problem]:
    """Yield date shifts that a subject's other dates do not share: the distance between them would
    be lost.
    """
    bounds: dict[tuple[str | None, str], tuple[int, str]] = {}
    for path, rule in policy.columns.items():
        for inner in nested_rules(rule):
            if isinstance(inner, ShiftDatesRule):
                shared = (inner.domain, key_name(inner, policy.default_keys.by_role()))
                days, first = bounds.setdefault(shared, (inner.within_days, path))
                if days != inner.within_days:
                    what = (
                        f"within_days: {inner.within_days}, but '{first}' says {days} and shifts"
                        " the same subjects"
                    )
                    advice = "say the same, or give one a domain: of its own"
                    yield Problem(policy.place(f"columns.{path}.within_days"), f"{what}; {advice}")


def _recognizers(policy: Policy) -> Iterator[Problem]:
    """Yield the data owner's patterns that are none, or that could run for ever."""
    for number, spec in enumerate(policy.detect.recognizers):
        if spec.checksum is not None and spec.checksum not in CHECKSUMS:
            what = (
                f"unknown checksum '{spec.checksum}'; choose one of {', '.join(sorted(CHECKSUMS))}"
            )
            yield Problem(policy.place(f"detect.recognizers.{number}.checksum"), what)
        try:
            refuse_bombs(spec.name, spec.patterns)
        except ArgumentError as error:
            yield Problem(policy.place(f"detect.recognizers.{number}"), error.problems[0].what)


def _languages(policy: Policy) -> Iterator[Problem]:
    """Yield languages of texts in which nothing finds names."""
    said = [("detect.languages", policy.detect.languages)]
    for path, rule in policy.columns.items():
        inner_said = [
            inner.languages for inner in scanning_rules(rule) if inner.languages is not None
        ]
        said += [(f"columns.{path}.languages", languages) for languages in inner_said]
    for where, languages in said:
        for what in unserved_languages(languages, policy.detect.ner):
            yield Problem(policy.place(where), what)


def _unserved_scripts(
    policy: Policy, steps: Mapping[ColumnName, Step], findings: Sequence[Finding]
) -> Iterator[Problem]:
    """Yield free text that is mostly in scripts in which the shipped model finds no names; other
    models are trusted.
    """
    if policy.detect.ner not in ("off", SHIPPED):
        return
    rules = PathIndex(steps)
    for finding in findings:
        path = next(iter(rules.covering(finding.column)), None)
        if path is None or finding.unserved_cells < max(1, MOSTLY * finding.cells):
            continue
        if (
            any(rule.accept is None for rule in scanning_rules(steps[path].rule))
            and steps[path].rule.accept is None
        ):
            scripts = ", ".join(name for name, _ in finding.unserved[:4])
            share = f"{finding.unserved_cells} of {finding.cells} cells"
            what = f"{share} are in scripts or languages in which no names are found"
            advice = (
                "redact it, name a model that reads them (detect: {ner: spacy:MODEL}), or say"
                ' accept: "the reason"'
            )
            yield Problem(
                policy.place(f"columns.{path}"), f"free_text, but {what} ({scripts}); {advice}"
            )


def _patterns(policy: Policy) -> Iterator[Problem]:
    """Yield patterns of masks that could run for ever."""
    for path, rule in policy.columns.items():
        for inner in nested_rules(rule):
            if isinstance(inner, MaskRule) and inner.pattern is not None:
                try:
                    refuse_bombs("mask", (inner.pattern,))
                except ArgumentError as error:
                    yield Problem(
                        policy.place(f"columns.{path}.pattern"),
                        error.problems[0].what.removeprefix("recognizer "),
                    )


def covers(rule: str, path: ColumnName) -> bool:
    """Return whether a rule for ``rule`` decides over ``path``: the same place or one inside it."""
    return path == rule or within(rule, path)


def _absent(name: str, places: Places) -> str:
    """Return that the source has no such column, or why the path names nothing."""
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
    """Return whether only the data shows if rules name all of it: documents, and maps with rules
    for some keys.
    """
    entries = [
        entry
        for entry in maps.covering(path)
        if not (rules.holds(entry) or rules.has_inside(entry))
    ]
    return any(map(rules.has_inside, (path, *(entry.removesuffix("[]") for entry in entries))))


def _maps(policy: Policy, steps: Mapping[ColumnName, Step], places: Places) -> Iterator[Problem]:
    """Yield maps whose entries could not be put together again."""
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
        kept = any(
            isinstance(inner, KeepRule) and inner.accept is None
            for inner in rules_in_turn(steps[rule].rule)
        )
        if kept and steps[rule].rule.accept is None:
            what = (
                f"keep, but '{finding.column}' looks like {_seen(finding)}"
                f" ({'; '.join(finding.evidence[:2])})"
            )
            todo = next_step(steps[rule], str(finding.verdict))
            yield Problem(policy.place(f"columns.{rule}"), f"{what}; {todo}")


def _seen(finding: Finding) -> str:
    if finding.position:
        return f"{finding.verdict} to a hundred metres or so"
    return "ids of somebody's device or vehicle" if finding.device else str(finding.verdict)


def _guessable(
    policy: Policy, steps: Mapping[ColumnName, Step], findings: Sequence[Finding]
) -> Iterator[Problem]:
    """Yield deterministic rules on columns so small that counting or guessing undoes them."""
    for finding in findings:
        step = steps.get(finding.column)
        if step is None or step.rule.action not in DETERMINISTIC or step.rule.accept is not None:
            continue
        few = FEW_GUESSABLE if finding.verdict in GUESSABLE else FEW
        if finding.repeats and 0 < finding.distinct_estimate < few:
            kind = f" of kind {finding.verdict}" if finding.verdict in GUESSABLE else ""
            what = (
                f"{step.rule.action} on {finding.distinct_estimate} distinct values{kind}:"
                " frequencies tell them"
            )
            advice = 'generalize or redact it, or say accept: "the reason"'
            yield Problem(policy.place(f"columns.{finding.column}"), f"{what}; {advice}")


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


def _row_order(policy: Policy) -> Iterator[Problem]:
    """Yield source order beside a privacy measure: rows would join by position with what the
    measure keeps apart.
    """
    if (
        policy.rows.order == "source"
        and policy.privacy is not None
        and policy.rows.accept_order is None
    ):
        what = (
            "source order beside privacy: joins rows by their position with the raw data and with"
            " other purposes"
        )
        yield Problem(
            policy.place("rows.order"),
            f'{what}; say order: shuffled, or accept_order: "the reason"',
        )
    if policy.rows.order == "shuffled" and policy.rows.accept_order is not None:
        yield Problem(
            policy.place("rows.accept_order"),
            "accepts source order, but order: source is not asked for",
        )


def _reserved_keys(policy: Policy) -> Iterator[Problem]:
    """Yield keys of the policy that every owner's keyring keeps for itself."""
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
        if key in RESERVED:
            yield Problem(
                policy.place(where),
                f"'{key}' is kept for what readers may not do; name another key",
            )


def _privacy(policy: Policy, steps: Mapping[ColumnName, Step], places: Places) -> Iterator[Problem]:
    if policy.privacy is None:
        return
    subject = places.find(policy.subject) if policy.subject else None
    if subject is not None and (subject.level != ROOT or not countable(subject.type)):
        what = (
            f"'{subject.path}' has no one value per row by which people could be counted; name a"
            " plain column"
        )
        yield Problem(policy.place("subject"), what)
    for key, names in (
        ("quasi_identifiers", policy.privacy.quasi_identifiers),
        ("sensitive", policy.privacy.sensitive),
    ):
        for name in names:
            step = steps.get(name)
            where = policy.place(f"privacy.{key}")
            if step is None or step.rule.action == "drop":
                yield Problem(
                    where, f"'{name}' is not in the output; give it a rule or take it off the list"
                )
            elif step.level != ROOT or pt.is_nested(step.output_type):
                yield Problem(where, f"'{name}' is nested; name a column with one value per row")
            elif not countable(step.output_type):
                what = f"'{name}' is {step.output_type}, whose values cannot be compared; redact it"
                yield Problem(where, what)
            elif key == "quasi_identifiers" and step.rule.action == "free_text":
                yield Problem(
                    where, f"'{name}' is free text; generalize it, or take it off the list"
                )
            elif key == "quasi_identifiers" and not step.function_of_row:
                yield Problem(where, f"'{name}': {_not_of_row(step.rule)}")


def _not_of_row(rule: Rule) -> str:
    """Return why a rule cannot be a quasi-identifier's, and what can."""
    sides: Rule | None = rule
    actions = []
    while sides is not None:
        actions.append(sides.action)
        sides = sides.otherwise
    named = " or ".join(actions)
    also = (
        "; a custom action says function_of_row = True where it does" if "custom" in named else ""
    )
    return (
        f"{named} does not give equal rows equal values, so the classes counted are not those"
        f" published; generalize or keep it, or take it off the list{also}"
    )


def _sink(
    policy: Policy,
    steps: Mapping[ColumnName, Step],
    top_level: Sequence[str],
    key_ids: Mapping[KeyName, KeyId] | None,
) -> Iterator[Problem]:
    wanted = [("sink.key", policy.sink.key)]
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
