"""Lists of fake values from Faker, loaded once per locale; the same on every machine for one Faker
version.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import pyarrow as pa

POOL_SEED = 20240229
"""Seed of Faker's generator for pools that are generated; changing it changes these pools."""

DRAWS = 2500
"""Number of draws that fill a generated pool; duplicates are removed."""

_LISTED = {
    "first_name_male": ("first_names_male", "first_names"),
    "first_name_female": ("first_names_female", "first_names"),
    "last_name_male": ("last_names_male", "last_names", "last_names_female"),
    "last_name_female": ("last_names_female", "last_names", "last_names_male"),
}
"""Pools that Faker has as lists; the first of these names that a locale has is used."""


_ONE_AT_A_TIME = Lock()
"""Lock, because columns are processed in parallel threads, and draws of two pools from one
generator would mix.
"""


class LocaleError(ValueError):
    """Faker has no values for a locale."""


@dataclass(frozen=True)
class Pool:
    """Distinct fake values of one kind and locale, in a fixed order."""

    values: pa.StringArray
    """No nulls, no repeats."""
    locale: str
    """As Faker names it."""
    kind: str
    """Kind of the values."""

    def __len__(self) -> int:
        """Return the number of distinct values."""
        return len(self.values)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the values, hexadecimal. Equal digests give equal choices under
        equal keys.
        """
        return hashlib.sha256("\n".join(self.values.to_pylist()).encode()).hexdigest()


@cache
def pool(kind: str, locale: str) -> Pool:
    """Return the pool of ``kind`` values in ``locale``; loaded on first use in a process.

    Raises:
        LocaleError: Faker does not know the locale, or has no such values in it.
    """
    if kind in ("first_name", "last_name"):
        both = [
            value
            for sex in ("male", "female")
            for value in pool(f"{kind}_{sex}", locale).values.to_pylist()
        ]
        values: Iterable[str] = dict.fromkeys(both)
    elif kind in _LISTED:
        values = _listed(kind, locale)
    else:
        values = _drawn(kind, locale)
    return Pool(pa.array(list(values), pa.string()), locale, kind)


@cache
def ascii_pool(kind: str, locale: str) -> pa.StringArray:
    """Return the pool's values in the form used in e-mail addresses: a-z and 0-9 only, aligned with
    ``pool``.

    For scripts that cannot be written in a-z, the values of the English pool at the same positions.
    """
    values = [ascii_word(value) for value in pool(kind, locale).values.to_pylist()]
    spare = pool(kind, "en_US").values.to_pylist()
    return pa.array(
        [word or ascii_word(spare[at % len(spare)]) for at, word in enumerate(values)], pa.string()
    )


def ascii_word(text: str) -> str:
    """Return ``text`` in the letters a-z and digits, without accents; empty if nothing is left."""
    from anonymize.transform.words import fold, latin_forms

    latin = sorted(form for word in text.split() for form in latin_forms(word))[:1] or [fold(text)]
    return "".join(
        character for character in latin[0] if character.isascii() and character.isalnum()
    )


def faker_version() -> str:
    """Return the version of Faker that the pools come from."""
    from faker import VERSION

    return str(VERSION)


def check_locale(locale: str) -> None:
    """Check that Faker knows ``locale``.

    Raises:
        LocaleError: it does not; the message lists those it knows.
    """
    from faker.config import AVAILABLE_LOCALES

    if locale not in AVAILABLE_LOCALES:
        raise LocaleError(
            f"unknown locale '{locale}'; Faker knows {', '.join(sorted(AVAILABLE_LOCALES))}"
        )


@cache
def _faker(locale: str) -> Any:
    from faker import Faker

    check_locale(locale)
    return Faker(locale)


def _listed(kind: str, locale: str) -> list[str]:
    """Return the values of a list of Faker's person provider for the locale, sorted."""
    person = next(
        p for p in _faker(locale).factories[0].providers if ".person" in type(p).__module__
    )
    for name in _LISTED[kind]:
        values = {_clean(value) for value in _strings(getattr(person, name, ()))} - {""}
        if len(values) > 1:
            return sorted(values)
    return list(_drawn(kind, locale))


def _strings(values: Any) -> Iterator[str]:
    """Yield the strings in a list of strings, of lists, or of weights by string."""
    for value in values:
        if isinstance(value, str):
            yield value
        else:
            yield from _strings(value)


def _drawn(kind: str, locale: str) -> Iterable[str]:
    with _ONE_AT_A_TIME:
        source = _faker(locale)
        draw = getattr(source, kind, None)
        if draw is None:
            raise LocaleError(f"Faker has no {kind} in {locale}; choose another locale or kind")
        source.seed_instance(POOL_SEED)
        return {value: None for value in (_clean(str(draw())) for _ in range(DRAWS)) if value}


def _clean(value: str) -> str:
    """Return ``value`` on one line, in Unicode normal form C."""
    return " ".join(unicodedata.normalize("NFC", value).split())
