"""Generalizes numbers into bands."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import numpy as np
import pyarrow as pa

from anonymize.transform.columns import plain, raise_bad
from anonymize.transform.numbers import Numbers, as_numbers, check_numbers, known_numbers


@dataclass(frozen=True)
class BandNumber:
    """Numbers by the band they fall in, as text: 30-39, 90+. Not reversible; leaks the band."""

    function_of_row: ClassVar[bool] = True
    width: float | None = None
    """Width of equal bands that start at zero."""
    edges: tuple[float, ...] = ()
    """Lower edges of the bands, if they are not equal."""
    bottom: float | None = None
    """Smaller numbers share one band."""
    top: float | None = None
    """This number and larger ones share one band."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts numbers, and text with numbers."""
        check_numbers(input_type)
        return pa.string()

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the band of each number.

        Raises:
            BadValuesError: some values are not finite numbers.
        """
        whole = pa.types.is_integer(check_numbers(column.type)) and self._whole
        numbers, bad = as_numbers(plain(column))
        known = known_numbers(numbers, bad)
        bands = pa.array(self._lower(known), mask=np.asarray(numbers.is_null())).dictionary_encode()
        labels = [band_label(low, self._upper(low), whole) for low in bands.dictionary.to_pylist()]
        result = pa.array(labels, pa.string()).take(bands.indices)
        return raise_bad(bad, result, "is not a finite number")

    @property
    def _whole(self) -> bool:
        stated = (self.width, self.bottom, self.top, *self.edges)
        return all(float(edge).is_integer() for edge in stated if edge is not None)

    def _lower(self, numbers: Numbers) -> Numbers:
        """Return the lower edge of each number's band, minus infinity if it has none."""
        if self.width is None:
            edges = np.array([-np.inf, *self.edges])
            return edges[np.searchsorted(edges, numbers, side="right") - 1]
        lower = self._edge(self._band(numbers))
        if self.top is not None:
            lower = np.where(numbers >= self.top, self.top, lower)
        if self.bottom is not None:
            lower = np.where(numbers < self.bottom, -np.inf, np.maximum(lower, self.bottom))
        return lower

    def _band(self, numbers: Numbers) -> Numbers:
        """Return the index of each number's band, so that an edge is always in the band that begins
        there.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            band = np.floor(numbers / self.width)
            band += self._edge(band + 1) <= numbers
            band -= self._edge(band) > numbers
        return np.asarray(band)

    def _edge(self, bands: Numbers) -> Numbers:
        """Return where bands begin, computed in decimals: the third band of 0.1 begins exactly at
        0.3.
        """
        places = max(0, -int(Decimal(repr(float(self.width or 1))).as_tuple().exponent))
        with np.errstate(over="ignore", invalid="ignore"):
            edges = bands * float(self.width or 1)
            rounded = np.round(edges, places)
        return np.where(np.isfinite(rounded), rounded, edges) + 0.0

    def _upper(self, low: float) -> float:
        """Return the upper edge of the band that begins at ``low``, infinity if it has none."""
        if self.width is None:
            return min((edge for edge in self.edges if edge > low), default=np.inf)
        if low == self.top:
            return np.inf
        if low == -np.inf:
            return self.bottom if self.bottom is not None else np.inf
        upper = self._edge(self._band(np.array([low])) + 1)[0]
        return float(upper if self.top is None else min(upper, self.top))


def band_label(low: float, high: float, whole: bool) -> str:
    """Return a band's text: ``30-39`` for whole numbers, ``30 to <40`` for others, ``<18`` and
    ``90+`` at the ends.
    """
    if low == -np.inf:
        return f"<{high:.15g}"
    if high == np.inf:
        return f"{low:.15g}+"
    if whole and low < 0:
        return f"{low:.15g} to {high - 1:.15g}"
    return f"{low:.15g}-{high - 1:.15g}" if whole else f"{low:.15g} to <{high:.15g}"
