"""Counts of values made safe: no small one is told, and none follows from the others.

Rare categories are put in one bar and small ranges in their neighbour, so that each bar holds
``limit`` rows or more. Then every number is rounded to a multiple of ``limit``: neither the whole,
nor another column that divides the same rows in another way, tells by subtraction how many rows a
small group has (rounding as statistical offices do it: Hundepool et al., Statistical Disclosure
Control, 2012, section 5.4).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SMALLEST = 10
"""The least limit: where a policy has no k, or a smaller one."""
MOST_BARS = 24
"""Bars for values; at most two more are for other and for missing ones."""


@dataclass(frozen=True)
class Bar:
    """One category, range or period."""

    label: str
    """What it is called."""
    rows: int
    """Rows, or people, in it: a multiple of the limit, which is the least."""


def rounded(rows: int, limit: int) -> int:
    """Return ``rows`` as a multiple of ``limit``, which it is at least."""
    return max(limit, (rows + limit // 2) // limit * limit)


def pooled_categories(rows: Mapping[str, int], missing: int, limit: int) -> tuple[Bar, ...]:
    """Return a bar for each frequent category, most frequent first, one for the others together,
    and one for missing values; nothing if that leaves no category.
    """
    ranked = sorted(rows.items(), key=lambda one: (-one[1], one[0]))
    shown = [one for one in ranked[:MOST_BARS] if one[1] >= limit]
    rest = sum(rows.values()) - sum(number for _, number in shown)
    hidden = missing if 0 < missing < limit else 0
    while shown and (0 < rest < limit or (hidden and not rest)):
        rest += shown.pop()[1]
    if not shown:
        return ()
    bars = [Bar(label, rounded(number, limit)) for label, number in shown]
    if rest:
        label = "other values, or missing" if hidden else "other values"
        bars.append(Bar(label, rounded(rest + hidden, limit)))
    return (*bars, *_missing(missing, limit))


def pooled_ranges(
    edges: Sequence[str], rows: Sequence[int], missing: int, limit: int
) -> tuple[Bar, ...]:
    """Return a bar for each range between ``edges``, of which the first and the last have no end,
    so there are ``len(edges) + 1``. Neighbours go together until they are large enough.
    """
    ends: list[int] = []
    sizes: list[int] = []
    held = 0
    for at, number in enumerate(rows):
        held += number
        if held >= limit:
            ends.append(at)
            sizes.append(held)
            held = 0
    if not sizes:
        return ()
    sizes[-1] += held
    ends[-1] = len(rows) - 1
    starts = [0, *(end + 1 for end in ends[:-1])]
    bars = [
        Bar(_range(edges, start, end), rounded(size, limit))
        for start, end, size in zip(starts, ends, sizes, strict=True)
    ]
    return (*bars, *_missing(missing, limit))


def _range(edges: Sequence[str], start: int, end: int) -> str:
    low = edges[start - 1] if start else ""
    high = edges[end] if end < len(edges) else ""
    if low and high:
        return f"{low} to under {high}"
    return f"under {high}" if high else f"{low} or more" if low else "any value"


def _missing(missing: int, limit: int) -> tuple[Bar, ...]:
    return (Bar("missing", rounded(missing, limit)),) if missing >= limit else ()
