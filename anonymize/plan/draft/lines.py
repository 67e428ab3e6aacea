"""Decides what a draft says of one column: the rule, and the reason beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

import pyarrow.types as pt

from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT, Leaf
from anonymize.plan.draft.actions import (
    KEEP,
    REDACT,
    DraftedRule,
    drafted_rule,
    is_text,
    stricter,
)
from anonymize.plan.draft.days import MOST_ALONE
from anonymize.plan.draft.observed import Observed
from anonymize.plan.draft.special import called, special_category
from anonymize.plan.privacy_checks import DETERMINISTIC, FEW
from anonymize.policy.actions import Normalization

TOLD_BY_FREQUENCY = "so few values would be told by how often each occurs"
IF_NOT = "redact it if it need not join"
MOST_NAMED = 5
"""Number of columns that a reason names as joining."""
SPARSE = 0.5
"""Minimum share of values of one kind for a mask that is made for that kind."""
DOUBTFUL = 0.6
"""Confidence up to which a column without people is noted as perhaps one of names: such columns
have odds of two in five.
"""


@dataclass(frozen=True)
class Line:
    """The draft's line for one leaf."""

    leaf: Leaf
    rule: DraftedRule
    why: tuple[str, ...]
    """Reasons, without a value of the source."""
    verdict: str = "NONE"
    told: tuple[str, ...] = ()
    """Those of the reasons for which more is lost than the verdict asks, or less than one may
    think.
    """
    identifies: bool = False
    """True if a date of each person, which identifies in combination."""

    @property
    def path(self) -> ColumnName:
        """Return the leaf's path."""
        return self.leaf.path

    @property
    def action(self) -> str:
        """Return the name of the rule's action."""
        return str(self.rule["action"])

    @property
    def reason(self) -> str:
        """Return the reasons as one line of a comment."""
        return " ".join("; ".join(self.why).split())


class Refusal(NamedTuple):
    """Why a drafted rule cannot be run."""

    by: Literal["plan", "gate"]
    """What refused it: planning, or a gate on its output."""
    why: str
    """A sentence without a value."""
    entity: str = ""
    """What a gate found."""


class Joining(NamedTuple):
    """What a column is given because it shares its ids with another."""

    domain: str
    """The domain of all columns with these ids."""
    normalize: Normalization
    """The normalization by which their values are equal."""
    held_by: ColumnName | None = None
    """The column that holds this one's values, if so many that frequencies do not tell them."""


@dataclass(frozen=True)
class Facts:
    """What a draft knows beside the findings."""

    observed: Observed = field(default_factory=Observed)
    """What rows showed."""
    domains: Mapping[ColumnName, Joining] = field(default_factory=dict)
    """Domains of columns that share ids, from `SharedIds`."""
    fakes: Mapping[ColumnName, Mapping[str, Any]] = field(default_factory=dict)
    """Per column of names: kind and person."""
    locale: str = "en_US"
    """Faker's locale for names."""
    countries: tuple[str, ...] = ()
    """Countries whose numbers texts may hold, as two-letter codes."""
    of_people: bool = False
    """True if the table has columns of people."""
    refused: Mapping[ColumnName, tuple[Refusal, ...]] = field(default_factory=dict)
    """Columns whose drafted rules did not pass, with one refusal per rule."""


def line_for(leaf: Leaf, finding: Finding | None, facts: Facts) -> Line:
    """Return the line for one leaf."""
    verdict = str(finding.verdict) if finding else "NONE"
    formats = facts.observed.formats(leaf.path)
    dates = facts.observed.dates(leaf.path) if is_text(leaf.type) else {}
    rule = drafted_rule(
        verdict,
        leaf.type,
        leaf.path,
        prose=finding is None or finding.prose,
        dates=dates if is_text(leaf.type) else None,
    )
    category = special_category(finding, people=facts.of_people) if finding else None
    why = [_evidence(verdict, finding, category)]
    if len(formats) > 1 and "format" in rule:
        why.append(f"or format: {formats[1]}, for which month and day change places")
    if leaf.path in facts.observed.with_decimal_comma():
        why.append("numbers with a decimal comma, read as text")
    if finding is not None and finding.unread and (rule is KEEP or "prefix" in rule):
        rule = REDACT  # what its values tell is not known
    rule, why = _named(leaf, verdict, rule, why, facts)
    told: list[str] = []
    if facts.of_people and verdict == "DATE_TIME":
        rule, why = _day(leaf, rule, why, dates)
        rule, told = _shared(leaf, rule, dates, facts)
    joining = facts.domains.get(leaf.path)
    rule = _joined(rule, joining)
    cautious, reasons = _cautious(finding, rule, joining)
    told += reasons if cautious is REDACT else []
    why += told + (reasons if cautious is not REDACT else [])
    rule = cautious
    for refusal in facts.refused.get(leaf.path, ()):
        told.append(f"no {rule['action']}, because {refusal.why}")
        why.append(told[-1])
        rule = stricter(rule, leaf.type, planned=refusal.by == "gate", countries=facts.countries)
    dated = facts.of_people and verdict == "DATE_TIME" and dates is not None
    identifies = dated and not facts.observed.days.is_of_several_rows_each()
    return Line(leaf, rule, tuple(why), verdict, tuple(told), identifies)


def _evidence(verdict: str, finding: Finding | None, category: str | None) -> str:
    if finding is None or not finding.evidence:
        return verdict
    if verdict == "NONE" and category is not None:
        return f"{called(category)}; the name says so"
    said = f"{verdict} {finding.confidence:.0%}; {finding.evidence[0]}"
    doubtful = verdict == "NONE" and finding.confidence <= DOUBTFUL
    if doubtful and finding.runner_up == "PERSON_NAME":
        said += "; it may hold names of people all the same: look at the values"
    return said


