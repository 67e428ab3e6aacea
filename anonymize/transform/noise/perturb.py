"""Adds random noise to numbers."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.transform.columns import plain, raise_bad
from anonymize.transform.numbers import as_kind, as_numbers, check_numbers, grain_of, known_numbers


@dataclass(frozen=True)
class Perturb:
    """Numbers plus noise, clipped to a range; new randomness from the operating system for every
    row and run.

    Not reversible, not repeatable, not joinable. Averages over many rows stay close; a single value
    is uncertain by about ``scale``. There is no formal privacy budget: for values that are repeated
    over runs or columns the noise averages out, and floats show rounding.
    """

    function_of_row: ClassVar[bool] = False
    noise: str
    """``laplace``, ``gaussian`` or ``uniform``."""
    scale: float
    """Laplace: the scale b; Gaussian: the standard deviation; uniform: the largest noise to either
    side.
    """
    lowest: float | None = None
    """Smaller results become this."""
    highest: float | None = None
    """Larger results become this."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the numbers; accepts numbers, and text with numbers."""
        return check_numbers(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the noisy numbers; integers stay integers.

        Raises:
            BadValuesError: some values are not finite numbers.
        """
        kind = self.output_type(column.type)
        numbers, bad = as_numbers(plain(column))
        known = known_numbers(numbers, bad).astype(np.float64)
        noisy, grain = known + self._noise(len(known)), grain_of(kind)
        lowest, highest = (
            _inward(self.lowest, grain, math.ceil),
            _inward(self.highest, grain, math.floor),
        )
        if (lowest, highest) != (None, None):
            noisy = np.clip(noisy, lowest, highest)
        result = as_kind(noisy, kind, np.asarray(numbers.is_null()))
        return raise_bad(bad, result, "is not a finite number")

    def _noise(self, rows: int) -> Any:
        uniform = _uniform(rows) - 0.5
        if self.noise == "uniform":
            return 2 * self.scale * uniform
        if self.noise == "laplace":
            return -self.scale * np.sign(uniform) * np.log1p(-2 * np.abs(uniform))
        radius = np.sqrt(-2 * np.log(_uniform(rows)))
        return self.scale * radius * np.cos(2 * np.pi * uniform)


def _inward(bound: float | None, grain: float, rounded: Callable[[float], float]) -> float | None:
    """Return the bound of a range, moved inwards to the nearest value of the type."""
    return (
        bound if bound is None or not grain else round(rounded(round(bound / grain, 9)) * grain, 15)
    )


def _uniform(rows: int) -> npt.NDArray[np.float64]:
    """Return numbers strictly between 0 and 1 from the operating system, 52 random bits each."""
    bits = np.frombuffer(os.urandom(8 * rows), np.uint64) >> np.uint64(12)
    return (bits.astype(np.float64) + 0.5) * 2.0**-52
