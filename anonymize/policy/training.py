"""The block ``training:`` of ``aggregates:``: what a model sees, and what training it may cost."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from anonymize.names import ColumnName
from anonymize.policy.actions import StrictModel
from anonymize.policy.domains import Bound, Delta, Epsilon, Key, spelled

_LEAST_NOISE, _MOST_NOISE = 0.2, 1e4


class TrainingColumn(StrictModel):
    """A column that the model sees: how its published values become numbers, said beforehand and
    not taken from the data.
    """

    values: Annotated[tuple[Key, ...], Field(min_length=1, max_length=10_000)] | None = None
    """One number 0 or 1 for each value. Other values have 0 everywhere. ``null`` is a missing
    value.
    """
    edges: Annotated[tuple[Bound, ...], Field(min_length=2, max_length=1_000)] | None = None
    """Ascending edges of ranges of a number: one number 0 or 1 for each range. Values beyond are in
    the nearest, missing ones in none.
    """
    bounds: tuple[Bound, Bound] | None = None
    """Least and greatest value, which become -1 and 1; values beyond are taken for the bound. A
    second number says which are missing.
    """

    @property
    def width(self) -> int:
        """Return how many numbers a value becomes."""
        if self.values is not None:
            return len(self.values)
        return 2 if self.bounds is not None else len(self.edges or ()) - 1

    @model_validator(mode="after")
    def _one_domain(self) -> TrainingColumn:
        said = [one for one in (self.values, self.edges, self.bounds) if one is not None]
        if len(said) != 1:
            raise ValueError("name one of values, edges and bounds")
        if self.edges is not None and any(not a < b for a, b in pairwise(self.edges)):
            raise ValueError("edges ascend, for example [0, 18, 65, 120]")
        if self.bounds is not None and not self.bounds[0] < self.bounds[1]:
            raise ValueError("bounds: the least is below the greatest")
        if self.values is not None and len(set(map(spelled, self.values))) < len(self.values):
            raise ValueError("values: one is there twice")
        return self


class LabelSpec(StrictModel):
    """What the model predicts."""

    column: ColumnName
    """A published column."""
    values: Annotated[tuple[Key, ...], Field(min_length=2, max_length=1_000)]
    """Its classes. Rows with other values are left out."""

    @model_validator(mode="after")
    def _once(self) -> LabelSpec:
        if len(set(map(spelled, self.values))) < len(self.values):
            raise ValueError("values: one is there twice")
        return self


class TrainingSpec(StrictModel):
    """A model that is trained with noisy gradients on a published version."""

    label: LabelSpec
    """What the model predicts."""
    columns: Annotated[dict[ColumnName, TrainingColumn], Field(min_length=1, max_length=10_000)]
    """Published columns that it sees."""
    people: Annotated[int, Field(ge=1, le=10_000_000_000)]
    """About how many people (rows, with ``unit: row``) there are, as may be told to everybody: a
    round number. It scales gradients, and δ is compared with it.
    """
    delta: Delta
    """δ of the training, at most 1 / ``people``."""
    epsilon: Epsilon | None = None
    """ε of the training; the noise follows from it."""
    noise: Annotated[float, Field(ge=_LEAST_NOISE, le=_MOST_NOISE)] | None = None
    """Standard deviation of the noise in units of ``clip``, instead of ``epsilon``."""
    share: Annotated[float, Field(gt=0, le=1)] = 0.05
    """With this probability a person takes part in a step, independently of all others."""
    steps: Annotated[int, Field(ge=1, le=10_000_000)] = 300
    """Steps that are paid for. There are no others."""
    clip: Annotated[float, Field(ge=1e-6, le=1e6)] = 1.0
    """Longest gradient of a person; longer ones are scaled down."""
    most_rows: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Rows of a person that count; more are left out at random. It costs nothing: a person's
    gradient is the mean of the rows' gradients, and as a whole no longer than ``clip``.
    """

    @model_validator(mode="after")
    def _fits(self) -> TrainingSpec:
        if (self.epsilon is None) == (self.noise is None):
            raise ValueError("name either epsilon or noise; the other follows")
        if self.delta * self.people > 1:
            what = f"delta: is above 1 / people, {1 / self.people:.2g}: so much may be a person's"
            raise ValueError(f"{what} whole row with certainty")
        if self.label.column in self.columns:
            raise ValueError("columns: the label is no column that the model sees")
        return self
