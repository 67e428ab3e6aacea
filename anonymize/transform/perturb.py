"""Numbers with random noise added."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import plain, raise_bad
from anonymize.transform.generalize_numbers import as_numbers, check_numbers


@dataclass(frozen=True)
class Perturb:
    """Numbers with noise, cut to a range; new randomness from the operating system for every row and run.

    Neither reversible nor repeatable nor joinable. Averages over many rows stay close; a single
    value is uncertain by about ``scale``. It gives no formal privacy budget: values repeated over
    runs or columns average the noise away, and floats show rounding.
    """

    noise: str
    """``laplace``, ``gaussian`` or ``uniform``."""
    scale: float
    """Laplace: the scale b; Gaussian: the standard deviation; uniform: the largest noise to either side."""
    lowest: float | None = None
    """Smaller results become this."""
    highest: float | None = None
    """Larger results become this."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the numbers; numbers and text that holds numbers are taken."""
        return check_numbers(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the noisy numbers, whole where they were whole.

        Raises:
            BadValuesError: some values are no finite numbers.
        """
        kind = self.output_type(column.type)
        numbers, bad = as_numbers(plain(column))
        known = np.asarray(pc.if_else(bad, pa.scalar(0, numbers.type), numbers).fill_null(0)).astype(np.float64)
        noisy = known + self._noise(len(known))
        if (self.lowest, self.highest) != (None, None):
            noisy = np.clip(noisy, self.lowest, self.highest)
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


def as_kind(numbers: npt.NDArray[Any], kind: pa.DataType, missing: npt.NDArray[np.bool_]) -> pa.Array:
    """Return ``numbers`` as an array of ``kind``: rounded to its digits, held within its range."""
    if pa.types.is_integer(kind):
        info = np.iinfo(kind.to_pandas_dtype())
        highest = np.nextafter(float(info.max), 0) if info.bits == 64 else float(info.max)
        numbers = np.clip(np.rint(numbers), float(info.min), highest)
        return pa.array(numbers.astype(np.float64), mask=missing).cast(kind, safe=False)
    if pa.types.is_decimal(kind):
        largest = 10.0 ** min(kind.precision - kind.scale, 15)
        numbers = np.clip(np.round(numbers, kind.scale), -largest * (1 - 1e-15), largest * (1 - 1e-15))
        return pa.array(numbers, mask=missing).cast(kind, safe=False)
    return pa.array(numbers, mask=missing).cast(kind, safe=False)


def _uniform(rows: int) -> npt.NDArray[np.float64]:
    """Return numbers strictly between 0 and 1 from the operating system, 52 random bits each."""
    bits = np.frombuffer(os.urandom(8 * rows), np.uint64) >> np.uint64(12)
    return (bits.astype(np.float64) + 0.5) * 2.0**-52
