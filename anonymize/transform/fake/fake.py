"""Fake values, chosen by a keyed function of the original."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys import PurposeKey, prf_uint64, pseudonyms
from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, over_distinct, plain, seen_text, text_result
from anonymize.transform.fake.draws import KeyedDraws
from anonymize.transform.fake.fake_numbers import cards, has_id_form, ibans, national_ids, phones
from anonymize.transform.fake.faker_pools import LocaleError, check_locale, pool
from anonymize.transform.fake.persons import LOCALE_OF_COUNTRY, Genders, Persons, genders_of
from anonymize.transform.interface import Row
from anonymize.transform.normalize import Normalization, normalized

SUFFIX_LENGTH = 12
"""Number of base-32 characters that make an e-mail or user name unique: 60 bits in addition to the
name's own 20.
"""

PERSON_KINDS = frozenset(("name", "first_name", "last_name", "email", "user_name", "title"))
"""Kinds that belong to a fake person."""


@dataclass(frozen=True)
class Fake:
    """Fake values. Equal values give equal fakes under one key and Faker version; null for blank
    text.

    Not reversible. Not injective unless ``unique``: with n originals and a pool of p, about n²/2p
    pairs share a fake. Leaks equality and frequency.
    """

    function_of_row: ClassVar[bool] = True
    kind: str
    """Kind of fake value: a person's, or one of ``FAKERS``."""
    locale: str
    """Language and country, as Faker names them."""
    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""
    normalize: Normalization = "fold"
    """Which spellings of the original count as one value."""
    unique: bool = False
    """True to add a keyed suffix of 60 bits; after a space, except in e-mails and user names."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return a fake value for each value of ``column``."""
        return over_distinct(column, self._invented, self.output_type(column.type))

    def _invented(self, values: pa.Array) -> pa.Array:
        texts = normalized(seen_text(values), self.normalize)
        return where_valid(
            texts, invented(self.kind, self.locale, self.key, texts, unique=self.unique)
        )


