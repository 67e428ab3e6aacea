"""Values made coarser, so that more rows look alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.columns import as_text, is_text, over_distinct, plain, raise_bad, text_result, value_type
from anonymize.transform.dates import as_dates, check_dates
from anonymize.transform.interface import UnsupportedTypeError

Numbers = npt.NDArray[Any]
"""Integers or floats."""

_DATE_TEXT = {"week": "%G-W%V", "month": "%Y-%m"}


@dataclass(frozen=True)
class GeneralizeDate:
    """Dates by day, week, month, quarter, year or decade. Not reversible; leaks the period."""

    to: str
    """``day`` gives a date, ``year`` a number, the others text: 2024-W07, 2024-02, 2024-Q1, 2020s."""
    written: str | None = None
    """How dates in text are written, as for strptime; ISO 8601 when None."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return date32 for day, int32 for year, else text; dates, timestamps and text are taken."""
        check_dates(input_type)
        return {"day": pa.date32(), "year": pa.int32()}.get(self.to, pa.string())

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the period of each date.

        Raises:
            BadValuesError: some texts are no dates.
        """
        self.output_type(column.type)
        return over_distinct(column, self._periods)

    def _periods(self, values: pa.Array) -> pa.Array:
        dates, bad = as_dates(values, self.written)
        days = dates.cast(pa.date32(), safe=False).dictionary_encode()
        periods = self._period(days.dictionary).take(days.indices)
        return raise_bad(bad, periods, f"is not a date written {self.written or 'as 2024-02-29'}")

    def _period(self, days: pa.Array) -> pa.Array:
        if self.to == "day":
            return days
        if self.to in _DATE_TEXT:
            return pc.strftime(days, format=_DATE_TEXT[self.to])
        year = pc.year(days)
        if self.to == "year":
            return year.cast(pa.int32())
        if self.to == "quarter":
            return pc.binary_join_element_wise(year.cast(pa.string()), pc.quarter(days).cast(pa.string()), "-Q")
        decade = pc.utf8_slice_codeunits(year.cast(pa.string()), 0, -1)
        return pc.binary_join_element_wise(decade, "0s", "")


@dataclass(frozen=True)
class GeneralizePrefix:
    """The first characters of postcodes and codes, spaces removed, in capitals. Not reversible; leaks the prefix."""

    length: int
    """Characters that stay."""
    width: int | None = None
    """Digits of a full code, for codes kept as integers: leading zeros are put back."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; text is taken, and whole numbers when ``width`` is said."""
        kind = value_type(input_type)
        if pa.types.is_integer(kind) and self.width is None:
            raise UnsupportedTypeError(input_type, "text; for codes read as integers say width: (its digits)")
        if not (is_text(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
            raise UnsupportedTypeError(input_type, "text and whole numbers")
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the prefixes.

        Raises:
            BadValuesError: some values are no longer than the prefix, so it would tell them whole.
        """
        kind = self.output_type(column.type)
        return over_distinct(column, self._prefixes, kind)

    def _prefixes(self, values: pa.Array) -> pa.Array:
        codes = pc.utf8_upper(pc.replace_substring_regex(as_text(values), r"\s+", ""))
        if self.width is not None:
            codes = pc.utf8_lpad(codes, self.width, "0")
        bad = pc.less_equal(pc.utf8_length(codes), self.length)
        prefixes = pc.utf8_slice_codeunits(codes, 0, self.length)
        return raise_bad(bad, prefixes, f"has no more than {self.length} characters")


def as_numbers(values: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Return ``values`` as integers or floats, and where a value is there but is no finite number."""
    if is_text(values.type):
        texts = pc.utf8_trim_whitespace(as_text(values))
        shaped = pc.match_substring_regex(texts, r"^[-+]?\d{1,15}(\.\d{1,15})?$")
        numbers = pc.if_else(shaped, texts, pa.scalar(None, pa.string())).cast(pa.float64())
        return numbers, pc.and_(values.is_valid(), numbers.is_null())
    if pa.types.is_decimal(values.type):
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
            numbers = np.rint(numbers / self.nearest) * self.nearest
        elif self.significant is not None:
            size = np.floor(np.log10(np.abs(np.where(numbers == 0, 1, numbers)).astype(np.float64)))
            unit = 10.0 ** (size - self.significant + 1)
            numbers = np.rint(numbers / unit) * unit
        return np.clip(numbers, self.bottom, self.top) if (self.bottom, self.top) != (None, None) else numbers


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
