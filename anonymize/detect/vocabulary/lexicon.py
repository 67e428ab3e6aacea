"""Dictionaries of names and places from Faker's locales, built once, kept on disk and in memory."""

from __future__ import annotations

import importlib
import importlib.util
import json
import pkgutil
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from anonymize.detect.disk_cache import read_cached, write_cached
from anonymize.detect.words import word_lists

GROUPS = (
    "given",
    "surname",
    "city",
    "region",
    "region_code",
    "country",
    "country_code",
    "job",
    "street_word",
)
"""What the dictionaries hold."""

_PERSON = {
    "first_names": "given",
    "first_names_male": "given",
    "first_names_female": "given",
    "first_names_nonbinary": "given",
    "first_names_unisex": "given",
    "first_names_est": "given",
    "first_names_rus": "given",
    "first_romanized_names": "given",
    "middle_names": "given",
    "last_names": "surname",
    "last_names_male": "surname",
    "last_names_female": "surname",
    "last_names_unisex": "surname",
    "unisex_last_names": "surname",
    "male_last_names": "surname",
    "last_names_common": "surname",
    "last_names_est": "surname",
    "last_names_rus": "surname",
    "last_romanized_names": "surname",
    "last_names_without_suffix": "surname",
}
_ADDRESS = {
    "cities": "city",
    "city_names": "city",
    "real_city_names": "city",
    "towns": "city",
    "villages": "city",
    "localities": "city",
    "places": "city",
    "municipalities": "city",
    "communes": "city",
    "concelhos": "city",
    "metro_manila_lgus": "city",
    "settlements": "city",
    "metropolitan_cities": "city",
    "states": "region",
    "provinces": "region",
    "regions": "region",
    "departments": "region",
    "estados": "region",
    "counties": "region",
    "cantons": "region",
    "prefectures": "region",
    "wilayas": "region",
    "distritos": "region",
    "districts": "region",
    "union_territories": "region",
    "region_names": "region",
    "states_abbr": "region_code",
    "provinces_abbr": "region_code",
    "known_usps_abbr": "region_code",
    "countries": "country",
    "alpha_2_country_codes": "country_code",
    "alpha_3_country_codes": "country_code",
    "street_suffixes": "street_word",
    "street_prefixes": "street_word",
    "street_suffixes_short": "street_word",
    "street_suffixes_long": "street_word",
    "street_prefixes_short": "street_word",
    "street_prefixes_long": "street_word",
    "road_suffixes": "street_word",
}
_JOB = {"jobs": "job", "jobs_male": "job", "jobs_female": "job"}
_CODES_AND_NAMES = {"states", "provinces", "cantons", "departments", "estados", "regions"}
"""Attributes that hold pairs (code, name) in some locales."""
_BARRED = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
"""Letters that carry their mark inside."""
_NORTH_AMERICA = "1"
_STATE = re.compile(r",.*| [-–] [A-Z]{2}$| \(.*")


def fold(text: str) -> str:
    """Return ``text`` without accents and case, dashes and dots as spaces, single-spaced."""
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(
            c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c)
        )
        plain = plain.translate(_BARRED)
    return " ".join(plain.replace("-", " ").replace(".", " ").replace("\u2019", "'").split())


@lru_cache(maxsize=1)
def any_name() -> frozenset[str]:
    """Return the given and the family names."""
    return lexicon()["given"] | lexicon()["surname"]


@lru_cache(maxsize=1)
def lexicon() -> dict[str, frozenset[str]]:
    """Return the dictionaries, folded, by group; read from the cache where it is whole, else built
    from Faker.
    """
    import faker

    key = f"lexicon-4-{faker.VERSION}"
    cached = read_cached(key)
    if cached is not None:
        groups = json.loads(cached)
    else:
        groups = {group: sorted(words) for group, words in _build().items()}
        write_cached(key, json.dumps(groups, ensure_ascii=False, separators=(",", ":")).encode())
    return {group: frozenset(groups[group]) for group in GROUPS}


def _build() -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {group: set() for group in GROUPS}
    for provider, table in (("person", _PERSON), ("address", _ADDRESS), ("job", _JOB)):
        for source in _providers(f"faker.providers.{provider}"):
            for attribute, group in table.items():
                values = getattr(source, attribute, ())
                if isinstance(values, tuple | list | dict | set):
                    groups[group].update(_words(values, attribute, groups))
    groups["region"].update(map(fold, word_lists(__package__, "regions")[""]))
    groups["city"].update(_places_with_telephones())
    return {group: {word for word in words if word} for group, words in groups.items()}


def _places_with_telephones() -> Iterator[str]:
    """Yield the places that ``phonenumbers`` knows by their area codes: real towns the world over.

    Codes of North America name a town with its state; where no state follows, the place is a state
    itself.
    """
    from phonenumbers.geodata import GEOCODE_DATA

    places = {
        name
        for code, names in GEOCODE_DATA.items()
        for name in names.values()
        if "," in name or not code.startswith(_NORTH_AMERICA)
    }
    for place in places:
        for one in place.split("/"):
            town = fold(_STATE.sub("", one))
            if 3 <= len(town) <= 40 and not any(map(str.isdigit, town)):
                yield town


def _providers(package: str) -> Iterator[Any]:
    module = importlib.import_module(package)
    for found in pkgutil.iter_modules(module.__path__):
        if found.ispkg:
            yield importlib.import_module(f"{package}.{found.name}").Provider


def _words(values: Iterable[Any], attribute: str, groups: dict[str, set[str]]) -> Iterator[str]:
    """Yield the folded words of one Faker table: sequences, weighted mappings, (code, name)
    pairs.
    """
    for value in values:
        if isinstance(value, str):
            yield fold(value)
        elif isinstance(value, tuple) and attribute in _CODES_AND_NAMES:
            code, name = str(value[0]), str(value[-1])
            groups["region_code"].add(fold(code))
            yield fold(name)
