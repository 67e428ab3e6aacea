"""Shorthands for plans over small tables."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from anonymize.keys import Keyring
from anonymize.names import KeyName
from anonymize.plan import Plan, PlanWithKeys, compile_plan
from anonymize.plan.draft import draft, policy_text
from anonymize.policy import Policy, parse_policy


def draft_policy(*about: Any, **said: Any) -> str:
    """Return the drafted policy as YAML; the arguments are those of `draft`."""
    return policy_text(draft(*about, **said))


def policy_of(columns: str, extra: str = "") -> Policy:
    """Return a policy with these column rules (YAML flow lines)."""
    return parse_policy(
        "version: 1\ndataset: people\npurpose: test\nsource: {path: p.csv}\nsink: {path:"
        f" out/people}}\n{extra}columns:\n{columns}",
        "people.yaml",
    )


def plan_of(table: pa.Table, columns: str, extra: str = "", keyring: Keyring | None = None) -> Plan:
    """Return the plan of such a policy for ``table``."""
    ids = None if keyring is None else {KeyName(k.rpartition(".")[0]): k for k in keyring.key_ids()}
    return compile_plan(policy_of(columns, extra), table.schema, (), key_ids=ids)


def applied(
    table: pa.Table, columns: str, extra: str = "", keyring: Keyring | None = None
) -> list[dict[str, object]]:
    """Return the rows that such a policy makes of ``table``."""
    bound = PlanWithKeys(plan_of(table, columns, extra, keyring), keyring)
    return bound.apply(table.combine_chunks().to_batches()[0]).batch.to_pylist()
