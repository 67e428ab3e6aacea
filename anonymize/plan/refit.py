"""Whether facts of another first pass decide otherwise: then rows that were written by the former
must be written again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.plan.bind.build import build
from anonymize.plan.bind.context import BoundContext, facts_domain
from anonymize.plan.facts import SealedFacts, facts_key
from anonymize.plan.model import Plan
from anonymize.transform.first_pass import Unfitted


def decided_otherwise(
    plan: Plan,
    keyring: Keyring,
    before: Mapping[ColumnName, SealedFacts],
    now: Mapping[ColumnName, SealedFacts],
) -> tuple[ColumnName, ...]:
    """Return the columns whose facts now give other values than those before.

    Raises:
        PlanError: facts were sealed under another key.
    """
    unfitted = replace(plan, fitted=None)
    key = facts_key(keyring, plan.facts_key, facts_domain(plan))
    found = []
    for step in plan.steps:
        if step.fits:
            context = BoundContext(unfitted, keyring, None)
            transform = cast("Unfitted", build(step.rule, step.column, step.input_type, context))
            kind = transform.facts
            pair = [facts[step.column].opened(key, step.column, kind) for facts in (before, now)]
            if not transform.alike(*pair):
                found.append(step.column)
    return tuple(found)
