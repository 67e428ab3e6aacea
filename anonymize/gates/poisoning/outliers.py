"""Numbers far outside, and pairs of values that should be there and almost never are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from anonymize.gates.poisoning.result import Found, Suspicion, found, not_made
from anonymize.gates.poisoning.table import Feature, ScreenTable, pairs

NAME = "outliers"
BINS = 24
EXPECTED = 40.0
"""Rows to be expected of a pair, if the two columns were independent, from which on it counts."""
MOST = 2
"""Rows of a pair that almost never is there."""
FAR = 10.0
"""Multiples of the range between the 0.5 % and the 99.5 % quantile."""
LEAST_ROWS = 200
MOST_COLUMNS = 100


def outliers(table: ScreenTable) -> Found:
    """Return rows far outside the others, and those with combinations that almost never occur."""
    if table.rows < LEAST_ROWS:
        return not_made(NAME, f"too few rows: {LEAST_ROWS} are needed")
    suspicions = list(_far(table))
    columns = table.features[:MOST_COLUMNS]
    binned = [one.binned(BINS) for one in columns]
    tried = 0
    for one, other in pairs(len(columns)):
        (first, width), (second, height) = binned[one], binned[other]
        cells = first.astype(np.int64) * height + second
        counts = np.bincount(cells, minlength=width * height).reshape(width, height)
        expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / table.rows
        tried += int((expected >= EXPECTED).sum())
        rare = (counts > 0) & (counts <= MOST) & (expected >= EXPECTED)
        if rare.any():
            rows = np.flatnonzero(rare.ravel()[cells])
            names = f"{columns[one].name} and {columns[other].name}"
            seen = f"in {MOST} rows at most, {EXPECTED:g} or more expected"
            why = f"outliers: {names} go together {seen}"
            suspicions.append(Suspicion(rows, why))
    left_out = []
    if len(table.features) > MOST_COLUMNS:
        left_out.append(f"pairs of columns beyond the first {MOST_COLUMNS}")
    if table.texts:
        left_out.append(f"texts: {', '.join(text.name for text in table.texts)}")
    power = (
        f"a pair of values in {MOST} rows or fewer, where {EXPECTED:g} or more would be expected"
        f" ({tried} pairs would be frequent enough); numbers {FAR:g} usual ranges or more outside"
        " of the others"
    )
    return found(NAME, suspicions, table.rows, power, left_out)


def _far(table: ScreenTable) -> Iterator[Suspicion]:
    for one in table.features:
        if one.numbers is not None and (limits := _limits(one)):
            with np.errstate(invalid="ignore"):
                outside = (one.numbers < limits[0]) | (one.numbers > limits[1])
            yield Suspicion(np.flatnonzero(outside), f"outliers: {one.name} is far outside")


def _limits(one: Feature) -> tuple[float, float] | None:
    """Return between which numbers a column's are not far outside; None if they say nothing."""
    assert one.numbers is not None  # the caller looked
    numbers = one.numbers[np.isfinite(one.numbers)]
    if len(numbers) < LEAST_ROWS:
        return None
    low, high = np.quantile(numbers, [0.005, 0.995])
    wide = high - low
    return (low - FAR * wide, high + FAR * wide) if wide > 0 else None
