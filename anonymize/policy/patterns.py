"""Rules for columns by pattern: ``"*_email"`` is the rule of every column so called that has none
of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from anonymize.errors import Problem
from anonymize.names import ColumnName
from anonymize.policy.actions import Rule
from anonymize.policy.model import Policy


def is_pattern(name: str) -> bool:
    """Return True if ``name`` stands for all columns that fit it: it has a star."""
    return "*" in name


def patterns_of(policy: Policy) -> tuple[ColumnName, ...]:
    """Return the patterns among a policy's columns."""
    return tuple(name for name in policy.columns if is_pattern(name))


def expanded(policy: Policy, paths: Iterable[ColumnName]) -> tuple[Policy, tuple[Problem, ...]]:
    """Return a policy whose patterns are replaced by a rule for each of ``paths`` that fits, and
    the problems.

    ``paths`` are those without a rule of their own, or that lies in or around them. A star stands
    for any characters, dots and brackets included; case counts. Columns keep the order of the
    policy. The digest is still that of the policy as it is written.
    """
    patterns = patterns_of(policy)
    if not patterns:
        return policy, ()
    waiting, problems = list(dict.fromkeys(paths)), []
    fitting: dict[ColumnName, list[ColumnName]] = {}
    for path in waiting:
        fits = [pattern for pattern in patterns if _matcher(pattern).fullmatch(path)]
        if len({_meaning(policy.columns[pattern]) for pattern in fits}) > 1:
            both = " and ".join(f"'{pattern}'" for pattern in fits)
            what = f"fits {both}, whose rules differ; give it a rule of its own"
            problems.append(Problem(policy.place(f"columns.{fits[-1]}"), f"column '{path}' {what}"))
        elif fits:
            fitting.setdefault(fits[0], []).append(path)
    columns: dict[ColumnName, Rule] = {}
    for name, rule in policy.columns.items():
        columns |= dict.fromkeys(fitting.get(name, []) if is_pattern(name) else [name], rule)
    made = policy.model_copy(update={"columns": columns})
    named = {path: name for name, some in fitting.items() for path in some}
    return made.standing_for(policy, named), tuple(problems)


def unused_patterns(planned: Policy) -> tuple[ColumnName, ...]:
    """Return the patterns that no column of a plan's policy has its rule from."""
    written = planned.written_columns
    given = [path for path in planned.columns if path not in written]
    return tuple(
        pattern
        for pattern in filter(is_pattern, written)
        if not any(_matcher(pattern).fullmatch(path) for path in given)
    )


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)


def _meaning(rule: Rule) -> str:
    return rule.model_dump_json()
