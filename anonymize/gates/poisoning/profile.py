"""What a version's rows are like: for the drift of a new one, and for inputs at inference.

A profile holds values of the version (limits, frequent values, pairs that occur), so it is as
secret as the version's rows are, and is made by who can read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from anonymize.gates.poisoning.result import Found, found, not_made
from anonymize.gates.poisoning.table import Feature, ScreenTable

BINS = 20
MOST_VALUES = 5_000
MOVED = 0.1
"""Population stability index from which on a column has moved; 0.1 is the usual bound."""
NOISE = 5.0
"""And this multiple of what the index is by chance alone."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ColumnProfile:
    """What one column's values are like."""

    name: str
    edges: Floats | None = field(default=None, repr=False)
    """Ends of the bins of a number, ascending; None for a column without order."""
    values: tuple[str, ...] = field(default=(), repr=False)
    """The values of a column without order, the most frequent first."""
    shares: Floats = field(default_factory=lambda: np.zeros(1), repr=False)
    """Share of the rows: missing, in each bin or with each value, and with any other."""
    limits: tuple[float, float] = (0.0, 0.0)
    """Smallest and largest number."""

    @staticmethod
    def of(one: Feature) -> ColumnProfile:
        """Return the profile of a column that keeps its values."""
        counts = np.bincount(one.codes, minlength=one.distinct).astype(float)
        rows = max(1.0, counts.sum())
        if one.numbers is not None:
            there = one.numbers[np.isfinite(one.numbers)]
            if not len(there):
                return ColumnProfile(one.name, np.zeros(0), (), np.array([1.0, 0.0, 0.0]))
            edges = np.unique(np.quantile(there, np.linspace(0, 1, BINS + 1)[1:-1]))
            limits = (float(there.min()), float(there.max()))
            bare = ColumnProfile(one.name, edges, (), np.zeros(1), limits)
        else:
            spelled = [str(value) for value in one.values.to_pylist()] if one.values else []
            order = np.argsort(-counts[1:], kind="stable")[:MOST_VALUES]
            bare = ColumnProfile(one.name, None, tuple(spelled[at] for at in order))
        places = bare.places(one)
        shares = np.bincount(places, minlength=bare.size) / rows
        return ColumnProfile(one.name, bare.edges, bare.values, shares, bare.limits)

    @property
    def size(self) -> int:
        """Return the number of places: missing, bins or values, any other."""
        return (len(self.edges) + 1 if self.edges is not None else len(self.values)) + 2

    def places(self, one: Feature) -> npt.NDArray[np.int64]:
        """Return the place of each row of a column: 0 missing, the last for any other."""
        if self.edges is not None and one.numbers is not None:
            found_at = np.searchsorted(self.edges, one.numbers, side="right") + 1
            return np.where(np.isfinite(one.numbers), found_at, 0).astype(np.int64)
        of_value = {value: at + 1 for at, value in enumerate(self.values)}
        spelled = one.values.to_pylist() if one.values is not None else []
        table = [of_value.get(str(value), self.size - 1) for value in spelled]
        return np.array([0, *table], np.int64)[one.codes]


@dataclass(frozen=True)
class Profile:
    """What the rows of a version are like, column by column."""

    rows: int
    columns: Mapping[str, ColumnProfile]
    pairs: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict, repr=False)
    """``one|other`` → which places of the two occur together, for pairs whose absence tells."""
    compared_with: str = ""
    """Dataset and version, for messages."""
    left_out: tuple[str, ...] = ()
    """Columns of the version that have no profile, and why."""

    @staticmethod
    def of(table: ScreenTable, said: str = "", left_out: tuple[str, ...] = ()) -> Profile:
        """Return the profile of a table's features and label."""
        features = [*table.features, *([table.label] if table.label else [])]
        columns = {one.name: ColumnProfile.of(one) for one in features}
        return Profile(table.rows, columns, {}, said, (*table.unread, *left_out))


def drift(table: ScreenTable, last: Profile) -> Found:
    """Return how shares have moved since ``last``: no fault of single rows."""
    features = [*table.features, *([table.label] if table.label else [])]
    there = [one for one in features if _comparable(one, last)]
    left_out = [*last.left_out]
    told = {sentence.partition(": ")[0] for sentence in left_out}
    if missing := [one.name for one in features if one not in there and one.name not in told]:
        left_out.append(f"{', '.join(missing)}: not in {last.compared_with}, or of another kind")
    if not there or not table.rows or not last.rows:
        return not_made("drift", *left_out, f"nothing to compare with {last.compared_with}")
    notes, drifted = [], 0
    for one in there:
        column = last.columns[one.name]
        now = np.bincount(column.places(one), minlength=column.size) / table.rows
        index = stability(column.shares, now, last.rows, table.rows)
        chance = (column.size - 1) * (1 / table.rows + 1 / last.rows)
        new = float(now[-1] - column.shares[-1]) if column.edges is None else 0.0
        if index > max(MOVED, NOISE * chance):
            drifted += 1
            is_label = table.label is not None and one.name == table.label.name
            what = "shares of labels" if is_label else "distribution"
            more = f"; {new:.1%} of the rows have new values" if new > 0.001 else ""
            notes.append(f"{one.name}: {what} moved (stability index {index:.2f}){more}")
    power = (
        f"a move of the population stability index by {MOVED:g} or more, in {len(there)} columns"
        f" that were compared with {last.compared_with}"
    )
    return found("drift", [], table.rows, power, left_out, notes, drifted)


def _comparable(one: Feature, last: Profile) -> bool:
    column = last.columns.get(one.name)
    return column is not None and (column.edges is None) == (one.numbers is None)


def stability(before: Floats, now: Floats, rows_before: int, rows: int) -> float:
    """Return the population stability index of two distributions; empty places count as half a
    row.
    """
    low = 0.5 / rows_before, 0.5 / rows
    first, second = np.maximum(before, low[0]), np.maximum(now, low[1])
    there = (before > 0) | (now > 0)
    return float(((second - first) * np.log(second / first))[there].sum())
