"""What the rows of a classifier may be changed to, and what a classifier must be able to do."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Rows = pa.Array | pa.Table
"""Rows of a classifier: one column of text, or a table of its features."""


class Model(Protocol):
    """A classifier as scikit-learn makes them, a pipeline for example.

    It gets an array of ``str`` for texts, and a pandas frame for tables.
    """

    classes_: Any
    """After ``fit``: the labels, in the order of the columns of ``predict_proba``."""

    def fit(self, rows: Any, labels: Any, /) -> Any:
        """Learn ``labels``, shape (n,), of ``rows``."""

    def predict_proba(self, rows: Any, /) -> Any:
        """Return the probability of each class for each row, shape (n, classes)."""


class Changes(Protocol):
    """A perturbation set: what an attacker may make of each row.

    A row has slots, which are its words or its columns. Each slot has a number of options; a
    changed row is a choice of one option for at most ``most`` of its slots. So a search need not
    know what the slots are. `holds` says of any row whether it is in the set.
    """

    @property
    def most(self) -> int:
        """Return the number of slots of a row that may be changed together, at least 1."""

    def options(self, rows: Any, /) -> Ints:
        """Return the number of options of each slot, shape (rows, slots), 0 where there is none."""

    def changed(self, rows: Any, choices: Ints, /) -> Any:
        """Return the rows with the option of each slot that ``choices`` names, from 1; 0 leaves
        the slot as it is. Type, order and number of the rows stay.
        """

    def holds(self, before: Any, after: Any, /) -> npt.NDArray[np.bool_]:
        """Return for each row whether ``after`` is one of the rows that ``before`` can become."""

    def given(self, rows: Any, /) -> Any:
        """Return the rows as a `Model` takes them."""


def together(parts: list[Any]) -> Any:
    """Return rows of one kind one after the other."""
    if isinstance(parts[0], pa.Table):
        return pa.concat_tables(parts)
    return pa.concat_arrays([_flat(part) for part in parts])


def _flat(column: Any) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
