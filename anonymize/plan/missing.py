"""Messages about texts such as ``N/A`` that a plan treats as values, and the policy line that
changes this.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from anonymize.errors import Problem
from anonymize.plan.model import Plan
from anonymize.plan.recurring import keyed_columns


def missing_taken_for_people(plan: Plan) -> tuple[Problem, ...]:
    """Return a message for each keyed or fake column with texts that stand for a missing value.

    ``N/A`` would become a person, the same in all its rows. These actions read blank text as null
    already. Markers are read as missing only if the policy lists them, because ``-`` may be a value
    of a column. The texts in messages are from a fixed list.
    """
    keyed = keyed_columns(plan.policy)
    found = {
        str(finding.column): list(finding.markers)
        for finding in plan.findings
        if finding.markers and finding.column in keyed
    }
    recurring = [
        Problem(plan.policy.place("source"), sentence) for sentence in recurring_sentences(plan)
    ]
    if not found:
        return tuple(recurring)
    seen = "; ".join(
        f"{', '.join(map(repr, texts))} in '{column}'" for column, texts in found.items()
    )
    mend = json.dumps(_null_values(plan.policy.source.null_values, found), ensure_ascii=False)
    what = (
        f"{seen} would become a person's value; where it means a missing one, say null_values:"
        f" {mend}"
    )
    return (Problem(plan.policy.place("source"), what), *recurring)


def recurring_sentences(plan: Plan) -> tuple[str, ...]:
    """Return a message for values that occur far more often than the others of a column of people;
    it does not quote the value.
    """
    return tuple(
        f"{finding.recurring} value(s) of '{finding.column}' stand in {finding.recurring_share:.0%}"
        " of its rows, far above all others: a text for a missing one that no list knows? if so,"
        " name it in null_values"
        for finding in plan.findings
        if finding.recurring
    )


def marker_sentences(plan: Plan) -> tuple[str, ...]:
    """Return, for manifest and summary, what became people's values and may stand for missing;
    quotes no value.
    """
    keyed = keyed_columns(plan.policy)
    marked = (
        f"whether {len(finding.markers)} texts of '{finding.column}' that usually stand for none"
        " are people: each became one's value; coatcheck plan names them for null_values"
        for finding in plan.findings
        if finding.markers and finding.column in keyed
    )
    return (*marked, *recurring_sentences(plan))


def _null_values(
    said: tuple[str, ...] | Mapping[str, tuple[str, ...]], found: Mapping[str, list[str]]
) -> list[str] | dict[str, list[str]]:
    """Return ``source.null_values`` with these texts added, in its present form."""
    if isinstance(said, Mapping):
        columns = dict.fromkeys([*said, *found])
        return {
            name: list(dict.fromkeys([*said.get(name, ()), *found.get(name, ())]))
            for name in columns
        }
    if said:
        return list(dict.fromkeys([*said, *(text for texts in found.values() for text in texts)]))
    return dict(found)
