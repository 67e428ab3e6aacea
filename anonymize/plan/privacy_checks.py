"""Whether the rules can keep what privacy asks for: classes, order, values that can be guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow.types as pt

from anonymize.detect.interface import Finding
from anonymize.errors import Problem
from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT
from anonymize.nested.places import Places
from anonymize.plan.model import Step
from anonymize.policy import Policy, Rule
from anonymize.policy.actions import ShiftDatesRule, key_name, nested_rules
from anonymize.privacy import countable

DETERMINISTIC = frozenset({"pseudonymize", "tokenize", "encrypt_format", "fake"})
"""Actions that give equal results for equal values, so that frequencies stay visible."""
FEW = 50
"""Minimum number of distinct values for a deterministic action."""
FEW_GUESSABLE = 10_000
"""The same minimum for kinds of which an outsider can list all values."""
GUESSABLE = frozenset(
    {"POSTAL_CODE", "DATE_OF_BIRTH", "AGE", "GENDER", "CITY", "REGION", "COUNTRY", "DEMOGRAPHIC"}
)
"""Verdicts whose values can all be listed by an outsider."""


def date_shifts(policy: Policy) -> Iterator[Problem]:
    """Yield date shifts that differ from those of the subject's other dates, because the distances
    between the dates would be lost.
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


def guessable(
    policy: Policy, steps: Mapping[ColumnName, Step], findings: Sequence[Finding]
) -> Iterator[Problem]:
    """Yield deterministic rules on columns with so few values that frequency counts or guesses
    reveal them.
    """
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


def row_order(policy: Policy) -> Iterator[Problem]:
    """Yield source order together with a privacy measure: rows would join by position with the data
    that the measure protects.
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


def quasi_identifiers(
    policy: Policy, steps: Mapping[ColumnName, Step], places: Places
) -> Iterator[Problem]:
    """Yield columns of ``privacy:`` and a subject that people and classes cannot be counted by."""
    subject = places.find(policy.subject) if policy.subject else None
    if policy.privacy is None and policy.indexed_by is None:
        return
    if subject is not None and (subject.level != ROOT or not countable(subject.type)):
        what = (
            f"'{subject.path}' has no one value per row by which people could be counted, or found;"
            " name a plain column"
        )
        yield Problem(policy.place("subject"), what)
    if policy.privacy is None:
        return
    for key, names in (
        ("quasi_identifiers", policy.privacy.quasi_identifiers),
        ("sensitive", policy.privacy.sensitive),
        ("target", (policy.privacy.wanted.column,) if policy.privacy.wanted else ()),
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
    """Return why a rule cannot be a quasi-identifier's, and which rules can."""
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
