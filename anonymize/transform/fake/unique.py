"""Fake values that no two originals share. A first pass lists the originals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from anonymize.keys import PurposeKey, prf_uint64
from anonymize.transform.columns import over_distinct, plain, seen_text, text_result
from anonymize.transform.fake.draws import KeyedDraws
from anonymize.transform.fake.fake import FAKERS, where_valid
from anonymize.transform.fake.fake_numbers import id_capacity, phone_capacity
from anonymize.transform.fake.faker_pools import pool
from anonymize.transform.fake.persons import FAMILY_FIRST
from anonymize.transform.first_pass import Facts, UnfitError
from anonymize.transform.interface import Row
from anonymize.transform.normalize import Normalization, normalized

Draws = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class DistinctOriginals:
    """Keyed numbers of a column's distinct originals; no value can be read from them."""

    drawn: Draws = field(repr=False)
    """Ascending, without duplicates."""

    def merge(self, other: DistinctOriginals) -> DistinctOriginals:
        """Return the originals of both."""
        return DistinctOriginals(_distinct(np.concatenate([self.drawn, other.drawn])))

    def as_batch(self) -> pa.RecordBatch:
        """Return a row per original."""
        return pa.RecordBatch.from_arrays([pa.array(self.drawn)], names=["drawn"])

    @classmethod
    def of_batch(cls, batch: pa.RecordBatch) -> DistinctOriginals:
        """Return the originals of such rows."""
        return cls(np.asarray(batch["drawn"]))


@dataclass(frozen=True)
class FakeUnique:
    """Fake values that differ for different originals of the column. A first pass lists the
    originals.

    Injective within one run's data. Another dataset gets other fakes, because its originals differ.
    Leaks equality and frequency.
    """

    facts: ClassVar[type[Facts]] = DistinctOriginals
    function_of_row: ClassVar[bool] = True
    kind: str
    """Kind of fake value."""
    locale: str
    """Language and country, as Faker names them."""
    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""
    normalize: Normalization = "fold"
    """Which spellings of the original count as one value."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def measure(self, column: pa.Array, row: Row | None = None) -> DistinctOriginals:
        """Return the originals in ``column``."""
        texts = normalized(seen_text(plain(column)).drop_null(), self.normalize)
        return DistinctOriginals(_distinct(prf_uint64(self.key, texts)))

    def fitted(self, facts: DistinctOriginals) -> FakeUniqueFitted:
        """Return the transform that gives each original its own fake value.

        Raises:
            UnfitError: the pool has fewer values than the column has originals.
        """
        capacity = capacity_of(self.kind, self.locale)
        if len(facts.drawn) > capacity:
            raise UnfitError(
                f"unique: {len(facts.drawn)} different values, and {self.locale} has {capacity}"
                f" inventions of kind {self.kind}; choose another locale, or kind: email or"
                " user_name, which never run out"
            )
        return FakeUniqueFitted(self, facts.drawn, capacity)

    def alike(self, one: DistinctOriginals, other: DistinctOriginals) -> bool:
        """Return True if the originals are the same: a new one moves those behind it."""
        return np.array_equal(one.drawn, other.drawn)


@dataclass(frozen=True)
class FakeUniqueFitted:
    """The fake values for a fixed set of originals."""

    function_of_row: ClassVar[bool] = True
    fake: FakeUnique
    """The policy."""
    drawn: Draws = field(repr=False)
    """Keyed numbers of the originals, ascending."""
    capacity: int
    """Number of different fake values."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return each original's own fake value."""
        return over_distinct(column, self._invented, self.output_type(column.type))

    def _invented(self, values: pa.Array) -> pa.Array:
        texts = normalized(seen_text(values), self.fake.normalize)
        places = np.searchsorted(self.drawn, prf_uint64(self.fake.key, texts)).astype(np.uint64)
        return where_valid(
            texts, numbered(self.fake.kind, self.fake.locale, self._spread_out(places))
        )

    def _spread_out(self, places: Draws) -> Draws:
        """Return different numbers below ``capacity`` for different positions: a keyed start plus
        multiples of a keyed step, modulo ``capacity``.
        """
        start, step = prf_uint64(
            self.fake.key, pa.array(["start of the circle", "step of the circle"])
        ).tolist()
        step = step % self.capacity | 1
        while np.gcd(step, self.capacity) != 1:
            step += 2
        if self.capacity < 2**31:
            moved_by = places * np.uint64(step % self.capacity) + np.uint64(start % self.capacity)
            return moved_by % np.uint64(self.capacity)
        moved = [(place * step + start) % self.capacity for place in places.tolist()]
        return np.array(moved, np.uint64)


def _distinct(numbers: Draws) -> Draws:
    """Return ``numbers`` ascending and without duplicates. Sorts, which is several times as fast as
    NumPy's hashing.
    """
    rising = np.sort(numbers)
    return rising[np.concatenate([[True], rising[1:] != rising[:-1]])] if len(rising) else rising


def capacity_of(kind: str, locale: str) -> int:
    """Return the number of different fake values of ``kind`` in ``locale``."""
    if kind == "name":
        return len(pool("first_name", locale)) * len(pool("last_name", locale))
    if kind == "street":
        return 199 * len(pool("street_name", locale))
    if kind in _NUMBERS:
        return _NUMBERS[kind]
    if kind in ("phone", "national_id"):
        return phone_capacity(locale) if kind == "phone" else id_capacity(locale)
    return len(pool(kind, locale))


_NUMBERS = {"card": 10**9, "iban": 10**8, "url": 10**9, "ip": 3 * 254}
"""Capacity of kinds with the same numbers in all locales; for accounts the minimum over all."""


def numbered(kind: str, locale: str, numbers: Draws) -> pa.Array:
    """Return the fake value for each number; different numbers below the capacity give different
    values.
    """
    digits = KeyedDraws(numbers)
    if kind != "name":
        return (
            FAKERS[kind](digits, locale)
            if kind in FAKERS
            else digits.one_of(pool(kind, locale).values)
        )
    import pyarrow.compute as pc

    parts = [
        digits.one_of(pool("first_name", locale).values),
        digits.one_of(pool("last_name", locale).values),
    ]
    if locale in FAMILY_FIRST:
        parts.reverse()
    return pc.binary_join_element_wise(*parts, FAMILY_FIRST.get(locale, " "))
