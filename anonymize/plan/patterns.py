"""Gives each column of a source that a policy's pattern fits the pattern's rule."""

from __future__ import annotations

import pyarrow as pa

from anonymize.arrow.plain_layouts import plain_schema
from anonymize.errors import Problem
from anonymize.nested.path_index import PathIndex
from anonymize.nested.places import Places
from anonymize.policy import Policy
from anonymize.policy.actions import needs_vault
from anonymize.policy.patterns import expanded, is_pattern, patterns_of


def with_rules_for(policy: Policy, schema: pa.Schema) -> tuple[Policy, tuple[Problem, ...]]:
    """Return a policy with a rule for each column of ``schema`` that a pattern fits, and the
    problems.

    A column with an exact rule, or with one around or inside it, keeps that. Places inside JSON
    text are known from rules only, so a pattern fits none of them.
    """
    if not patterns_of(policy):
        return policy, ()
    exact = PathIndex(name for name in policy.columns if not is_pattern(name))
    leaves = Places(plain_schema(schema)).leaves
    free = [path for path in leaves if not (exact.covering(path) or exact.has_inside(path))]
    made, problems = expanded(policy, free)
    return made, (*problems, *_vaults(policy))


def _vaults(policy: Policy) -> list[Problem]:
    """Return patterns whose tokens are in a vault: what forgets and rotates them knows the columns
    from the policy alone.
    """
    what = "keeps tokens in the vault, which needs the exact name of the column"
    return [
        Problem(policy.place(f"columns.{name}"), what)
        for name in patterns_of(policy)
        if needs_vault(policy.columns[name])
    ]
