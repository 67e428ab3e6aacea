"""The block ``aggregates:``: what ``coatcheck aggregate`` publishes, and what it may cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from anonymize.names import ColumnName
from anonymize.policy.actions import StrictModel
from anonymize.policy.domains import Bound, Delta, Epsilon, Key, spelled
from anonymize.policy.training import TrainingSpec

_NARROWEST = 1e-6
"""Of the larger bound: narrower bounds are not told apart by sums of floating point numbers."""
_MOST_GROUPS = 100_000


def _check_ledger(address: str) -> str:
    """Return the address if it is PostgreSQL's and has no password."""
    from anonymize.addresses.ledger import ledger_address

    return ledger_address(address)


class BudgetSpec(StrictModel):
    """What all releases of this dataset for this purpose may cost one person, ever."""

    epsilon: Annotated[float, Field(ge=1e-4, le=1000)]
    """The sum of every release's ε."""
    delta: Delta | None = None
    """The sum of every release's δ; needed where groups are found (``by: {…: any}``)."""


class MostSpec(StrictModel):
    """What one person contributes at most; more is left out at random before anything is counted.
    Higher numbers need more noise.
    """

    groups: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Groups of a query in which a person counts."""
    rows: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Rows of a person that count in each group; for ``count: people`` always 1."""


class QuantileSpec(StrictModel):
    """Quantiles of a column."""

    of: ColumnName
    """A column of numbers."""
    at: Annotated[tuple[Annotated[float, Field(gt=0, lt=1)], ...], Field(min_length=1)] = (0.5,)
    """Which, in thousandths: 0.5 is the median. Each pays its part of the query's ε."""
    steps: Annotated[int, Field(ge=2, le=100_000)] = 100
    """One of this many equal steps between the bounds is published; values are taken for the
    nearest.
    """

    @model_validator(mode="after")
    def _in_thousandths(self) -> QuantileSpec:
        parts = [one * 1000 for one in self.at]
        if any(abs(one - round(one)) > 1e-6 or not 1 <= round(one) <= 999 for one in parts):
            raise ValueError("at: say thousandths, from 0.001 to 0.999")
        if len({round(one) for one in parts}) < len(parts):
            raise ValueError("at: one is there twice")
        return self


class HistogramSpec(StrictModel):
    """Rows by ranges of a column."""

    of: ColumnName
    """A column of numbers."""
    edges: Annotated[tuple[Bound, ...], Field(min_length=2, max_length=10_000)]
    """Ascending; a range holds its lower edge, the last one both. Other rows are left out."""

    @model_validator(mode="after")
    def _ascends(self) -> HistogramSpec:
        if any(not a < b for a, b in pairwise(self.edges)):
            raise ValueError("edges ascend, for example [0, 18, 65, 120]")
        return self


class QuerySpec(StrictModel):
    """One statistic, by groups."""

    count: Literal["people", "rows"] | None = None
    """How many people, or rows, there are. By two columns it is a contingency table."""
    sum: ColumnName | None = None
    """The sum of a column of numbers."""
    mean: ColumnName | None = None
    """The mean of a column of numbers."""
    quantiles: QuantileSpec | None = None
    """Quantiles of a column of numbers."""
    histogram: HistogramSpec | None = None
    """How many rows lie in each range of a column of numbers."""
    by: dict[ColumnName, Annotated[tuple[Key, ...], Field(min_length=1)] | Literal["any"]] = Field(
        default_factory=dict
    )
    """Per column the values that make groups, each of which is published, also an empty one; other
    rows are left out. ``any``: groups are found, and those that many people have are published;
    needs ``delta``.
    """
    bounds: tuple[Bound, Bound] | None = None
    """Least and greatest value of the column; values beyond are taken for the bound. Say them from
    what you know of such data, not from looking.
    """
    most: MostSpec = MostSpec()
    """What one person contributes at most."""
    epsilon: Epsilon
    """What this query costs one person."""
    delta: Delta | None = None
    """With what probability a group shows that only one person has; only with ``any``."""

    @property
    def measure(self) -> str:
        """Return which statistic it is: ``count``, ``sum``, ``mean``, ``quantiles`` or
        ``histogram``.
        """
        return next(iter(self._measures()))

    def _measures(self) -> Iterator[str]:
        for name in ("count", "sum", "mean", "quantiles", "histogram"):
            if getattr(self, name) is not None:
                yield name

    @property
    def column(self) -> ColumnName | None:
        """Return the column of numbers; None for a count."""
        if self.quantiles is not None:
            return self.quantiles.of
        if self.histogram is not None:
            return self.histogram.of
        return self.sum or self.mean

    @property
    def columns(self) -> tuple[ColumnName, ...]:
        """Return every column that is read."""
        of = (self.column,) if self.column else ()
        return tuple(dict.fromkeys((*self.by, *of)))

    @property
    def finds_groups(self) -> bool:
        """Return whether groups come from the data."""
        return "any" in self.by.values()

    @property
    def contributed(self) -> tuple[int, int]:
        """Return the most groups of a person, and rows in each, that count."""
        return self.most.groups, 1 if self.count == "people" else self.most.rows

    @model_validator(mode="after")
    def _one_measure(self) -> QuerySpec:
        if len(tuple(self._measures())) != 1:
            raise ValueError("name one of count, sum, mean, quantiles and histogram")
        needs_bounds = self.measure in ("sum", "mean", "quantiles")
        if needs_bounds != (self.bounds is not None):
            what = "needs" if needs_bounds else "has no use for"
            raise ValueError(f"{self.measure} {what} bounds: [least, greatest]")
        if self.bounds is not None:
            low, high = self.bounds
            if not high - low >= max(_NARROWEST * max(abs(low), abs(high)), 1e-9):
                raise ValueError("bounds: the least is below the greatest, by enough to tell apart")
        if self.count == "people" and self.most.rows != 1:
            raise ValueError("count: people counts a person once per group, so most.rows is 1")
        return self

    @model_validator(mode="after")
    def _found_groups(self) -> QuerySpec:
        if self.finds_groups != (self.delta is not None):
            said = "needs delta, for example 1e-7" if self.finds_groups else "is of by: any alone"
            raise ValueError(f"delta: a query {said}")
        if self.finds_groups and self.measure != "count":
            raise ValueError(
                "by: any is for counts; list the groups, for example those that a count found"
            )
        for column, keys in self.by.items():
            if keys != "any" and len({spelled(key) for key in keys}) < len(keys):
                raise ValueError(f"by: {column} has a value twice")
        if self.groups_listed > _MOST_GROUPS:
            raise ValueError(f"by: more than {_MOST_GROUPS:,} groups in all")
        return self

    @property
    def groups_listed(self) -> int:
        """Return the number of groups that the policy lists, ranges of a histogram included."""
        ranges = len(self.histogram.edges) - 1 if self.histogram else 1
        listed: Sequence[int] = [len(keys) for keys in self.by.values() if keys != "any"]
        return math.prod(listed) * ranges


