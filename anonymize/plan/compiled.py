"""A plan that applies itself with the keys of the current process: the form that users of the
library get.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import pyarrow as pa

from anonymize.keys import Keyring, open_keyring
from anonymize.plan.apply import PlanWithKeys
from anonymize.plan.facts import Partial
from anonymize.plan.model import Plan
from anonymize.plan.recoding.decide import fit


@dataclass(frozen=True)
class CompiledPlan(Plan):
    """The result of `compile_plan`: a `Plan` without keys that can be used in any process."""

    def measure(self, batch: pa.RecordBatch) -> Partial:
        """Return the first pass's result for ``batch``; opens the keyring of this process if keys
        are needed.

        The result may be sent to other processes: it holds keyed digests, and facts encrypted under
        a key of ``facts_key``. Without ``facts_key``, it is usable only in this process and those
        forked from it.
        """
        return bound_in_process(self).measure(batch)

    def fit(self, partial: Partial, keyring: Keyring | None = None) -> Self:
        """Return the plan with the whole table's facts, merged with those of an earlier pass.

        Classes that are not in ``partial`` will be suppressed: only what was counted is published.
        ``keyring`` is by default that of this process, opened if ``privacy:`` asks for more than k.

        Raises:
            PlanError: the passes were made with different keys.
            GateError: no recoding keeps what ``privacy:`` asks for.
        """
        privacy = self.policy.privacy
        if keyring is None and privacy is not None and privacy.recodes and self.facts_key:
            keyring = open_keyring(self.keyring_uri)
        return fit(self, partial, keyring)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the sanitized rows of ``batch``, in ``output_schema``.

        Rows that ``where``, suppression or quarantine left out are missing; ``PlanWithKeys.apply``
        counts them. Opens the keyring of this process once.
        """
        return bound_in_process(self).apply(batch).batch


_BOUND: dict[int, PlanWithKeys] = {}


def bound_in_process(plan: Plan) -> PlanWithKeys:
    """Return ``plan`` with this process's keyring; cached per plan object."""
    bound = _BOUND.get(id(plan))
    if bound is None or bound.plan is not plan:
        keyring = open_keyring(plan.keyring_uri) if plan.opens_keyring else None
        _BOUND.clear()
        bound = _BOUND[id(plan)] = PlanWithKeys(plan, keyring)
    return bound
