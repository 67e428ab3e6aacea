"""Column names and keys that contain a person's name, address or number, alone or among other
words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from anonymize.detect.columns.abbreviated_names import (
    initials_and_family,
    is_eastern_name,
    is_place,
    says_what_is_held,
)
from anonymize.detect.columns.headings import is_persons_name
from anonymize.detect.forms import is_iban
from anonymize.detect.text.emails import mails
from anonymize.detect.vocabulary.lexicon import any_name, fold, lexicon
from anonymize.detect.words import word_set

FEWEST_LOGINS = 2
"""Names like ``first.last`` from which a table's are people's: one may be a product's."""
FEWEST_SINGLE, SHORTEST_SINGLE = 3, 3
"""Single words that are names from which a table's are people's, and letters of one."""
_ALSO_THINGS = word_set("""
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
    january february march april may june july august september october november december
    januar februar marz april mai juni juli august dezember enero abril mayo junio julio agosto
    avril juin aout summer autumn winter spring dawn eve noel
    red green blue black white gray grey brown pink gold silver violet purple orange yellow olive
    amber ruby jade rose coral ivory crystal pearl scarlet sienna hazel ginger iris lily daisy
    heather ivy holly poppy jasmine basil sage rosemary cherry apple lemon melon berry olive
    ford honda toyota tesla nissan mazda suzuki chevrolet chrysler dodge porsche renault peugeot
    citroen ferrari bentley royce jaguar lincoln mercedes benz audi fiat skoda opel volvo hyundai
    boeing dell sony siemens bosch philips adobe oracle intel nike puma chase citi morgan stanley
    goldman sachs wells fargo merck pfizer bayer roche lilly kraft heinz mars nestle
    houston dallas austin phoenix jackson charlotte madison orlando savannah florence verona
    victoria adelaide hamilton darwin carolina dakota virginia georgia montana aberdeen
    alpha beta gamma delta sigma omega mercury venus earth jupiter saturn north south east west
    ruby julia java scala swift dart pascal ada haskell perl kotlin
    price cost power charge page bond stone wood field hill lake rivers banks park street hall
    church house king queen prince bishop baker cook carter miller smith fisher
    """)
"""Words that are names of people and as often of months, colours, plants, makes and programs."""
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_TITLE = re.compile(
    r"(?<!\w)(?:Frau|Herrn?|Mr|Mrs|Ms|Mme|Monsieur|Madame|Sr|Sra|Señora?|Signora?|Dott|Pani?)\.? +"
    r"(?=[^\W\d_a-z])([^\W\d_]{3,})"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}|\(?0\d{2,5}\)?[ /-])[ ()/.-]*\d(?:[ ()/.-]?\d){5,11}(?!\w)"
)
_LOGIN = re.compile(r"(?<![^\W_])([^\W\d_]{3,})[._-]([^\W\d_]{3,})(?![^\W_])")


def holds_a_person(name: str) -> bool:
    """Return whether ``name`` holds an e-mail address, an IBAN, a telephone number, or a person's
    name: ``approved by Anna Castro``, ``Castro, Anna``, ``A. Castro``.

    By the dictionaries, so a rare name passes, and so does one in small letters (see ``logins``).
    """
    if any(True for _ in mails(name)) or _PHONE.search(name):
        return True
    if any(is_iban(match[0]) for match in _IBAN.finditer(name)):
        return True
    if is_persons_name(name) or initials_and_family(name) or is_eastern_name(name):
        return True
    titled = (match[1] for match in _TITLE.finditer(name))
    if any(fold(word) in lexicon()["surname"] and not says_what_is_held(word) for word in titled):
        return True
    found = list(_WORD.finditer(name))
    return any(
        name[one.end() : other.start()] in (" ", ", ", "  ")
        and _is_capital(one[0])
        and _is_capital(other[0])
        and _is_pair(one[0], other[0])
        for one, other in itertools.pairwise(found)
    )


def logins(names: Sequence[str]) -> list[int]:
    """Return the positions of names that hold ``first.last``, ``first_last`` or ``first-last``.

    None where there are fewer than ``FEWEST_LOGINS`` people among them.
    """
    found = [at for at, name in enumerate(names) if _holds_login(name)]
    return found if len(found) >= FEWEST_LOGINS else []


def single_names(names: Sequence[str]) -> list[int]:
    """Return the positions of names that are one given or family name each: ``Anna``, ``Kowalski``.

    One such word may be a make, a town or a month. A table of them is a table of people: at least
    ``FEWEST_SINGLE``, and half of all columns whose names do not say what they hold; two given
    names where no other column is left.
    """
    open_ = [at for at, name in enumerate(names) if not says_what_is_held(name)]
    found = [at for at in open_ if _is_single_name(names[at])]
    given = [at for at in found if fold(names[at]) in lexicon()["given"]]
    enough = len(found) >= FEWEST_SINGLE and 2 * len(found) >= len(open_)
    return found if enough or (len(given) == len(open_) >= FEWEST_LOGINS) else []


@lru_cache(maxsize=8192)
def _is_single_name(name: str) -> bool:
    """Return whether ``name`` is one capitalised word that is somebody's name, and no place, make,
    month or colour.
    """
    if not _WORD.fullmatch(name) or not _is_capital(name) or len(name) < SHORTEST_SINGLE:
        return False
    word = fold(name)
    places = _large_cities() | lexicon()["country"] | lexicon()["region"]
    return word in any_name() and word not in _ALSO_THINGS and word not in places


@lru_cache(maxsize=1)
def _large_cities() -> frozenset[str]:
    """Return the cities that time zones are named after: nearly every given name is a town's,
    too.
    """
    from zoneinfo import available_timezones

    return frozenset(
        fold(zone.rpartition("/")[2].replace("_", " ")) for zone in available_timezones()
    )


@lru_cache(maxsize=8192)
def _holds_login(name: str) -> bool:
    starts = (0, name.find("_") + 1)  # hours_first_last: matches do not overlap
    return any(
        _is_pair(match[1], match[2]) for start in starts for match in _LOGIN.finditer(name, start)
    )


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def _is_pair(one: str, other: str) -> bool:
    """Return whether two words are a given and a family name, and neither describes a column."""
    first, last = fold(one), fold(other)
    given, family = lexicon()["given"], lexicon()["surname"]
    if not ((first in given and last in family) or (first in family and last in given)):
        return False
    return first != last and not (
        says_what_is_held(one) or says_what_is_held(other) or is_place(f"{first} {last}")
    )
