"""Numbers by quantile band. A first pass counts them; its order does not matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import plain
from anonymize.transform.first_pass import Facts
from anonymize.transform.generalize.numbers import BandNumber
from anonymize.transform.interface import Row
from anonymize.transform.numbers import as_numbers, check_numbers

_KEPT_BITS = 24
"""Leading bits of a float64 that select its counter: sign, exponent and 12 bits of the fraction, so
counters are 0.02 % apart.
"""


@dataclass(frozen=True)
class Histogram:
    """Frequencies of numbers by approximate size; integers up to 8,192 are counted exactly."""

    counts: dict[int, int] = field(default_factory=dict)
    """Rows per size class; classes are ordered like the numbers in them."""

    @classmethod
    def of(cls, numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Histogram:
        """Return the histogram of finite ``numbers``."""
        bits = (numbers + 0.0).view(np.int64)
        ordered = np.where(bits < 0, np.int64(-(2**63)) - bits, bits) >> (64 - _KEPT_BITS)
        classes, counts = np.unique(ordered, return_counts=True)
        return cls(dict(zip(classes.tolist(), counts.tolist(), strict=True)))

    def merge(self, other: Histogram) -> Histogram:
        """Return the counts of both."""
        counts = dict(self.counts)
        for size, count in other.counts.items():
            counts[size] = counts.get(size, 0) + count
        return Histogram(counts)

    def as_batch(self) -> pa.RecordBatch:
        """Return a row per size class."""
        sizes, rows = (
            pa.array(list(self.counts), pa.int64()),
            pa.array(list(self.counts.values()), pa.int64()),
        )
        return pa.RecordBatch.from_arrays([sizes, rows], names=["size", "rows"])

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> Histogram:
        """Return the histogram of such rows."""
        return cls(dict(zip(batch["size"].to_pylist(), batch["rows"].to_pylist(), strict=True)))

    def edges(self, bands: int) -> tuple[float, ...]:
        """Return the ascending edges between at most ``bands`` bands with about equally many rows.

        They are rounded, because an exact edge is a number of some row. The lowest band has no
        lower edge, which would be the column's minimum.
        """
        classes = np.array(sorted(self.counts), np.int64)
        if not len(classes):
            return (0.0,)
        least = _number(int(classes[0]))
        ends = np.cumsum([self.counts[size] for size in classes.tolist()])
        at = np.searchsorted(
            ends, [ends[-1] * band / bands for band in range(1, bands)], side="right"
        )
        lower = [_number(int(classes[min(i, len(classes) - 1)])) for i in at]
        found = list(dict.fromkeys(edge for edge in lower if edge > least))
        return _rounded(least, found, _number(int(classes[-1]))) or (least,)


def _rounded(least: float, edges: Sequence[float], greatest: float) -> tuple[float, ...]:
    """Return ``edges`` as round numbers, moved by at most a twentieth of the narrower adjacent
    band.
    """
    marks = [least, *edges, greatest]
    rounded = []
    for before, edge, after in zip(marks, edges, marks[2:], strict=False):
        room = min([gap for gap in (edge - before, after - edge) if gap > 0])
        rounded.append(round(edge, 1 - math.floor(math.log10(room))))
    return tuple(edge + 0.0 for edge in rounded)


def _number(size: int) -> float:
    """Return the smallest number of a size class."""
    bits = np.int64(size << (64 - _KEPT_BITS))
    return (
        float(np.array([np.int64(-(2**63)) - bits if bits < 0 else bits]).view(np.float64)[0]) + 0.0
    )


@dataclass(frozen=True)
class QuantileBands:
    """Numbers by bands with about equally many rows; a first pass finds the edges."""

    facts: ClassVar[type[Facts]] = Histogram
    function_of_row: ClassVar[bool] = True
    bands: int
    """Number of bands."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts numbers, and text with numbers."""
        check_numbers(input_type)
        return pa.string()

    def measure(self, column: pa.Array, row: Row | None = None) -> Histogram:
        """Return the frequencies of numbers in ``column`` by approximate size."""
        numbers, bad = as_numbers(plain(column))
        good = numbers.filter(pc.and_(numbers.is_valid(), pc.invert(bad.fill_null(True))))
        return Histogram.of(np.asarray(good.cast(pa.float64(), safe=False)))

    def fitted(self, facts: Histogram) -> BandNumber:
        """Return the transform for the bands that follow from the counts."""
        return BandNumber(edges=facts.edges(self.bands))

    def alike(self, one: Histogram, other: Histogram) -> bool:
        """Return True if the bands have the same edges."""
        return one.edges(self.bands) == other.edges(self.bands)
