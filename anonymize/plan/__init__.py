"""Binds policy, schema, findings and key names into ordered, checked steps."""

from anonymize.plan.apply import PlanWithKeys
from anonymize.plan.compile import compile_plan
from anonymize.plan.compiled import CompiledPlan
from anonymize.plan.facts import Fitted, Partial, merged
from anonymize.plan.model import QUARANTINE_SCHEMA, Applied, Plan, Step
from anonymize.plan.show.explain import Explained, explain

__all__ = [
    "QUARANTINE_SCHEMA",
    "Applied",
    "CompiledPlan",
    "Explained",
    "Fitted",
    "Partial",
    "Plan",
    "PlanWithKeys",
    "Step",
    "compile_plan",
    "explain",
    "merged",
]
