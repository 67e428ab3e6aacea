"""Scans the output under a policy: uses its recognizers, lists and countries, and allows what its
rules make.
"""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.detect import ColumnSample
from anonymize.detect.columns.identifiers_in_cells import SearchedKinds
from anonymize.detect.name_models.choose import names_scanner
from anonymize.errors import Problem
from anonymize.gates.expected import expected_in_output, output_leaves
from anonymize.gates.interface import Output
from anonymize.gates.residual import ResidualFinding, residual_findings
from anonymize.names import ColumnName
from anonymize.plan.bind.scanners import asked_by, scanner_of
from anonymize.plan.checks import covers
from anonymize.plan.model import Plan
from anonymize.plan.next_step import next_step
from anonymize.policy import DetectSpec, Rule
from anonymize.policy.actions import FreeTextRule


def scan_output(plan: Plan, samples: Sequence[ColumnSample]) -> tuple[ResidualFinding, ...]:
    """Return what detection finds in ``samples`` of the plan's output beyond what its policy
    allows.

    Columns get a verdict as in ``inspect``. Cells are read with the policy's recognizers, allow and
    deny lists, countries and languages; cells of free text also with those of its rule.
    """
    detect = plan.policy.detect
    return residual_findings(
        samples,
        expected_in_output(plan),  # type: ignore[arg-type]
        asked={leaf.path: _asked(detect, step.rule) for leaf, step in output_leaves(plan)},
        countries=detect.countries,
        languages=detect.languages,
        names=names_scanner(plan.names) if plan.names else None,
    )


def _asked(detect: DetectSpec, rule: Rule) -> SearchedKinds:
    """Return the scanner for cells that ``rule`` made, and which of its entities count."""
    if not isinstance(rule, FreeTextRule):
        return asked_by(detect, has_own=bool(getattr(rule, "deny", ())))
    countries = tuple(dict.fromkeys((*detect.countries, *(rule.countries or ()))))
    scanner = scanner_of(
        detect, countries=countries, languages=rule.languages, allow=rule.allow, deny=rule.deny
    )
    return asked_by(detect, scanner, countries=countries, has_own=bool(rule.deny))


def personal_data_left(output: Output, plan: Plan) -> tuple[Problem, ...]:
    """Return a problem for each finding of the scan, unless the policy only reports them."""
    if plan.policy.checks.residual != "refuse":
        return ()
    return tuple(
        residual_problem(plan, found.column, str(found.what), found.evidence)
        for found in output.findings
    )


def residual_problem(plan: Plan, column: ColumnName, what: str, evidence: Sequence[str]) -> Problem:
    """Return the message for one finding: what is left, in how many cells, and how to remove it."""
    why = "; ".join(evidence)
    step = next((step for step in plan.steps if covers(step.column, column)), None)
    place = plan.policy.place(f"columns.{step.column if step else column}")
    return Problem(
        place,
        f"the output still holds {what} ({why}); nothing was published: {next_step(step, what)}",
    )