def _named(
    leaf: Leaf, verdict: str, rule: DraftedRule, why: list[str], facts: Facts
) -> tuple[DraftedRule, list[str]]:
    """Return the rule for a column of names with kind, locale and person."""
    if verdict != "PERSON_NAME" or rule["action"] != "fake":
        return rule, why
    said = dict(facts.fakes.get(leaf.path, {}))
    locale = {"locale": facts.locale} if facts.locale != "en_US" else {}
    person = {"person": said.pop("person")} if "person" in said else {}
    return {**rule, **said, **locale, **person}, why


def _day(
    leaf: Leaf, rule: DraftedRule, why: list[str], dates: Mapping[str, str] | None
) -> tuple[DraftedRule, list[str]]:
    """Return a rule that keeps the day of moments in a table of people; other columns keep theirs.

    A second tells one event from all others: with a list of visits or calls from elsewhere it tells
    whose a row is.
    """
    written = dates or {}
    timed = dates is not None and (
        "format" not in written or "%H" in written["format"] or "%I" in written["format"]
    )
    moments = pt.is_timestamp(leaf.type) or (is_text(leaf.type) and timed)
    if rule is not KEEP or not moments:
        return rule, why
    day = {"action": "generalize", "to": "day", **(written if is_text(leaf.type) else {})}
    return day, [*why, "the second of an event tells whose it is"]


def _shared(
    leaf: Leaf, rule: DraftedRule, dates: Mapping[str, str] | None, facts: Facts
) -> tuple[DraftedRule, list[str]]:
    """Return a rule that gives dates periods that rows share, and how many are alone with theirs.

    Where each row may be another person, as in a list of employees, a day that nobody shares tells
    who the row is. Where a column shows that people have several rows it tells one event, which the
    rows are about: it stays, and this is said. A date in text that is not read with its century has
    no period, so it goes.
    """
    written, days = dict(dates or {}), facts.observed.days
    read = dates is not None
    alone = (
        days.alone(leaf.path, written.get("format")) if read else days.alone_as_written(leaf.path)
    )
    exact = rule is KEEP or rule.get("to") == "day"
    if not exact or leaf.level != ROOT or alone is None or alone.share("day") <= MOST_ALONE:
        return rule, []
    count = alone.by_unit["day"]
    said = f"{count:,} of {alone.rows:,} rows are alone with their day"
    if days.is_of_several_rows_each():
        return rule, [f"{said}; to: month or shift_dates would hide whose it is"]
    if not read:
        return REDACT, [f"{said}; no format with a century reads it, to give it a period"]
    unit = alone.coarser()
    text = written if is_text(leaf.type) else {}
    left = alone.by_unit[unit]
    return (
        {"action": "generalize", "to": unit, **text},
        [f"{said}, {left:,} with their {unit}"],
    )


def _joined(rule: DraftedRule, joining: Joining | None) -> DraftedRule:
    if joining is None or rule["action"] not in ("keep", "pseudonymize", "fake"):
        return rule
    spelled = joining.normalize if joining.normalize != "exact" else rule.get("normalize", "exact")
    said = {"normalize": spelled} if spelled != "exact" else {}
    return {"action": "pseudonymize", "domain": joining.domain, **said}


def _cautious(
    finding: Finding | None, rule: DraftedRule, joining: Joining | None
) -> tuple[DraftedRule, list[str]]:
    """Return a rule that empties the column where a mask or a pseudonym would say too much, with
    the reasons; ids that another column holds stay joinable, and the rule says at what price.
    """
    why: list[str] = []
    if finding is None:
        return rule, why
    if rule["action"] == "mask" and finding.share < SPARSE:
        why = ["too few values of that kind for a mask; for prose say free_text"]
        rule = REDACT
    few = finding.repeats and 0 < finding.distinct_estimate < FEW
    if not few or rule["action"] not in DETERMINISTIC:
        return rule, why
    if rule["action"] == "pseudonymize" and joining is not None and joining.held_by is not None:
        accept = f"joins with {joining.held_by}, though how often each value occurs may tell it"
        return {**rule, "accept": accept}, [*why, IF_NOT]
    return REDACT, [*why, TOLD_BY_FREQUENCY]


def with_joins(lines: Sequence[Line]) -> list[Line]:
    """Return ``lines`` with the columns that each one joins with in its reason; one that was
    accepted in order to join, and joins with nothing, is emptied.
    """
    told = []
    for line in lines:
        joined = [str(other.path) for other in lines if other is not line and _join(line, other)]
        why = [reason for reason in line.why if reason != IF_NOT]
        if joined:
            why = [*why, f"equal values join with {_list(joined)}", *line.why[len(why) :]]
            told.append(replace(line, why=tuple(why)))
        elif "accept" in line.rule:
            reason = (TOLD_BY_FREQUENCY,)
            told.append(replace(line, rule=REDACT, why=(*why, *reason), told=line.told + reason))
        else:
            told.append(line)
    return told


def _join(one: Line, other: Line) -> bool:
    """Return True if equal values of both get the same pseudonym."""
    same = ("action", "domain", "normalize")
    return (
        one.action == "pseudonymize"
        and "domain" in one.rule
        and all(one.rule.get(key) == other.rule.get(key) for key in same)
    )


def _list(names: Sequence[str]) -> str:
    shown, more = names[:MOST_NAMED], len(names) - MOST_NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
