"""What is computed: the same weights for whoever computes and for the holder who checks it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from anonymize.custody.homomorphic.manifest import ExportManifest
from anonymize.custody.homomorphic.native import Slots
from anonymize.custody.homomorphic.parameters import (
    DIGITS,
    HEADROOM_BITS,
    RANGE,
    SLOTS,
    VALUE_ERROR,
    check_error,
    slot_error,
    unit_of,
)
from anonymize.errors import ArgumentError, Problem

Operation = Literal["sum", "mean", "weighted", "linear"]
OPERATIONS: tuple[Operation, ...] = ("sum", "mean", "weighted", "linear")


@dataclass(frozen=True)
class Weights:
    """Weights of a block's slots, brought into a range in which products have room."""

    values: Slots = field(repr=False)
    """One per row, filled up to whole blocks with 0, divided by ``scale``."""
    scale: float
    """A power of two."""

    @property
    def by_block(self) -> Slots:
        """Return them, a row per block."""
        return self.values.reshape(-1, SLOTS)


def row_weights(weights: Sequence[float] | Slots, manifest: ExportManifest) -> Weights:
    """Return weights of rows.

    Raises:
        ArgumentError: there are not as many as rows, one is NaN or infinite, all are 0, or one is
            so small beside the largest that it would be lost.
    """
    place = "--weights"
    given = np.asarray(weights, np.float64)
    if given.shape != (manifest.rows,):
        what = f"holds {given.size:,} weights for {manifest.rows:,} rows; one per row, in order"
        raise ArgumentError(what, place=place)
    if not np.isfinite(given).all():
        raise ArgumentError("a weight is NaN or infinite", place=place)
    sizes = np.abs(given)
    if sizes.max() > RANGE:
        raise ArgumentError("a weight is too large", place=place)
    if not sizes.any():
        raise ArgumentError("all weights are 0", place=place)
    padded = np.pad(given, (0, -given.size % SLOTS))
    most_in_slot = np.abs(padded.reshape(-1, SLOTS)).sum(axis=0).max()
    scale = unit_of(max(float(sizes.max()), math.ldexp(float(most_in_slot), -HEADROOM_BITS)))
    small = sizes[sizes > 0].min()
    if small < scale * DIGITS * VALUE_ERROR or scale < 1 / RANGE:
        what = "a weight is so small beside the largest that it would be lost; round it to 0"
        raise ArgumentError(what, place=place)
    return Weights(padded / scale, scale)


@dataclass(frozen=True)
class Model:
    """A linear model: a score is Σ coefficient × value + intercept."""

    coefficients: Mapping[str, float]
    """Per column; none is 0."""
    intercept: float
    scale: float
    """A power of two that no score without the intercept is beyond."""
    factors: Mapping[str, float] = field(repr=False)
    """What each column's values, in units, are multiplied by; their sizes add up to at most 1."""

    @property
    def error(self) -> float:
        """Return by how much a score can be off."""
        return self.scale * slot_error(self.squares, self.size)

    @property
    def tolerance(self) -> float:
        """Return how far a score, divided by ``scale``, may be from what its check says."""
        return check_error(self.squares, self.size)

    @property
    def squares(self) -> float:
        """Return the sum of the squares of factors."""
        return sum(factor * factor for factor in self.factors.values())

    @property
    def size(self) -> float:
        """Return the sum of the sizes of factors."""
        return sum(map(abs, self.factors.values()))


def linear_model(
    coefficients: Mapping[str, float], intercept: float, manifest: ExportManifest
) -> Model:
    """Return a model of an export's columns.

    Raises:
        ArgumentError: no such column; no coefficient but 0; a number that is NaN, infinite or too
            large; or a column's share that would be lost beside the others'.
    """
    place = "--coefficient"
    given = {name: float(one) for name, one in coefficients.items() if one != 0}
    columns = manifest.asked_for(list(given)) if given else []
    shares = {one.name: given[one.name] * one.unit for one in columns}
    total = sum(map(abs, shares.values()))
    if not given:
        raise ArgumentError("say at least one that is not 0", place=place)
    if not (1 / RANGE <= total <= RANGE and abs(intercept) <= RANGE):
        what = "scores and intercept must be numbers of at most 2^400, and not all below 2^-400"
        raise ArgumentError(what, place=place)
    scale = unit_of(total)
    factors = {name: share / scale for name, share in shares.items()}
    model = Model(given, float(intercept), scale, factors)
    lost = [name for name, share in shares.items() if abs(share) < DIGITS * model.error]
    if lost:
        what = f"its share of a score would be lost: a score comes back within {model.error:.2g}"
        raise ArgumentError([Problem(f"{place} {name}", what) for name in lost])
    return model
