"""Compiles a policy for a source into ordered, checked steps, and applies them batch by batch.

In: policy, schema, findings and key names. Out: a frozen, picklable plan without keys; with the
keys of a process it maps record batches to sanitized batches. ``compile.py`` makes the plan and
refuses what cannot be done, ``model.py`` is the plan as data, ``apply.py`` applies it, ``bind/``
turns each rule into its transform, ``show/`` describes the plan for people, ``draft.py`` drafts a
policy.

To add an action: a model in ``policy/actions/``, a file in ``transform/``, one ``case`` in
``bind/registry.py``, an entry in ``schemas/README.md``, then ``make schema``. To add a check of a
policy against its source: a function in ``checks.py`` that yields problems, called by
``plan_problems``.
"""

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
