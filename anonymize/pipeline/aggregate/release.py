"""Makes a query's statistic: bounds what each person contributes, then has noise added."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from anonymize.pipeline.aggregate.contributions import Contributions
from anonymize.policy.aggregates import QuerySpec
from anonymize.privacy.differential import (
    Estimates,
    Loss,
    bounded,
    counts,
    counts_above,
    means,
    quantiles,
    sums,
)

Row = tuple[tuple[str | None, ...], float | None, float | None, float | None]
"""A group's texts, its value, and the interval's ends."""


@dataclass(frozen=True)
class Statistic:
    """What is published of a query."""

    name: str
    query: QuerySpec = field(repr=False)
    columns: tuple[str, ...]
    """What the texts of a group are."""
    rows: Sequence[Row] = field(repr=False)
    off_by_ranks: float | None = None
    """For quantiles: by how many rows the rank may be off in 95 of 100 releases."""
    threshold: int | None = None
    """For found groups: the noisy count from which on one shows."""

    @property
    def loss(self) -> Loss:
        """Return what it cost."""
        return loss_of(self.query)


def loss_of(query: QuerySpec) -> Loss:
    """Return what a query costs one person."""
    return Loss.of(query.epsilon, query.delta or 0)


def release(name: str, query: QuerySpec, held: Contributions, *, whole: bool) -> Statistic:
    """Return the statistic of a query; ``whole`` says that its column is of whole numbers.

    The keys and the number of groups are published as they are unless the query finds them, so they
    must come from the policy.
    """
    groups, rows = query.contributed
    kept = bounded(held.people, held.groups, groups, rows)
    stays = kept.firsts if query.count == "people" else kept.rows
    codes, number = held.groups[stays], len(held.keys)
    columns = [*map(str, query.by)]
    if query.histogram is not None:
        columns.append(str(query.histogram.of))
    if query.finds_groups:
        return _found(name, query, held, codes, columns)
    if query.quantiles is not None:
        return _quantiles(name, query, held, stays, columns)
    if query.bounds is None:
        made = counts(np.bincount(codes, minlength=number), groups, rows, query.epsilon)
    elif query.sum is not None:
        made = sums(
            codes, held.values[stays], number, query.bounds, query.contributed, query.epsilon,
            whole=whole,
        )  # fmt: skip
    else:
        made = means(
            codes, held.values[stays], number, query.bounds, query.contributed, query.epsilon
        )
    return Statistic(name, query, tuple(columns), tuple(_rows(held.keys, made)))


def _rows(keys: Sequence[tuple[str | None, ...]], made: Estimates) -> Iterator[Row]:
    yield from zip(keys, made.values, made.low, made.high, strict=True)


def _found(
    name: str, query: QuerySpec, held: Contributions, codes: np.ndarray, columns: list[str]
) -> Statistic:
    """Return the counts of the groups that enough people have. A group listed beside a found one
    shows like the others.
    """
    found, true = np.unique(codes, return_counts=True)
    present = dict(zip(map(str, found.tolist()), true.tolist(), strict=True))
    groups, rows = query.contributed
    made, threshold = counts_above(present, groups, rows, query.epsilon, query.delta or 0.0)
    keys = [held.keys[int(code)] for code in made.keys or ()]
    ordered = sorted(_rows(keys, made), key=lambda row: tuple(text or "" for text in row[0]))
    return Statistic(name, query, tuple(columns), tuple(ordered), threshold=threshold)


def _quantiles(
    name: str, query: QuerySpec, held: Contributions, stays: np.ndarray, columns: list[str]
) -> Statistic:
    """Return a row per group and quantile; each quantile pays an equal part."""
    if query.quantiles is None or query.bounds is None:
        raise AssertionError("asked before")
    asked = query.quantiles
    candidates = np.linspace(*query.bounds, asked.steps + 1)
    values = np.clip(held.values[stays], *query.bounds)
    rows: list[Row] = []
    off = 0.0
    for at in asked.at:
        made, off_at = quantiles(
            held.groups[stays],
            values,
            len(held.keys),
            candidates,
            at,
            query.contributed,
            query.epsilon / len(asked.at),
        )
        off = max(off, off_at)
        rows += [((*key, f"{at:g}"), *row) for key, *row in _rows(held.keys, made)]  # type: ignore[misc]
    return Statistic(name, query, (*columns, "quantile"), tuple(rows), off_by_ranks=off)
