"""The scan of the output under a policy: its recognizers, lists and countries, and what its rules let through."""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.detect import ColumnSample, ResidualFinding, residual_findings
from anonymize.detect.cells import Asked
from anonymize.errors import Problem
from anonymize.names import ColumnName
from anonymize.plan.checks import covers
from anonymize.plan.detectors import scanner_of
from anonymize.plan.expected import expected_in_output, output_leaves
from anonymize.plan.model import Plan, Step
from anonymize.plan.takers import takers_of
from anonymize.policy import DetectSpec, Rule
from anonymize.policy.actions import FreeTextRule

DENY_LIST = "deny list"
"""What spans of a deny list name as their recognizer."""
_OTHER_CODES = {"gb": "UK"}
_WAYS_OUT = ("pseudonymize", "redact", "tokenize")
"""Actions after which nothing of a column is left to be found, the most useful first."""


def scan_output(plan: Plan, samples: Sequence[ColumnSample]) -> tuple[ResidualFinding, ...]:
    """Return what detection finds in ``samples`` of the plan's output beyond what its policy lets through.

    Columns are judged as ``inspect`` judges them, and cells are read with the policy's recognizers, allow and deny
    lists, countries and languages, those of a free text with its rule's own beside them.
    """
    detect = plan.policy.detect
    return residual_findings(
        samples,
        expected_in_output(plan),  # type: ignore[arg-type]
        asked={leaf.path: _asked(detect, step.rule) for leaf, step in output_leaves(plan)},
        countries=detect.countries,
        languages=detect.languages,
        names=plan.names.scanner() if plan.names else None,
    )


def _asked(detect: DetectSpec, rule: Rule) -> Asked:
    """Return what reads the cells that ``rule`` made, and which of its finds count."""
    countries, own = detect.countries, frozenset({*(spec.name for spec in detect.recognizers), DENY_LIST})
    if isinstance(rule, FreeTextRule):
        countries = tuple(dict.fromkeys((*countries, *(rule.countries or ()))))
        scanner = scanner_of(detect, countries=countries, languages=rule.languages, allow=rule.allow, deny=rule.deny)
    else:
        scanner = scanner_of(detect)
    has_own = bool(detect.recognizers or detect.deny or getattr(rule, "deny", ()))
    return Asked(scanner, own if has_own else frozenset(), _prefixes(countries))


def _prefixes(countries: Sequence[str]) -> tuple[str, ...]:
    """Return how the entities of the countries' identifiers begin."""
    return tuple(f"{_OTHER_CODES.get(code.lower(), code.upper())}_" for code in countries)


def residual_problem(plan: Plan, column: ColumnName, what: str, evidence: Sequence[str]) -> Problem:
    """Return what to say of one finding: what is left and in how many cells, and a next step that mends it."""
    why = "; ".join(evidence)
    step = next((step for step in plan.steps if covers(step.column, column)), None)
    place = plan.policy.place(f"columns.{step.column if step else column}")
    return Problem(place, f"the output still holds {what} ({why}); nothing was published: {next_step(step)}")


def next_step(step: Step | None) -> str:
    """Return what to do about a finding in the column that ``step`` made: actions that take its type, or the reason."""
    takers = takers_of(step.input_type) if step else ()
    ways = [f"{{action: {action}}}" for action in _WAYS_OUT if action in takers][:2]
    first = f"say {' or '.join(ways)}, " if ways else ""
    return f'{first}{"or, " if first else ""}if nobody is in it, accept: "the reason"'
