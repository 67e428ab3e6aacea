"""Invented values, chosen by a keyed function of the original."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys import PurposeKey, prf_uint64
from anonymize.transform.columns import as_text, over_distinct, text_result
from anonymize.transform.pools import ascii_pool, pool
from anonymize.transform.pseudonymize import Normalization, normalized

Draws = npt.NDArray[np.uint64]
"""A keyed uniform 64-bit number per value."""


class Digits:
    """Draws from one keyed number, independent while the product of their sizes stays far below 2^64."""

    def __init__(self, draws: Draws) -> None:
        """Start from the whole number."""
        self._left = draws.copy()

    def below(self, size: int) -> npt.NDArray[np.int64]:
        """Return a number from 0 to ``size`` - 1 for each value, and use up that much of the draw."""
        self._left, drawn = np.divmod(self._left, np.uint64(size))
        return drawn.astype(np.int64)


@dataclass(frozen=True)
class Fake:
    """Invented values: equal in, equal out under one key and Faker version; never the original's neighbour.

    Not reversible, not injective: with n originals and a pool of p, about n²/2p pairs share an
    invention. Leaks equality and frequency.
    """

    kind: str
    """What is invented: one of ``FAKERS``."""
    locale: str
    """Language and country, as Faker names them."""
    key: PurposeKey = field(repr=False)
    """Derived for this action and domain."""
    normalize: Normalization = "fold"
    """Which spellings of the original count as one value."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; every type with one text form is taken."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return an invented value for each value of ``column``."""
        return over_distinct(column, self._invented, self.output_type(column.type))

    def _invented(self, values: pa.Array) -> pa.Array:
        texts = normalized(as_text(values), self.normalize)
        invented = FAKERS[self.kind](Digits(prf_uint64(self.key, texts)), self.locale)
        return pc.if_else(values.is_valid(), invented, pa.scalar(None, pa.string())) if values.null_count else invented


def _of(kind: str) -> Callable[[Digits, str], pa.Array]:
    """Return a function that takes single values of one pool."""

    def take(digits: Digits, locale: str) -> pa.Array:
        values = pool(kind, locale).values
        return values.take(pa.array(digits.below(len(values))))

    return take


def _name(digits: Digits, locale: str) -> pa.Array:
    return pc.binary_join_element_wise(_of("first_name")(digits, locale), _of("last_name")(digits, locale), " ")


def _ascii_name(digits: Digits, locale: str, separator: str) -> pa.Array:
    first, last = ascii_pool("first_name", locale), ascii_pool("last_name", locale)
    chosen = first.take(pa.array(digits.below(len(first)))), last.take(pa.array(digits.below(len(last))))
    return pc.binary_join_element_wise(*chosen, separator)


def _email(digits: Digits, locale: str) -> pa.Array:
    local = _ascii_name(digits, locale, ".")
    return pc.binary_join_element_wise(local, _number(digits, 9000, 1000), "@example.com", "")


def _user_name(digits: Digits, locale: str) -> pa.Array:
    name = _ascii_name(digits, locale, "_")
    return pc.binary_join_element_wise(name, _number(digits, 900, 100), "")


def _street(digits: Digits, locale: str) -> pa.Array:
    number = _number(digits, 1999, 1)
    return pc.binary_join_element_wise(number, _of("street_name")(digits, locale), " ")


def _phone(digits: Digits, locale: str) -> pa.Array:
    if locale == "en_GB":
        return pc.binary_join_element_wise("+44 7700 900", _number(digits, 1000, 0, 3), "")
    area = _number(digits, 800, 200)
    line = _number(digits, 100, 0, 2)
    return pc.binary_join_element_wise("+1 ", area, "-555-01", line, "")


def _number(digits: Digits, count: int, first: int, width: int = 1) -> pa.Array:
    """Return one of ``count`` whole numbers from ``first`` on as text, zeros before it up to ``width`` digits."""
    texts = pc.utf8_lpad(pa.array(np.arange(first, first + count)).cast(pa.string()), width, "0")
    return texts.take(pa.array(digits.below(count)))


FAKERS: Mapping[str, Callable[[Digits, str], pa.Array]] = MappingProxyType(
    {
        "name": _name,
        "first_name": _of("first_name"),
        "last_name": _of("last_name"),
        "email": _email,
        "user_name": _user_name,
        "phone": _phone,
        "street": _street,
        "city": _of("city"),
        "postcode": _of("postcode"),
        "company": _of("company"),
        "job": _of("job"),
    }
)
"""How each kind is invented from keyed draws."""
