"""Sources and times that carry more than their share of suspicious rows, or of one label."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from anonymize.gates.poisoning.evidence import tail
from anonymize.gates.poisoning.result import Found, found, not_made
from anonymize.gates.poisoning.table import Feature, ScreenTable

NAME = "origins"
ALPHA = 1e-4
TIMES = 3.0
"""A group's share is told if it is this multiple of that of all rows."""
LEAST = 8
"""Suspicious rows of the smallest group that is told."""
BINS = 1_000
SHOWN = 5


def origins(table: ScreenTable, suspicious: npt.NDArray[np.int64]) -> Found:
    """Return groups of the ``by`` columns that carry more than their share; groups are called by
    the position of their first row.
    """
    if not table.by:
        return not_made(NAME, "no by: columns were named, so nothing says where rows come from")
    if not len(suspicious) and table.label is None:
        return not_made(NAME, "no row is suspicious and no label was named: nothing to compare")
    marked = np.zeros(table.rows, bool)
    marked[suspicious] = True
    notes: list[str] = []
    left_out: list[str] = []
    for one in table.by:
        codes, count = one.binned(BINS)
        if one.distinct > count:
            left_out.append(
                f"{one.name}: {one.distinct - 1} groups were drawn together to {count - 1}"
            )
        notes += _groups(one, codes, count, marked, "suspicious rows")
        if not table.label_why_not and table.label is not None:
            for label in range(1, table.label.distinct):
                mine = table.label.codes == label
                notes += _groups(one, codes, count, mine, "rows of one label")
    power = (
        f"groups with {LEAST} such rows or more, and {TIMES:g} times the share that all rows have"
        f" (binomial tail below {ALPHA:g}, corrected for the number of groups)"
    )
    return found(NAME, [], table.rows, power, left_out, notes)


def _groups(
    one: Feature,
    codes: npt.NDArray[np.int32],
    count: int,
    marked: npt.NDArray[np.bool_],
    what: str,
) -> Iterator[str]:
    rows = np.bincount(codes, minlength=count).astype(float)
    hits = np.bincount(codes, marked, minlength=count).astype(float)
    share = marked.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        high = (hits >= LEAST) & (hits / rows >= TIMES * share)
    high &= tail(rows, hits, np.full(count, share)) < np.log(ALPHA / max(1, count))
    groups = np.flatnonzero(high)
    for group in groups[np.argsort(-hits[groups], kind="stable")][:SHOWN].tolist():
        first = int(np.flatnonzero(codes == group)[0]) + 1
        yield (
            f"{one.name}: the group of row {first} has {int(hits[group])} {what} in"
            f" {int(rows[group])} rows ({hits[group] / rows[group]:.0%}), all rows have {share:.1%}"
        )
    if len(groups) > SHOWN:
        yield f"{one.name}: {len(groups) - SHOWN} more groups with many {what}"
