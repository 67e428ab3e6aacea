"""Checks what the rows written tell together with earlier releases that the policy names."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.dataset.facts import AgainstFacts
from anonymize.errors import Problem
from anonymize.gates.interface import Output
from anonymize.plan.model import Plan
from anonymize.policy import PrivacySpec


def told_together(output: Output, plan: Plan) -> tuple[Problem, ...]:
    """Return a problem for each finding of a comparison that ``on_against`` refuses."""
    privacy = plan.policy.privacy
    if privacy is None or not privacy.against:
        return ()
    place = plan.policy.place("privacy.against")
    if output.against is None:
        what = "the rows written were not compared with earlier releases; nothing was published"
        return (Problem(place, what),)
    return tuple(
        Problem(place, f"{what}; {advice}, or publish and state it: on_against: {{{kind}: report}}")
        for facts in output.against
        for kind, what, advice in _findings(facts, privacy)
        if getattr(privacy.on_against, kind) == "refuse"
    )


def _findings(facts: AgainstFacts, privacy: PrivacySpec) -> Iterator[tuple[str, str, str]]:
    """Yield the kind of each finding, what it is, and what mends it."""
    where, few = f"together with {facts.release}", f"fewer than {privacy.k}"
    if facts.nothing:
        why = "; ".join(facts.uncompared)
        yield (
            "uncompared", f"nothing of {facts.release} can be compared: {why}",
            "take it out of against:",
        )  # fmt: skip
    if _some(facts.narrowed):
        known = f" (of {facts.known} one value)" if _some(facts.known) else ""
        yield (
            "values",
            f"{where}, {facts.narrowed} {facts.counts} have fewer possible values of"
            f" {', '.join(facts.sensitive)} than promised{known}: each class tells its own, and"
            " both leave those in common",
            f"publish without the column ({_dropped(facts.sensitive)})",
        )
    if _some(facts.isolated):
        yield (
            "counts",
            f"{where}, the classes' counts single out {facts.isolated} {facts.differ}, in"
            f" differences of {few}: who knows that somebody came, left or changed finds them",
            "publish when more has changed",
        )
    if _some(facts.joined):
        yield (
            "counts",
            f"{where}, ids that both publish put {facts.joined} people into groups of {few}: rows"
            " of one person join, and each has a class in both",
            "publish without the subject's column",
        )
    if _some(facts.changed):
        yield (
            "signatures",
            f"{facts.changed} people are in a class with other values of"
            f" {', '.join(facts.sensitive)} than in {facts.release} (m-invariance)",
            f"publish without the column ({_dropped(facts.sensitive)})",
        )


def _some(count: str | None) -> bool:
    return count not in (None, "0")


def _dropped(columns: tuple[str, ...]) -> str:
    return ", ".join(f"columns.{name}: {{action: drop}}" for name in columns)


def against_sentences(plan: Plan) -> tuple[str, ...]:
    """Return what a reader of the plan must know of the comparison: with what, and what becomes of
    a finding.
    """
    privacy = plan.policy.privacy
    if privacy is None or not privacy.against:
        return ()
    said = [
        f"compared with {one} ({one.rows:,} rows){_by(plan, one.link)}"
        for one in plan.against.earlier
    ]
    said += [f"not compared: {release}: {why}" for release, why, _ in plan.against.untold]
    said += plan.against.notes
    if not said:
        said = ["what it is compared with is not known without a keyring"]
    answers = privacy.on_against
    kinds = ", ".join(f"{kind}: {getattr(answers, kind)}" for kind in type(answers).model_fields)
    return (*said, f"on_against: {kinds}")


def _by(plan: Plan, link: str) -> str:
    if plan.counted_by is None:
        return ", by rows: no subject: declared"
    return ", by people: its subject index" if link else ", by people if published ids join"
