"""Decides what a draft says of one column: the rule, and the reason beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pyarrow.types as pt

from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.nested.open_close import Leaf
from anonymize.plan.draft.actions import (
    KEEP,
    REDACT,
    DraftedRule,
    drafted_rule,
    is_text,
    stricter,
)
from anonymize.plan.draft.observed import Observed
from anonymize.plan.privacy_checks import DETERMINISTIC, FEW
from anonymize.policy.yaml_text import flow

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


@dataclass(frozen=True)
class Facts:
    """What a draft knows beside the findings."""

    observed: Observed = field(default_factory=Observed)
    """What rows showed."""
    domains: Mapping[ColumnName, str] = field(default_factory=dict)
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
    formats, dates = facts.observed.formats(leaf.path), facts.observed.dates(leaf.path)
    rule = drafted_rule(
        verdict,
        leaf.type,
        leaf.path,
        prose=finding is None or finding.prose,
        dates=dates if is_text(leaf.type) else None,
    )
    why = [_evidence(verdict, finding)]
    if len(formats) > 1 and "format" in rule:
        why.append(f"or format: {formats[1]}, for which month and day change places")
    if leaf.path in facts.observed.with_decimal_comma():
        why.append("numbers with a decimal comma, read as text")
    rule, why = _named(leaf, verdict, rule, why, facts)
    if facts.of_people and verdict == "DATE_TIME":
        rule, why = _day(leaf, rule, why, dates)
    rule, why = _joined(leaf.path, rule, why, facts.domains.get(leaf.path))
    rule, why = _cautious(finding, rule, why, joins=leaf.path in facts.domains)
    for refusal in facts.refused.get(leaf.path, ()):
        why.append(f"no {rule['action']}, because {refusal.why}")
        rule = stricter(rule, leaf.type, planned=refusal.by == "gate", countries=facts.countries)
    return Line(leaf, rule, tuple(why), verdict)


def _evidence(verdict: str, finding: Finding | None) -> str:
    if finding is None or not finding.evidence:
        return verdict
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


def _joined(
    path: ColumnName, rule: DraftedRule, why: list[str], domain: str | None
) -> tuple[DraftedRule, list[str]]:
    if domain is None or rule["action"] not in ("keep", "pseudonymize"):
        return rule, why
    fold = {"normalize": "fold"} if "normalize" in rule or domain == "email" else {}
    return {"action": "pseudonymize", "domain": domain, **fold}, [
        *why,
        "columns of this domain hold the same ids and join",
    ]


def _cautious(
    finding: Finding | None, rule: DraftedRule, why: list[str], *, joins: bool
) -> tuple[DraftedRule, list[str]]:
    """Return a rule that empties the column where a mask or a pseudonym would say too much."""
    if finding is None:
        return rule, why
    if rule["action"] == "mask" and finding.share < SPARSE:
        why = [*why, "too few values of that kind for a mask; for prose say free_text"]
        rule = REDACT
    few = finding.repeats and 0 < finding.distinct_estimate < FEW
    if few and rule["action"] in DETERMINISTIC:
        said = "so few values would be told by how often each occurs"
        if joins:
            said += f", or {flow({**rule, 'accept': 'the reason'})}"
        return REDACT, [*why, said]
    return rule, why
