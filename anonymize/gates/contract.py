"""Requires that the source held to ``expect:`` where only all rows can tell: nulls and rows."""

from __future__ import annotations

from anonymize.errors import Problem
from anonymize.gates.interface import Output
from anonymize.plan.contract import totals_drift
from anonymize.plan.model import Plan


def contract_kept(output: Output, plan: Plan) -> tuple[Problem, ...]:
    """Return a problem for each column with too many nulls, and for too few or too many rows."""
    return tuple(totals_drift(plan.policy, output.read, output.taken, output.source_nulls))