class SyntheticColumn(StrictModel):
    """A column of synthetic rows: its domain, said beforehand and not taken from the data."""

    values: Annotated[tuple[Key, ...], Field(min_length=1, max_length=10_000)] | None = None
    """The values it may have; rows with others are left out. ``null`` is a missing value."""
    edges: Annotated[tuple[Bound, ...], Field(min_length=2, max_length=1_000)] | None = None
    """Ascending edges of ranges of a number; values beyond are taken for the nearest. Synthetic
    values are drawn evenly from within their range.
    """
    whole: bool = False
    """Whether synthetic numbers are whole; for ``edges``."""

    @model_validator(mode="after")
    def _one_domain(self) -> SyntheticColumn:
        if (self.values is None) == (self.edges is None):
            raise ValueError("name either values or edges")
        if self.edges is not None and any(not a < b for a, b in pairwise(self.edges)):
            raise ValueError("edges ascend, for example [0, 18, 65, 120]")
        if self.values is not None and len(set(map(spelled, self.values))) < len(self.values):
            raise ValueError("values: one is there twice")
        return self


class SyntheticSpec(StrictModel):
    """Synthetic rows with differential privacy, for ``coatcheck synthesize``."""

    columns: Annotated[dict[ColumnName, SyntheticColumn], Field(min_length=1, max_length=200)]
    """The columns, each with its domain."""
    epsilon: Epsilon
    """What making them costs one person."""
    most_rows: Annotated[int, Field(ge=1, le=10_000)] = 1
    """Rows of a person that count; more are left out at random."""


class AggregatesSpec(StrictModel):
    """Statistics with differential privacy: ``coatcheck aggregate`` publishes them, no run does."""

    budget: BudgetSpec
    """What they may cost one person in all."""
    unit: Literal["person", "row"] = "person"
    """Whose contribution is hidden: all rows of one ``subject:``, or one row, where nobody has two.
    """
    ledger: Annotated[str, AfterValidator(_check_ledger)] | None = None
    """``postgresql://USER@HOST:PORT/DATABASE`` of the ledger of what was spent, where several
    machines release; without a password (PGPASSWORD, ~/.pgpass). By default the dataset's signed
    audit log alone is the ledger.
    """
    queries: dict[Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,80}$")], QuerySpec] = Field(
        default_factory=dict
    )
    """The statistics, by name."""
    synthetic: SyntheticSpec | None = None
    """Synthetic rows from the same budget."""
    training: TrainingSpec | None = None
    """A model that is trained from the same budget, for ``coatcheck allow-training``."""

    @model_validator(mode="after")
    def _fits_the_budget(self) -> AggregatesSpec:
        if not self.queries and self.synthetic is None and self.training is None:
            raise ValueError("queries: say at least one, or synthetic: or training:")
        deltas = [query.delta for query in self.queries.values() if query.delta is not None]
        if deltas and self.budget.delta is None:
            raise ValueError("budget.delta: is needed by the queries with by: any")
        if self.training is not None and self.budget.delta is None:
            raise ValueError("budget.delta: is needed by training:")
        return self
