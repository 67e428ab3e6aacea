"""Plans the reading of a source for aggregates, also by a policy that publishes no rows."""

from __future__ import annotations

from collections.abc import Collection

from anonymize.io import Source
from anonymize.keys import Keyring
from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT, leaves
from anonymize.pipeline.forgotten import with_forgotten
from anonymize.pipeline.prepare import plan_source
from anonymize.plan import Plan
from anonymize.policy import Policy
from anonymize.policy.actions import RedactRule


def planned(
    policy: Policy, source: Source, keyring: Keyring, wanted: Collection[ColumnName]
) -> Plan:
    """Return the plan by which ``wanted`` columns are read: filter, types, forgotten people.

    A policy without ``columns:`` is planned as if it emptied one of them, because a plan is of rows
    that are published; no row is.

    Raises:
        AnonymizeError: policy and source do not fit together, or keys are missing.
    """
    if not policy.columns:
        roots = [leaf.path for leaf in leaves(source.schema) if leaf.level == ROOT]
        names = [name for name in wanted if name in roots] or roots[:1]
        rules = {name: RedactRule(action="redact", label=None) for name in names[:1]}
        policy = policy.model_copy(update={"columns": rules, "unlisted": "drop"})
    return with_forgotten(plan_source(policy, source, keyring), keyring)
