"""What is asked of a frame: a policy, or rules alone, which a policy is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from anonymize.errors import ArgumentError
from anonymize.policy import Policy, as_policy, make_policy
from anonymize.policy.actions import keyed_rules

NO_PURPOSE = "frames for which no purpose is said"
"""The purpose that keys are derived for where a frame's caller says none; part of every such value,
so it stays as it is.
"""


def asked_for(
    policy: Policy | str | PathLike[str] | None,
    columns: Mapping[str, Mapping[str, Any]] | None,
    purpose: str | None,
    countries: Sequence[str] | None,
    detect: Mapping[str, Any] | None,
) -> Policy:
    """Return the policy given, or the one that the rules given are all of.

    Raises:
        ArgumentError: both, or neither, or what is said beside a policy that says it.
        PolicyError: see `load_policy`.
    """
    if policy is not None:
        said = {"columns": columns, "purpose": purpose, "countries": countries, "detect": detect}
        if beside := [name for name, value in said.items() if value is not None]:
            raise ArgumentError(f"the policy says {', '.join(beside)}; give one of the two")
        return as_policy(policy)
    if columns is None:
        raise ArgumentError("give a policy, or columns: a mapping of column name to rule")
    look = dict(detect or {})
    if countries is not None:
        if "countries" in look:
            raise ArgumentError("countries are in detect too; say them once")
        look["countries"] = list(countries)
    return make_policy(
        {
            "version": 1,
            "dataset": "frame",
            "purpose": NO_PURPOSE if purpose is None else purpose,
            "source": {"path": "frame"},
            "sink": {"path": "frame"},
            "unlisted": "refuse",
            "columns": {name: dict(rule) for name, rule in columns.items()},
            "detect": look,
        }
    )


def hang_on_purpose(policy: Policy) -> bool:
    """Return whether a key is derived from the policy's purpose: a rule has no domain of its
    own.
    """
    return any(
        rule.domain is None for outer in policy.columns.values() for rule in keyed_rules(outer)
    )
