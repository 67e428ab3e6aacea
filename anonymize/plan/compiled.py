"""A plan that applies itself with the keys of the process it is in: the form that users hold."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from anonymize.keys import open_keyring
from anonymize.plan.apply import PlanWithKeys
from anonymize.plan.facts import Partial
from anonymize.plan.model import Plan


@dataclass(frozen=True)
class CompiledPlan(Plan):
    """What `compile_plan` returns: a `Plan`, still without keys, that can be used by itself in any
    process.
    """

    def measure(self, batch: pa.RecordBatch) -> Partial:
        """Return what the first pass learns of ``batch``; opens the keyring of this process if keys
        are needed.

        It may travel: it holds keyed digests, and facts encrypted under a key of ``facts_key``.
        Without one, the processes that take part must be this one and those forked from it.
        """
        return bound_in_process(self).measure(batch)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the sanitized rows of ``batch``, of ``output_schema``.

        Rows left out by ``where``, suppression and quarantine are missing from it;
        ``PlanWithKeys.apply`` counts them. Opens the keyring of this process once.
        """
        return bound_in_process(self).apply(batch).batch


_BOUND: dict[int, PlanWithKeys] = {}


def bound_in_process(plan: Plan) -> PlanWithKeys:
    """Return ``plan`` bound to this process's keyring; made once per plan object."""
    bound = _BOUND.get(id(plan))
    if bound is None or bound.plan is not plan:
        keyring = open_keyring(plan.keyring_uri) if plan.opens_keyring else None
        _BOUND.clear()
        bound = _BOUND[id(plan)] = PlanWithKeys(plan, keyring)
    return bound
