"""Small tables with hierarchies, made of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from anonymize.privacy.coded import CodedColumn, Level, Recoding


def column(name: str, values: int, widths: Sequence[int], *, ordered: bool = True) -> CodedColumn:
    """Return a column of ``values`` numbers, in bands of each of ``widths``, then one group."""
    levels = []
    for width in (1, *widths, values):
        nodes = (np.arange(values) // width).astype(np.int32)
        groups = int(nodes.max()) + 1
        size = np.bincount(nodes)
        labels = [
            f"{at * width:02}–{min(at * width + width, values) - 1:02}" if width > 1 else f"{at:02}"
            for at in range(groups)
        ]
        levels.append(Level(nodes, labels, (size - 1) / max(values - 1, 1)))
    order = np.arange(values, dtype=np.float64) if ordered else None
    return CodedColumn(name, tuple(levels), order)


COLUMNS = (column("age", 8, (2, 4)), column("zip", 6, (3,)), column("sex", 2, ()))


@dataclass(frozen=True)
class Table:
    """Distinct combinations with their rows."""

    codes: np.ndarray
    rows: np.ndarray
    dx: np.ndarray
    """How many rows of each combination have each sensitive value, shape (combinations, 3)."""


@st.composite
def tables(draw: st.DrawFn, most: int = 40) -> Table:
    """Return a table of `COLUMNS` and a sensitive column of three values."""
    cell = st.tuples(st.integers(0, 7), st.integers(0, 5), st.integers(0, 1))
    codes = draw(st.lists(cell, min_size=1, max_size=most, unique=True))
    counts = st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 1))
    dx = np.array(draw(st.lists(counts, min_size=len(codes), max_size=len(codes))))
    dx[:, 0] += dx.sum(axis=1) == 0
    return Table(np.array(codes, np.int32), dx.sum(axis=1).astype(np.int64), dx)


def classes(made: Recoding) -> dict[tuple[object, ...], list[int]]:
    """Return the combinations of each published class, by its labels."""
    found: dict[tuple[object, ...], list[int]] = {}
    for at in np.flatnonzero(made.kept).tolist():
        labels = tuple(
            names[cell] for names, cell in zip(made.labels, made.cells[at].tolist(), strict=True)
        )
        found.setdefault(labels, []).append(at)
    return found
