"""Draws invented people: coherent name, e-mail, phone, address and birth date, all of one
country.
"""

from __future__ import annotations

import datetime as dt
import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sampling.pools import COUNTRIES, Country, Place

T = TypeVar("T")

MAIL_DOMAINS = (
    *("example.com",) * 8,
    *("example.org",) * 4,
    *("example.net",) * 4,
    "mail.example.com",
    "post.example.net",
    "alumni.example.org",
    "my-mail.example.com",
)
"""Hosts of e-mail addresses: names under the domains RFC 2606 reserves."""

_FOLDED = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "Ł": "L", "ı": "i", "đ": "d", "æ": "ae", "ŷ": "y"}
)


@dataclass(frozen=True)
class Phone:
    """A number as its dialling code, trunk prefix and national digit groups."""

    dial: str
    trunk: str
    groups: tuple[str, ...]

    def written(self, form: int) -> str:
        """Return the number in one of eight ways that people write it."""
        spaced, solid = " ".join(self.groups), "".join(self.groups)
        if self.dial == "1":
            area, office, line = self.groups
            forms = (
                f"({area}) {office}-{line}",
                f"{area}-{office}-{line}",
                f"+1 {area} {office} {line}",
                f"{area}.{office}.{line}",
                f"1-{area}-{office}-{line}",
                f"+1{solid}",
                solid,
                f"({area}){office}-{line}",
            )
        else:
            forms = (
                f"+{self.dial} {spaced}",
                f"{self.trunk}{spaced}",
                (
                    f"+{self.dial} ({self.trunk}){spaced}"
                    if self.trunk
                    else f"(+{self.dial}) {spaced}"
                ),
                f"{self.trunk}{'-'.join(self.groups)}",
                f"+{self.dial}{solid}",
                f"00{self.dial} {spaced}",
                f"{self.trunk}{solid}",
                f"+{self.dial}-{'-'.join(self.groups)}",
            )
        return forms[form % len(forms)]


@dataclass(frozen=True)
class Person:
    """One invented person."""

    country: Country
    gender: str
    given: str
    """Given name in its own script."""
    family: str
    """Family name in its own script."""
    middle: str
    """Middle initial with its full stop, or empty."""
    latin_given: str
    latin_family: str
    email: str
    phone: Phone
    born: dt.date
    street: str
    place: Place
    postcode: str

    @property
    def full_name(self) -> str:
        """Return the name as the person's country orders it."""
        if self.country.order == "eastern":
            return (
                f"{self.family} {self.given}"
                if self.country.code == "JP"
                else self.family + self.given
            )
        return " ".join(part for part in (self.given, self.middle, self.family) if part)

    @property
    def latin_name(self) -> str:
        """Return the romanised name, given name first."""
        return f"{self.latin_given} {self.latin_family}"

    @property
    def is_latin(self) -> bool:
        """Return whether the name is written in Latin script."""
        return (self.given, self.family) == (self.latin_given, self.latin_family)


def pick(rng: random.Random, values: Sequence[T]) -> T:
    """Return one of ``values``, using nothing of ``rng`` but ``random()``: the draw every Python
    version repeats.
    """
    return values[int(rng.random() * len(values))]


def weighted(rng: random.Random, values: Sequence[T], weights: Sequence[float]) -> T:
    """Return one of ``values`` with chances in proportion to ``weights``."""
    mark = rng.random() * sum(weights)
    for value, weight in zip(values, weights, strict=True):
        mark -= weight
        if mark < 0:
            return value
    return values[-1]


def between(rng: random.Random, low: int, high: int) -> int:
    """Return a whole number from ``low`` to ``high``, both possible."""
    return low + int(rng.random() * (high - low + 1))


def filled(rng: random.Random, pattern: str) -> str:
    """Return ``pattern`` with each ``#`` a digit and each ``@`` a letter that postcodes use."""
    letters = "ABCEGHJKLNPRSTVXY"
    return "".join(
        str(between(rng, 0, 9)) if sign == "#" else pick(rng, letters) if sign == "@" else sign
        for sign in pattern
    )


def folded(text: str) -> str:
    """Return ``text`` in lower-case ASCII letters only, for the local part of an e-mail address."""
    plain = unicodedata.normalize("NFKD", text.translate(_FOLDED))
    return "".join(sign for sign in plain.lower() if sign.isascii() and sign.isalnum())


def _name_parts(rng: random.Random, entry: str, woman: bool) -> tuple[str, str]:
    native, _, latin = entry.partition("|")
    masculine, _, feminine = native.partition("/")
    chosen = feminine if feminine and woman else masculine
    return chosen, latin or chosen


def _surnames(home: Country, bystander: bool) -> tuple[str, ...]:
    return tuple(name for index, name in enumerate(home.surnames) if (index % 5 == 0) == bystander)


def _local_part(rng: random.Random, given: str, family: str, born: dt.date) -> str:
    first, last = folded(given), folded(family)
    number = between(rng, 1, 99)
    shapes = (
        f"{first}.{last}",
        f"{first[0]}.{last}",
        f"{first}{last[0]}{number}",
        f"{last}.{first}",
        f"{first}_{last}",
        f"{first[0]}{last}{born.year % 100:02d}",
        f"{first}.{last}+news",
        f"{first}{born.year}",
    )
    return weighted(rng, shapes, (30, 12, 12, 8, 8, 12, 3, 8))


class Town:
    """Draws people whose e-mail addresses differ from one another."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._emails: set[str] = set()

    def person(
        self,
        born_between: tuple[int, int] = (1938, 2006),
        country: str | None = None,
        bystander: bool = False,
    ) -> Person:
        """Return a new person, born in the given years, of the given country (else by the pools'
        weights).

        Every fifth surname of a pool is for bystanders, whom texts name and no row holds: so nobody
        in a row has the full name of a person who is only talked about.
        """
        rng = self._rng
        home = (
            next(c for c in COUNTRIES if c.code == country)
            if country
            else weighted(rng, COUNTRIES, [c.weight for c in COUNTRIES])
        )
        gender = weighted(rng, ("F", "M", "X"), (50, 48.5, 1.5))
        woman = gender == "F" or (gender == "X" and rng.random() < 0.5)
        given, latin_given = _name_parts(rng, pick(rng, home.women if woman else home.men), woman)
        family, latin_family = _name_parts(rng, pick(rng, _surnames(home, bystander)), woman)
        middle = (
            f"{pick(rng, 'ABCDEGHJKLMPRSTW')}." if home.dial == "1" and rng.random() < 0.18 else ""
        )
        born = dt.date(between(rng, *born_between), 1, 1) + dt.timedelta(days=between(rng, 0, 364))
        place = pick(rng, home.places)
        email = self._email(_local_part(rng, latin_given, latin_family, born))
        phone = Phone(home.dial, home.trunk, tuple(filled(rng, pick(rng, place.phones)).split(" ")))
        street = (
            pick(rng, home.streets)
            .format(n=between(rng, 1, 2400 if home.dial == "1" else 180))
            .replace(";", ",")
        )
        postcode = filled(rng, place.postcode)
        return Person(
            home,
            gender,
            given,
            family,
            middle,
            latin_given,
            latin_family,
            email,
            phone,
            born,
            street,
            place,
            postcode,
        )

    def _email(self, local: str) -> str:
        email = f"{local}@{pick(self._rng, MAIL_DOMAINS)}"
        while email in self._emails:
            email = f"{local}{between(self._rng, 2, 999)}@{pick(self._rng, MAIL_DOMAINS)}"
        self._emails.add(email)
        return email
