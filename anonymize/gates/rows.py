"""Limits how many rows may be set aside, and requires that a version has rows if its source has
some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from anonymize.errors import GateError, Problem
from anonymize.plan.bind.filters import columns_in
from anonymize.policy import Policy

SHOWN = 5
"""Number of reasons that a message quotes, the most frequent first."""


def check_rows(
    policy: Policy,
    *,
    read: int,
    written: int,
    filtered: int,
    suppressed: int,
    quarantined: int,
    reasons: Mapping[tuple[str, str], int],
) -> None:
    """Refuse a result that leaves out more rows than the policy allows, or all of them.

    Raises:
        GateError: more rows were set aside than ``rows.max_quarantined``, or the source has rows
            and none is left.
    """
    taken = read - filtered
    if taken and quarantined / taken > policy.rows.max_quarantined:
        raise GateError(_too_many(policy, quarantined, taken, reasons))
    if written or not read:
        return
    if filtered == read:
        raise GateError(
            f"none of {read} rows is taken: {_named(policy)}", place=policy.place("rows.where")
        )
    parts = {"left out by rows.where": filtered, "suppressed": suppressed, "set aside": quarantined}
    told = ", ".join(f"{count} {what}" for what, count in parts.items() if count)
    raise GateError(f"no row of {read} is left to publish: {told}", place=policy.place("rows"))


def check_values(
    policy: Policy, nulled: Mapping[str, int], nulls: Mapping[str, int], *, written: int, taken: int
) -> None:
    """Refuse columns that ``on_bad_value: null`` emptied completely, or more than
    ``rows.max_quarantined`` allows.

    A column is empty if every row is null and some of the nulls were bad values.

    Raises:
        GateError: with every such column.
    """
    emptied = [
        name for name, count in nulled.items() if count and written and nulls.get(name) == written
    ]
    if emptied:
        what = (
            "no value is left of it: bad values became null, and no other is there; mend the rule,"
            " or drop the column"
        )
        raise GateError([Problem(policy.place(f"columns.{name}"), what) for name in emptied])
    limit = policy.rows.max_quarantined
    if many := {name: count for name, count in nulled.items() if taken and count / taken > limit}:
        advice = (
            "mend the rule (coatcheck plan says how), or allow more: rows: {max_quarantined: …}"
        )
        raise GateError(
            Problem(
                policy.place(f"columns.{name}"),
                f"{count} bad values in {taken} rows would be emptied ({count / taken:.1%}),"
                f" {limit:.1%} may be; {advice}",
            )
            for name, count in many.items()
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
        values = "value" if count == 1 else "values"
        said.append(Problem(policy.place(f"columns.{column}"), f"{count} bad {values}: {why}"))
    return said
