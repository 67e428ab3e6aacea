"""Numbers made coarser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import as_text, is_text, plain, raise_bad, value_type
from anonymize.transform.interface import UnsupportedTypeError

Numbers = npt.NDArray[Any]
"""Integers or floats."""


def as_numbers(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return ``values`` as integers or floats, and where a value is there but is no finite number."""
    if is_text(values.type):
        texts = pc.utf8_trim_whitespace(as_text(values))
        shaped = pc.match_substring_regex(texts, r"^[-+]?\d{1,15}(\.\d{1,15})?$")
        numbers = pc.if_else(shaped, texts, pa.scalar(None, pa.string())).cast(pa.float64())
        return numbers, pc.and_(values.is_valid(), numbers.is_null())
    if pa.types.is_decimal(values.type) or pa.types.is_null(values.type):
        values = values.cast(pa.float64())
    if pa.types.is_floating(values.type):
        return values, pc.invert(pc.is_finite(values))
    return values, pc.and_(values.is_null(), values.is_valid())


def check_numbers(input_type: pa.DataType) -> pa.DataType:
    """Return the type of the numbers in a column of ``input_type``: float64 for those in text.

    Raises:
        UnsupportedTypeError: it holds no numbers.
    """
    kind = value_type(input_type)
    if is_text(kind) or pa.types.is_null(kind):
        return pa.float64()
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        raise UnsupportedTypeError(input_type, "integers, floats, decimals and text that holds numbers")
    return kind


@dataclass(frozen=True)
class RoundNumber:
    """Numbers rounded to a multiple or to significant digits, and cut at the ends; the type is kept."""

    nearest: float | None = None
    """Round to a multiple of this, ties to even."""
    significant: int | None = None
    """Significant digits that stay."""
    bottom: float | None = None
    """Smaller numbers become this."""
    top: float | None = None
    """Larger numbers become this."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the numbers; numbers and text that holds numbers are taken."""
        return check_numbers(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the coarser numbers.

        Raises:
            BadValuesError: some values are no finite numbers.
        """
        kind = self.output_type(column.type)
        numbers, bad = as_numbers(plain(column))
        rounded = self._rounded(np.asarray(pc.if_else(bad, pa.scalar(0, numbers.type), numbers).fill_null(0)))
        if pa.types.is_integer(kind):
            info = np.iinfo(kind.to_pandas_dtype())
            rounded = np.clip(rounded, info.min, info.max)
        result = pa.array(rounded, mask=np.asarray(numbers.is_null())).cast(kind, safe=False)
        return raise_bad(bad, result, "is not a finite number")

    def _rounded(self, numbers: Numbers) -> Numbers:
        if self.nearest is not None:
            numbers = _multiple(numbers, np.float64(self.nearest), np.float64(1 / self.nearest))
        elif self.significant is not None:
            size = np.floor(np.log10(np.abs(np.where(numbers == 0, 1, numbers)).astype(np.float64)))
            places = size - self.significant + 1
            numbers = _multiple(numbers, 10.0**places, 10.0**-places)
        return np.clip(numbers, self.bottom, self.top) if (self.bottom, self.top) != (None, None) else numbers


def _multiple(numbers: Numbers, unit: Any, inverse: Any) -> Numbers:
    """Return the nearest multiples of ``unit``, computed so that 0.01299 to 0.001 is 0.013 to the last bit."""
    whole = np.rint(inverse) == inverse
    with np.errstate(over="ignore", invalid="ignore"):
        fine, coarse = np.rint(numbers * inverse) / inverse, np.rint(numbers / unit) * unit
    nearest: Numbers = np.where(whole & (inverse > 1), fine, coarse) + 0.0
    return nearest


@dataclass(frozen=True)
class BandNumber:
    """Numbers by the band they fall in, as text: 30-39, 90+. Not reversible; leaks the band."""

    width: float | None = None
    """Width of equal bands that start at zero."""
    edges: tuple[float, ...] = ()
    """Lower edges of the bands, where they are not equal."""
    bottom: float | None = None
    """Smaller numbers share one band."""
    top: float | None = None
    """This number and larger ones share one band."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; numbers and text that holds numbers are taken."""
        check_numbers(input_type)
        return pa.string()

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the band of each number.

        Raises:
            BadValuesError: some values are no finite numbers.
        """
        whole = pa.types.is_integer(check_numbers(column.type)) and self._whole
        numbers, bad = as_numbers(plain(column))
        known = np.asarray(pc.if_else(bad, pa.scalar(0, numbers.type), numbers).fill_null(0))
        bands = pa.array(self._lower(known), mask=np.asarray(numbers.is_null())).dictionary_encode()
        labels = [band_label(low, self._upper(low), whole) for low in bands.dictionary.to_pylist()]
        result = pa.array(labels, pa.string()).take(bands.indices)
        return raise_bad(bad, result, "is not a finite number")

    @property
    def _whole(self) -> bool:
        stated = (self.width, self.bottom, self.top, *self.edges)
        return all(float(edge).is_integer() for edge in stated if edge is not None)

    def _lower(self, numbers: Numbers) -> Numbers:
        """Return the lower edge of each number's band, minus infinity where it has none."""
        if self.width is None:
            edges = np.array([-np.inf, *self.edges])
            return edges[np.searchsorted(edges, numbers, side="right") - 1]
        lower = np.floor(numbers / self.width) * self.width
        if self.top is not None:
            lower = np.where(numbers >= self.top, self.top, lower)
        if self.bottom is not None:
            lower = np.where(numbers < self.bottom, -np.inf, np.maximum(lower, self.bottom))
        return lower

    def _upper(self, low: float) -> float:
        """Return the edge above the band that starts at ``low``, infinity where it has none."""
        if self.width is None:
            return min((edge for edge in self.edges if edge > low), default=np.inf)
        if low == self.top:
            return np.inf
        if low == -np.inf:
            return self.bottom if self.bottom is not None else np.inf
        upper = (np.floor(low / self.width) + 1) * self.width
        return float(upper if self.top is None else min(upper, self.top))


def band_label(low: float, high: float, whole: bool) -> str:
    """Return a band's text: ``30-39`` for whole numbers, ``30 to <40`` for others, ``<18`` and ``90+`` at the ends."""
    if low == -np.inf:
        return f"<{high:.15g}"
    if high == np.inf:
        return f"{low:.15g}+"
    if whole and low < 0:
        return f"{low:.15g} to {high - 1:.15g}"
    return f"{low:.15g}-{high - 1:.15g}" if whole else f"{low:.15g} to <{high:.15g}"
