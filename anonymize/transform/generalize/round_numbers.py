"""Rounds numbers and clips them, within the range of their type."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.transform.columns import plain, raise_bad
from anonymize.transform.numbers import (
    Numbers,
    as_kind,
    as_numbers,
    check_numbers,
    known_numbers,
    largest_of,
)

_TENS = np.array([10**digits for digits in range(20)], np.uint64)


@dataclass(frozen=True)
class RoundNumber:
    """Numbers rounded to a multiple or to significant digits, and clipped; the type does not
    change.

    If the nearest multiple is outside the type's range, the next one towards zero is used.
    """

    function_of_row: ClassVar[bool] = True
    nearest: float | None = None
    """Round to a multiple of this, ties to even."""
    significant: int | None = None
    """Significant digits that are kept."""
    bottom: float | None = None
    """Smaller numbers become this."""
    top: float | None = None
    """Larger numbers become this."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the numbers; accepts numbers, and text with numbers."""
        return check_numbers(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the rounded numbers.

        Raises:
            BadValuesError: some values are not finite numbers.
        """
        kind = self.output_type(column.type)
        numbers, bad = as_numbers(plain(column))
        known = known_numbers(numbers, bad)
        if pa.types.is_integer(kind) and (self.nearest is None or self.nearest.is_integer()):
            rounded = _within(self._rounded_whole(known), known.dtype, self.bottom, self.top)
        else:
            rounded = self._rounded(known.astype(np.float64), largest_of(kind))
        return raise_bad(
            bad, as_kind(rounded, kind, np.asarray(numbers.is_null())), "is not a finite number"
        )

    def _rounded_whole(self, numbers: Numbers) -> Numbers:
        if self.nearest is not None:
            return _whole_multiple(
                numbers, np.full(len(numbers), min(int(self.nearest), 2**64 - 1), np.uint64)
            )
        if self.significant is not None:
            digits = np.searchsorted(_TENS, _sizes(numbers), side="right")
            return _whole_multiple(numbers, _TENS[np.maximum(digits - self.significant, 0)])
        return numbers

    def _rounded(self, numbers: Numbers, largest: float) -> Numbers:
        """Return floats rounded; none exceeds ``largest``."""
        if self.nearest is not None:
            numbers = _multiple(
                numbers, np.float64(self.nearest), np.float64(1 / self.nearest), largest
            )
        elif self.significant is not None:
            numbers = _significant(numbers, self.significant, largest)
        return (
            np.clip(numbers, self.bottom, self.top)
            if (self.bottom, self.top) != (None, None)
            else numbers
        )


def _sizes(numbers: Numbers) -> npt.NDArray[np.uint64]:
    """Return the absolute values of integers, as unsigned, because the least integer has no
    positive in its own type.
    """
    if numbers.dtype.kind == "u":
        return numbers.astype(np.uint64)
    wide = numbers.astype(np.int64)
    return np.where(
        wide < 0, (-(wide + 1)).astype(np.uint64) + np.uint64(1), wide.astype(np.uint64)
    )


def _whole_multiple(numbers: Numbers, units: npt.NDArray[np.uint64]) -> Numbers:
    """Return the nearest multiples of ``units``, ties to even, or the next one towards zero at the
    end of the type's range; exact.
    """
    sizes, info = _sizes(numbers), np.iinfo(numbers.dtype)
    rest = sizes % units
    low = sizes - rest
    up = (rest > units - rest) | ((rest == units - rest) & (low // units % np.uint64(2) == 1))
    most = np.where(numbers < 0, np.uint64(-int(info.min)), np.uint64(info.max))
    rounded = np.where(up & (units - rest <= most - sizes), low + units, low)
    back = np.where(numbers < 0, np.uint64(0) - rounded, rounded)
    return back.view(np.int64).astype(numbers.dtype) if info.min else back.astype(numbers.dtype)


def _within(
    numbers: Numbers, kind: np.dtype[Any], bottom: float | None, top: float | None
) -> Numbers:
    """Return integers clipped at integer bounds, exactly."""
    info = np.iinfo(kind)
    low = info.min if bottom is None else min(max(math.ceil(bottom), int(info.min)), int(info.max))
    high = info.max if top is None else min(max(math.floor(top), int(info.min)), int(info.max))
    return np.clip(numbers, kind.type(low), kind.type(max(low, high)))


def _multiple(numbers: Numbers, unit: Any, inverse: Any, largest: float) -> Numbers:
    """Return the nearest multiples of ``unit``, computed so that 0.01299 to 0.001 is exactly
    0.013.
    """
    whole = np.rint(inverse) == inverse
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        fine, coarse = np.rint(numbers * inverse) / inverse, np.rint(numbers / unit) * unit
        nearest: Numbers = np.where(whole & (inverse > 1), fine, coarse) + 0.0
        return np.where(np.abs(nearest) > largest, np.trunc(numbers / unit) * unit, nearest)


def _significant(numbers: Numbers, digits: int, largest: float) -> Numbers:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        size = np.floor(np.log10(np.abs(np.where(numbers == 0, 1, numbers))))
        places = size - digits + 1
        rounded = _multiple(numbers, 10.0**places, 10.0**-places, largest)
    odd = np.flatnonzero(~np.isfinite(rounded))
    rounded[odd] = [float(f"{number:.{digits - 1}e}") for number in numbers[odd].tolist()]
    return np.where(np.isfinite(rounded), rounded, np.sign(numbers) * 1e308)
