"""Texts of many kinds for comparing scanners: prose, records, logs, Unicode, near-misses, long
documents.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import lru_cache

from faker import Faker

LOCALES = (
    *(
        "en_US",
        "en_GB",
        "de_DE",
        "fr_FR",
        "es_ES",
        "it_IT",
        "pt_BR",
        "pl_PL",
        "en_IN",
        "sv_SE",
        "fi_FI",
        "ja_JP",
    ),
    *("ru_RU", "tr_TR"),
)
CONTEXT = (
    *(
        "phone",
        "call me",
        "ssn",
        "social security",
        "passport",
        "driver license",
        "account number",
        "bank",
        "card",
    ),
    *(
        "credit",
        "NHS",
        "national insurance",
        "Steuer-ID",
        "Personalausweis",
        "email",
        "my url is",
        "date of birth",
    ),
    *(
        "DEA license",
        "tax",
        "aba routing",
        "vehicle registration",
        "TFN",
        "ABN",
        "aadhaar",
        "pan",
        "voter",
        "NRIC",
    ),
    *(
        "PESEL",
        "codice fiscale",
        "ip",
        "rx",
        "prescription number",
        "claim no.",
        "infusion referral",
        "pre-auth",
    ),
    *("provider tax id", "prior authorization"),
)
MARKS = (
    *("", " ", "-", ".", "/", ":", ",", "(", ")", "+", "x", "@", "#", "\t", "\n"),
    *("\u00a0", "\u200b", "\u2013", "é", "ß", "\uff0b"),
)
OTHER = {
    **{
        "0": "\uff10",
        "1": "\u0661",
        "3": "\u09e9",
        "@": "\uff20",
        ".": "\u3002",
        "k": "\u212a",
        "s": "\u017f",
    },
    **{"i": "\u0130", "a": "\u0430", "-": "\u2011"},
}


@lru_cache(maxsize=1)
def _fakers() -> list[Faker]:
    return [Faker(locale) for locale in LOCALES]


def texts(count: int, seed: int) -> Iterator[str]:
    """Yield ``count`` texts, the kinds mixed, reproducible by ``seed``."""
    dice, fakes = random.Random(seed), _fakers()
    for i, fake in enumerate(fakes):
        fake.seed_instance(seed + i)
    kinds: tuple[Callable[[random.Random, list[Faker]], str], ...]
    kinds = (prose, record, record, log, near_miss, near_miss, unicode, digits)
    for _ in range(count):
        yield dice.choice(kinds)(dice, fakes)


def prose(dice: random.Random, fakes: list[Faker]) -> str:
    """Return sentences without personal data."""
    return " ".join(
        dice.choice(fakes).sentence(dice.randrange(4, 15)) for _ in range(dice.randrange(1, 4))
    )


def identifier(dice: random.Random, fakes: list[Faker]) -> str:
    """Return one identifier of some kind and country."""
    fake = dice.choice(fakes)
    dates = (
        "%d.%m.%Y",
        "%m/%d/%y",
        "%Y/%m/%d",
        "%d-%b-%Y",
        "%b-%Y",
        "%m/%Y",
        "%Y-%m-%dT%H:%M:%S.%fZ",
    )
    makers = (
        *(
            fake.phone_number,
            fake.ssn,
            fake.credit_card_number,
            fake.iban,
            fake.email,
            fake.ipv4,
            fake.ipv6,
        ),
        *(
            fake.mac_address,
            fake.uuid4,
            fake.url,
            fake.date,
            fake.postcode,
            fake.license_plate,
            fake.bban,
            fake.swift,
        ),
        *(
            fake.ascii_company_email,
            fakes[0].aba,
            fakes[1].ssn,
            fakes[7].pesel,
            fakes[4].nif,
            fakes[4].nie,
        ),
        *(fakes[8].aadhaar_id, fakes[0].itin, fakes[0].ein, fakes[0].vin),
        lambda: fake.date(dice.choice(dates)),
        lambda: dice.choice("ABCXYZ") + str(dice.randrange(10**8)),
        lambda: str(dice.randrange(10 ** dice.randrange(3, 18))),
        lambda: f"{dice.randrange(1000):03}-{dice.randrange(100):02}-{dice.randrange(10000):04}",
    )
    return str(dice.choice(makers)())


def record(dice: random.Random, fakes: list[Faker]) -> str:
    """Return a dense line: words of context and identifiers."""
    parts = []
    for _ in range(dice.randrange(1, 5)):
        parts.append(dice.choice(CONTEXT) if dice.random() < 0.5 else dice.choice(fakes).word())
        parts.append(dice.choice(("", "is ", ": ", "# ")) + identifier(dice, fakes))
    return dice.choice((" ", ", ", "; ", " | ")).join(parts)


def log(dice: random.Random, fakes: list[Faker]) -> str:
    """Return a line of a log."""
    fake = fakes[0]
    level = dice.choice(("INFO", "WARN", "ERROR"))
    request = (
        f'"GET {fake.uri_path()}?id={dice.randrange(10**9)} HTTP/1.1" {dice.randrange(200, 599)}'
    )
    return (
        f"{fake.iso8601()} {level} [{fake.user_name()}] {fake.ipv4()} - {request}"
        f" {dice.randrange(10**6)}"
    )


def near_miss(dice: random.Random, fakes: list[Faker]) -> str:
    """Return an identifier with a few characters changed, put in or taken away, between odd
    neighbours.
    """
    text = list(identifier(dice, fakes))
    for _ in range(dice.randrange(0, 4)):
        at = dice.randrange(len(text) + 1)
        action = dice.randrange(3)
        if action == 0 and at < len(text):
            text[at] = dice.choice("0123456789aAzZiIkKsS" + "".join(MARKS))
        elif action == 1:
            text.insert(at, dice.choice((*MARKS, *"0123456789")))
        elif at < len(text):
            del text[at]
    before, after = (
        dice.choice(MARKS + CONTEXT) + dice.choice(MARKS),
        dice.choice(MARKS) + dice.choice(MARKS + CONTEXT),
    )
    return before + "".join(text) + after


def unicode(dice: random.Random, fakes: list[Faker]) -> str:
    """Return text beyond ASCII with an identifier in it, some of its characters in other
    scripts.
    """
    text = (
        dice.choice(fakes).sentence(5)
        + dice.choice((" ", "\u3000", "é", "…"))
        + identifier(dice, fakes)
    )
    odd = "".join(OTHER.get(c, c) if dice.random() < 0.1 else c for c in text)
    return odd + dice.choice(("", "\U0001f600", "\u0301", "ü", "\x1c5"))


def digits(dice: random.Random, fakes: list[Faker]) -> str:
    """Return digits and marks at random."""
    return "".join(
        dice.choice("00112233445566778899 -./()+:") for _ in range(dice.randrange(3, 40))
    )
