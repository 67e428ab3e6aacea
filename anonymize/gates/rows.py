"""Limits how many rows may be set aside, and requires that a version has rows if its source has
some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from anonymize.errors import Problem
from anonymize.gates.interface import Output
from anonymize.plan.bind.filters import columns_in
from anonymize.plan.model import Plan
from anonymize.plan.screened import SCREEN
from anonymize.policy import Policy

SHOWN = 5
"""Number of reasons that a message quotes, the most frequent first."""


def rows_left_out(output: Output, plan: Plan) -> tuple[Problem, ...]:
    """Return a problem if more rows were set aside than ``rows.max_quarantined`` allows, or if the
    source has rows and none is left.
    """
    policy, taken = plan.policy, output.taken
    if taken and output.quarantined / taken > policy.rows.max_quarantined:
        return tuple(_too_many(policy, output.quarantined, taken, output.reasons))
    if output.written or not output.read:
        return ()
    if not taken:
        what = f"none of {output.read} rows is taken: {_named(policy)}"
        return (Problem(policy.place("rows.where"), what),)
    parts = {
        "left out by rows.where": output.filtered,
        "suppressed": output.suppressed,
        "set aside": output.quarantined,
    }
    told = ", ".join(f"{count} {what}" for what, count in parts.items() if count)
    what = f"no row of {output.read} is left to publish: {told}"
    return (Problem(policy.place("rows"), what),)


def values_emptied(output: Output, plan: Plan) -> tuple[Problem, ...]:
    """Return a problem for each column that ``on_bad_value: null`` emptied completely, or more than
    ``rows.max_quarantined`` allows.

    A column is empty if every row is null and some of the nulls were bad values.
    """
    policy, written, taken = plan.policy, output.written, output.taken
    emptied = [
        name
        for name, count in output.nulled.items()
        if count and written and output.nulls.get(name) == written
    ]
    if emptied:
        what = (
            "no value is left of it: bad values became null, and no other is there; mend the rule,"
            " or drop the column"
        )
        return tuple(Problem(policy.place(f"columns.{name}"), what) for name in emptied)
    limit = policy.rows.max_quarantined
    advice = "mend the rule (coatcheck plan says how), or allow more: rows: {max_quarantined: …}"
    return tuple(
        Problem(
            policy.place(f"columns.{name}"),
            f"{count} bad values in {taken} rows would be emptied ({count / taken:.1%}),"
            f" {limit:.1%} may be; {advice}",
        )
        for name, count in output.nulled.items()
        if taken and count / taken > limit
    )


def _named(policy: Policy) -> str:
    columns = ", ".join(sorted(map(str, columns_in(policy.rows.where))))
    return (
        f"the filter on {columns} holds for no row; correct it, or look if the source is the"
        " right one"
    )


def _too_many(
    policy: Policy, quarantined: int, taken: int, reasons: Mapping[tuple[str, str], int]
) -> list[Problem]:
    """Return a problem for the share, and one for each of the most frequent reasons."""
    limit = policy.rows.max_quarantined
    what = (
        f"{quarantined} of {taken} rows would be set aside ({quarantined / taken:.1%}), {limit:.1%}"
        " may be"
    )
    advice = (
        "mend the rules below (coatcheck plan says how), or allow more: rows: {max_quarantined: …}"
    )
    said = [Problem(policy.place("rows.max_quarantined"), f"{what}; {advice}")]
    for (column, why), count in Counter(dict(reasons)).most_common(SHOWN):
        if column == SCREEN:
            said.append(Problem(policy.place("screen"), f"{count} suspicious rows: {why}"))
            continue
        values = "value" if count == 1 else "values"
        said.append(Problem(policy.place(f"columns.{column}"), f"{count} bad {values}: {why}"))
    return said
