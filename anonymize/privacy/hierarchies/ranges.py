"""Numbers by bands of growing width, or between given edges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import PlanError
from anonymize.privacy.coded import CodedColumn, Floats
from anonymize.privacy.hierarchies.levels import Grouping, Ints, Known, ended, shares
from anonymize.privacy.hierarchies.numbers import read_numbers
from anonymize.privacy.hierarchies.texts import joined, plain_values

_BANDS = 10**14
"""Bands of the first width on each side of zero at most: so their edges are exact decimals."""
_FAR = 2**60
"""A band beyond all others."""
_WHAT = "are not finite numbers, or too large for the bands; make them missing, or say"


@dataclass(frozen=True)
class Ranges:
    """Numbers by bands: ``30-39`` with an en dash for whole numbers, ``[30, 40)`` for others.

    Bands of a width begin at its multiples. ``top`` and larger numbers share the band that begins
    at the last edge of their level not above it (``90+``), smaller ones than ``bottom`` the one
    that ends at the first edge not below it (``<18``). So do the values themselves: beyond an end
    none is published exactly.

    A leaf is a whole number from the least to the greatest of the column, whether the column has it
    or not; a band has those in it. For numbers that are not whole a band's loss is the share that
    it has of the distance from the least to the greatest.
    """

    widths: tuple[float, ...]
    """Widths of bands from fine to coarse, each a multiple of the one before."""
    top: float | None = None
    """A multiple of the first width."""
    bottom: float | None = None
    """A multiple of the first width."""
    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of values that are no finite numbers."""

    def __post_init__(self) -> None:
        """Refuse widths that are not nested.

        Raises:
            PlanError: they are not, or an end is not an edge of the first width.
        """
        finite = [math.isfinite(width) and width > 0 for width in self.widths]
        if not finite or not all(finite):
            raise PlanError("ranges: widths are numbers above 0")
        for fine, coarse in pairwise(self.widths):
            if coarse <= fine or _exact(coarse) % _exact(fine):
                raise PlanError(
                    f"ranges: {coarse:.15g} is not a multiple of {fine:.15g}, so its bands would"
                    " cut narrower ones; say widths of which each is a multiple of the one before"
                )
        for name, end in (("top", self.top), ("bottom", self.bottom)):
            if end is not None and (not math.isfinite(end) or _exact(end) % _exact(self.widths[0])):
                raise PlanError(f"{name}: is a multiple of the first width, {self.widths[0]:.15g}")
        if self.top is not None and self.bottom is not None and self.bottom >= self.top:
            raise PlanError("bottom: must be below top:")

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with a level per width; its order is by number.

        Raises:
            PlanError: the type holds no numbers.
            DataError: values are no finite numbers.
        """
        values = plain_values(name, values)
        read = read_numbers(name, values)
        step = _exact(self.widths[0])
        mask = read.known
        if not (read.whole and step.denominator == 1):
            mask = mask & (np.abs(read.numbers) < float(step * _BANDS))
        known = Known.of(name, values, mask, self.unknown, _WHAT)
        numbers = read.numbers[known.mask]
        whole = read.whole and all(float(width).is_integer() for width in self.widths)
        first, nodes = np.unique(_bands(numbers, step), return_inverse=True)
        levels = []
        for width in self.widths:
            low, high = self._ends(_exact(width))
            at, of_first = np.unique(
                np.clip(first // int(_exact(width) / step), low, high), return_inverse=True
            )
            lower, upper = _edges(at, _exact(width)), _edges(at + 1, _exact(width))
            lower[at == low], upper[at == high] = -np.inf, np.inf
            levels.append(_grouping(of_first[nodes], lower, upper, numbers, whole))
        column = known.column(levels, numbers.astype(np.float64))
        beyond = np.zeros(len(values), np.bool_)
        beyond[known.mask] = self._beyond(numbers)
        return ended(column, beyond) if beyond.any() else column

    def _beyond(self, numbers: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        """Return which numbers are beyond an end: they are never published exactly."""
        above = np.zeros(len(numbers), np.bool_) if self.top is None else numbers >= self.top
        return above if self.bottom is None else above | (numbers < self.bottom)

    def _ends(self, width: Fraction) -> tuple[int, int]:
        """Return the first and last band of a width; beyond all bands where there is no end."""
        low = -_FAR if self.bottom is None else math.ceil(_exact(self.bottom) / width) - 1
        high = _FAR if self.top is None else math.floor(_exact(self.top) / width)
        return low, high


@dataclass(frozen=True)
class Edges:
    """Numbers between given edges: ``<0``, ``0-17`` (with an en dash), ``18-64``, ``65+``.

    Leaves are those of `Ranges`.
    """

    levels: tuple[tuple[float, ...], ...]
    """Lower edges from fine to coarse, ascending; each list has only edges of the one before."""
    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of values that are no finite numbers."""

    def __post_init__(self) -> None:
        """Refuse edges that are not nested.

        Raises:
            PlanError: they are not, or do not rise.
        """
        if not self.levels or not all(self.levels):
            raise PlanError("edges: each level has at least one edge")
        for level in self.levels:
            if not all(map(math.isfinite, level)) or list(level) != sorted(set(level)):
                raise PlanError("edges: edges are finite and must rise")
        for fine, coarse in pairwise(self.levels):
            if not set(coarse) < set(fine):
                raise PlanError(
                    "edges: each level has some of the edges of the level before, and no others;"
                    " otherwise its bands would cut narrower ones"
                )

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with a level per list of edges; its order is by number.

        Raises:
            PlanError: the type holds no numbers.
            DataError: values are no finite numbers.
        """
        values = plain_values(name, values)
        read = read_numbers(name, values)
        known = Known.of(name, values, read.known, self.unknown, _WHAT)
        numbers = read.numbers[known.mask]
        whole = read.whole and all(float(edge).is_integer() for edge in self.levels[0])
        levels = []
        for level in self.levels:
            edges = np.array([-np.inf, *level, np.inf])
            at, nodes = np.unique(
                np.searchsorted(edges, numbers, side="right") - 1, return_inverse=True
            )
            levels.append(_grouping(nodes, edges[at], edges[at + 1], numbers, whole))
        return known.column(levels, numbers.astype(np.float64))


def _exact(number: float) -> Fraction:
    """Return a number as it is written: 0.1 is a tenth."""
    return Fraction(repr(float(number)))


def _edges(bands: Ints, width: Fraction) -> Floats:
    """Return where bands begin, to the nearest float: the third band of 0.1 at 0.3."""
    return np.asarray(bands.astype(np.float64) * width.numerator / width.denominator)


def _bands(numbers: npt.NDArray[Any], width: Fraction) -> Ints:
    """Return the band of each number; a number that is an edge is in the band that begins there."""
    if numbers.dtype.kind == "i" and width.denominator == 1:
        return np.asarray(numbers // width.numerator)
    bands = np.floor(numbers / float(width)).astype(np.int64)
    bands += _edges(bands + 1, width) <= numbers
    bands -= _edges(bands, width) > numbers
    return bands


def _grouping(
    nodes: npt.NDArray[Any],
    lower: Floats,
    upper: Floats,
    numbers: npt.NDArray[Any],
    whole: bool,
) -> Grouping:
    """Return the grouping into bands from ``lower`` to below ``upper``, infinite at open ends."""
    if not len(numbers):
        return Grouping(nodes.astype(np.int64), pa.array([], pa.string()), np.zeros(0))
    least, most = float(numbers.min()), float(numbers.max())
    grain = 1.0 if whole else 0.0
    within = np.minimum(upper, most + grain) - np.maximum(lower, least)
    if whole:
        losses = shares(within, most - least + 1)
    else:
        losses = within / (most - least) if most > least else np.zeros(len(lower))
    return Grouping(nodes.astype(np.int64), _labels(lower, upper, whole), losses)


def _labels(lower: Floats, upper: Floats, whole: bool) -> pa.StringArray:
    low, high = _written(lower), _written(upper)
    if whole:
        last = _written(upper - 1)
        bands = pc.if_else(pc.equal(low, last), low, joined(low, "–", last))
    else:
        bands = joined("[", low, ", ", high, ")")
    bands = pc.if_else(pa.array(np.isinf(upper)), joined(low, "+"), bands)
    return pc.if_else(pa.array(np.isinf(lower)), joined("<", high), bands)


def _written(edges: Floats) -> pa.StringArray:
    """Return edges as text, whole ones without a point or an exponent."""
    whole = (np.floor(edges) == edges) & (np.abs(edges) < 2**62)
    integers = pa.array(np.where(whole, edges, 0).astype(np.int64)).cast(pa.string())
    return pc.if_else(pa.array(whole), integers, pa.array(edges).cast(pa.string()))


def ages(unknown: Literal["refuse", "root"] = "refuse") -> Ranges:
    """Return bands of 5, 10, 20 and 40 years; 90 years and more share a band at every level, that
    of the values themselves included.
    """
    return Ranges((5, 10, 20, 40), top=90, unknown=unknown)
