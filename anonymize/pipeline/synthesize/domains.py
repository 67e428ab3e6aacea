"""The stated domain of each synthetic column: real values to codes, and codes to values."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.names import ColumnName
from anonymize.pipeline.aggregate.contributions import Floats, Ints
from anonymize.policy.aggregates import SyntheticColumn


def size_of(asked: SyntheticColumn) -> int:
    """Return how many values or ranges a column has."""
    return len(asked.values) if asked.values is not None else len(asked.edges or ()) - 1


class Columns(Protocol):
    """Columns by name: a `Reader`, or a table."""

    def coded(
        self, column: ColumnName, listed: Sequence[object] | str
    ) -> tuple[Ints, list[str | None]]:
        """Return each row's place among the listed values, -1 for none of them."""

    def numbers(self, column: ColumnName) -> Floats:
        """Return the values, NaN for those missing or not finite."""


def codes_among(columns: Columns, name: ColumnName, asked: SyntheticColumn) -> Ints:
    """Return each row's place in the domain, -1 for a value that is not in it. Numbers beyond the
    edges are in the first or the last range.
    """
    if asked.values is not None:
        return columns.coded(name, asked.values)[0]
    edges, numbers = np.array(asked.edges), columns.numbers(name)
    places = np.clip(np.searchsorted(edges, numbers, side="right") - 1, 0, len(edges) - 2)
    return np.where(np.isnan(numbers), -1, places).astype(np.int64)


def table_of(codes: Ints, columns: Mapping[ColumnName, SyntheticColumn]) -> pa.Table:
    """Return the synthetic rows: listed values as they are listed; numbers evenly drawn from within
    their range, because where in it the real ones lie was not measured.
    """
    chance = np.random.default_rng(secrets.randbits(128))
    made = [_values(codes[:, at], asked, chance) for at, asked in enumerate(columns.values())]
    return pa.table(made, names=[str(name) for name in columns])


def _values(codes: Ints, asked: SyntheticColumn, chance: np.random.Generator) -> pa.Array:
    if asked.values is not None:
        kinds = {type(value) for value in asked.values if value is not None}
        listed = asked.values if len(kinds) == 1 else [_as_text(value) for value in asked.values]
        return pa.array(listed).take(pa.array(codes))
    edges = np.array(asked.edges)
    low, high = edges[codes], edges[codes + 1]
    drawn: npt.NDArray[np.float64] = low + chance.random(len(codes)) * (high - low)
    if not asked.whole:
        return pa.array(drawn)
    # whole numbers of a range: from its lower edge up to below the upper one, the last one included
    last = codes == len(edges) - 2
    top = np.where(last & (high == np.floor(high)), high, np.ceil(high) - 1)
    whole = np.floor(np.ceil(low) + chance.random(len(codes)) * (top - np.ceil(low) + 1))
    return pa.array(np.clip(whole, np.ceil(low), np.maximum(top, np.ceil(low))).astype(np.int64))


def _as_text(value: object) -> str | None:
    return None if value is None else str(value)