@dataclass(frozen=True)
class FakeOfPerson:
    """Values of a fake person, chosen by the person of the row, so that all columns of a person
    agree.

    Equal persons give equal fakes, in every dataset of the domain. Leaks equality and frequency,
    and also gender and country if they come from columns.
    """

    function_of_row: ClassVar[bool] = True
    kind: str
    """One of ``PERSON_KINDS``, or any other kind, which is then chosen by the person too."""
    locale: str
    """Locale of rows whose country is null or unknown."""
    key: PurposeKey = field(repr=False)
    """Key for this person's name and domain; the same for all its columns."""
    by: ColumnName
    """The column that identifies the person of a row."""
    gender: ColumnName | None = None
    """The column of the person's gender."""
    country: ColumnName | None = None
    """The column of the person's country, as two-letter code."""
    normalize: Normalization = "fold"
    """Which spellings of ``by`` count as one person."""
    unique: bool = False
    """For e-mails and user names: True to add a keyed suffix of 60 bits."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the columns that identify and describe the person of a row."""
        return tuple(
            dict.fromkeys(name for name in (self.by, self.gender, self.country) if name is not None)
        )

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return a fake value where ``column`` has a value; if the row names no person, chosen by
        the value itself.
        """
        kind, seen = self.output_type(column.type), seen_text(plain(column))
        own = pc.binary_join_element_wise("\x00", seen, "")
        who = pc.coalesce(normalized(seen_text(plain(row.before[self.by])), self.normalize), own)
        genders = genders_of(row.before.get(self.gender) if self.gender else None, len(column))
        result = pa.nulls(len(column), pa.string())
        for locale, rows in self._locales(row, len(column)):
            chosen = genders[np.asarray(rows)]
            part = invented(
                self.kind, locale, self.key, who.filter(rows), chosen, unique=self.unique
            )
            result = part if len(part) == len(column) else pc.replace_with_mask(result, rows, part)
        return where_valid(seen, result).cast(kind)

    def _locales(self, row: Row, length: int) -> list[tuple[str, pa.Array]]:
        """Return each locale and its rows."""
        if self.country is None:
            return [(self.locale, pa.repeat(True, length))]
        codes = pc.utf8_upper(
            pc.utf8_trim_whitespace(as_text(plain(row.before[self.country])))
        ).dictionary_encode()
        names = [self._locale(code) for code in codes.dictionary.to_pylist()]
        locales = pa.array([*names, self.locale]).take(
            codes.indices.cast(pa.int64()).fill_null(len(names))
        )
        return [(locale, pc.equal(locales, locale)) for locale in pc.unique(locales).to_pylist()]

    def _locale(self, country: str) -> str:
        """Return the locale for a country's rows; the rule's own if that country has no such kind
        of value.
        """
        locale = LOCALE_OF_COUNTRY.get(country, self.locale)
        return self.locale if self.kind == "national_id" and not has_id_form(locale) else locale


def invented(
    kind: str,
    locale: str,
    key: PurposeKey,
    texts: pa.Array,
    genders: Genders | None = None,
    *,
    unique: bool = False,
) -> pa.Array:
    """Return a fake value of ``kind`` for each text; results for nulls have no meaning."""
    digits = KeyedDraws(prf_uint64(key, texts))
    suffix = pc.utf8_slice_codeunits(pseudonyms(key, texts), 0, SUFFIX_LENGTH) if unique else None
    if kind not in PERSON_KINDS:
        return _with_suffix(FAKERS[kind](digits, locale), suffix)
    persons = Persons(digits, locale, genders)
    if kind in ("email", "user_name") and suffix is not None:
        return persons.email(suffix) if kind == "email" else persons.user_name(suffix)
    return _with_suffix(getattr(persons, kind)(), suffix)


def _with_suffix(inventions: pa.Array, suffix: pa.Array | None) -> pa.Array:
    """Return fake values with the keyed suffix of their originals."""
    return inventions if suffix is None else pc.binary_join_element_wise(inventions, suffix, " ")


def check_fake(kind: str, locale: str) -> None:
    """Check that there are fake values of ``kind`` in ``locale``; loads no pool.

    Raises:
        LocaleError: there are none.
    """
    check_locale(locale)
    if kind == "national_id":
        national_ids(KeyedDraws(np.zeros(1, np.uint64)), locale)


def where_valid(values: pa.Array, result: pa.Array) -> pa.Array:
    """Return ``result`` with nulls where ``values`` has nulls."""
    return (
        pc.if_else(values.is_valid(), result, pa.scalar(None, result.type))
        if values.null_count
        else result
    )


def _of(kind: str) -> Callable[[KeyedDraws, str], pa.Array]:
    """Return a function that chooses single values of one pool."""
    return lambda digits, locale: digits.one_of(pool(kind, locale).values)


_NUMBER_LAST_TEXT = """
de_DE de_AT de_CH nl_NL nl_BE es_ES es_MX it_IT pl_PL cs_CZ sv_SE da_DK no_NO fi_FI hu_HU uk_UA
ru_RU el_GR tr_TR pt_BR pt_PT
"""

_NUMBER_LAST = frozenset(_NUMBER_LAST_TEXT.split())
"""Locales that write the house number after the street."""


def _street(digits: KeyedDraws, locale: str) -> pa.Array:
    number = pa.array(digits.below(199) + 1).cast(pa.string())
    parts = [number, digits.one_of(pool("street_name", locale).values)]
    return pc.binary_join_element_wise(*(reversed(parts) if locale in _NUMBER_LAST else parts), " ")


def _ip(digits: KeyedDraws, locale: str) -> pa.Array:
    """Return addresses of the networks that are reserved for documentation. Source: RFC 5737."""
    networks = pa.array(["192.0.2.", "198.51.100.", "203.0.113."])
    host = pa.array(digits.below(254) + 1).cast(pa.string())
    return pc.binary_join_element_wise(digits.one_of(networks), host, "")


def _url(digits: KeyedDraws, locale: str) -> pa.Array:
    page = pa.array(digits.below(10**9)).cast(pa.string())
    return pc.binary_join_element_wise("https://www.example.com/", page, "")


FAKERS: Mapping[str, Callable[[KeyedDraws, str], pa.Array]] = MappingProxyType(
    {
        "phone": phones,
        "street": _street,
        "city": _of("city"),
        "postcode": _of("postcode"),
        "company": _of("company"),
        "job": _of("job"),
        "user_agent": _of("user_agent"),
        "card": cards,
        "iban": ibans,
        "national_id": national_ids,
        "ip": _ip,
        "url": _url,
    }
)
"""Kind that is not a person's → function that makes it from keyed draws."""

__all__ = [
    "FAKERS",
    "PERSON_KINDS",
    "Fake",
    "FakeOfPerson",
    "LocaleError",
    "check_fake",
    "invented",
    "where_valid",
]
