"""Pools of invented values, drawn once per locale from Faker; the same on every machine for one Faker version."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cache

import pyarrow as pa

POOL_SEED = 20240229
"""Seeds Faker's generator; part of what a pool is."""

DRAWS = 4000
"""Draws that fill a pool; repeats are left out."""

_METHODS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "street_name": "street_name",
    "city": "city",
    "postcode": "postcode",
    "company": "company",
    "job": "job",
}


@dataclass(frozen=True)
class Pool:
    """Distinct invented values of one kind and locale, in the order drawn."""

    values: pa.StringArray
    """No nulls, no repeats."""
    locale: str
    """As Faker names it."""
    kind: str
    """What the values are."""

    def __len__(self) -> int:
        """Return the number of distinct values."""
        return len(self.values)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the values, hexadecimal: equal digests mean equal choices under equal keys."""
        return hashlib.sha256("\n".join(self.values.to_pylist()).encode()).hexdigest()


@cache
def pool(kind: str, locale: str) -> Pool:
    """Return the pool of ``kind`` values in ``locale``; drawn on first use in a process.

    Raises:
        LocaleError: Faker does not know the locale, or has no such values in it.
    """
    draw = getattr(_faker(locale), _METHODS[kind], None)
    if draw is None:
        raise LocaleError(f"Faker has no {kind} in {locale}; choose another locale or kind")
    values = dict.fromkeys(_clean(str(draw())) for _ in range(DRAWS))
    return Pool(pa.array([value for value in values if value], pa.string()), locale, kind)


@cache
def ascii_pool(kind: str, locale: str) -> pa.StringArray:
    """Return the pool's values as they stand in e-mail addresses: a-z and 0-9 only, aligned with ``pool``."""
    return pa.array([ascii_word(value) for value in pool(kind, locale).values.to_pylist()], pa.string())


def ascii_word(text: str) -> str:
    """Return ``text`` in the letters a-z and digits, accents dropped; ``user`` where nothing is left."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in bare if character.isascii() and character.isalnum()) or "user"


def faker_version() -> str:
    """Return the version of Faker that the pools come from."""
    from faker import VERSION

    return str(VERSION)


class LocaleError(ValueError):
    """Faker cannot give values in a locale."""


def _faker(locale: str) -> object:
    """Return a seeded Faker of one locale."""
    from faker import Faker
    from faker.config import AVAILABLE_LOCALES

    if locale not in AVAILABLE_LOCALES:
        raise LocaleError(f"unknown locale '{locale}'; Faker knows {', '.join(sorted(AVAILABLE_LOCALES))}")
    source = Faker(locale)
    source.seed_instance(POOL_SEED)
    return source


def _clean(value: str) -> str:
    """Return ``value`` on one line, in Unicode normal form C."""
    return " ".join(unicodedata.normalize("NFC", value).split())
