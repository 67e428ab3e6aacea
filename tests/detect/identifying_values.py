"""Identifiers of people and devices, invented by seeded generators, to be hidden among harmless
values.
"""

from __future__ import annotations

import random
from collections.abc import Callable

Draw = random.Random
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _digits(r: Draw, n: int) -> str:
    return "".join(r.choices("0123456789", k=n))


def _word(r: Draw) -> str:
    return "".join(r.choices(_LETTERS, k=7))


def card(r: Draw) -> str:
    """Return a card number of one of four networks."""
    body = r.choice(
        [
            f"4{_digits(r, 14)}",
            f"5{r.randint(1, 5)}{_digits(r, 13)}",
            f"37{_digits(r, 12)}",
            f"6011{_digits(r, 11)}",
        ]
    )
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(body)))
    return f"{body}{-total % 10}"


def iban(r: Draw) -> str:
    """Return an account number of Germany, Spain or the Netherlands, or one written in fours."""
    country, bank = r.choice(
        [("DE", _digits(r, 18)), ("ES", _digits(r, 20)), ("NL", f"ABNA{_digits(r, 10)}")]
    )
    number = "".join(str(int(c, 36)) for c in f"{bank}{country}00")
    whole = f"{country}{98 - int(number) % 97:02}{bank}"
    return (
        whole
        if r.random() < 0.5
        else " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))
    )


def _phone(r: Draw) -> str:
    return r.choice(
        [
            f"+1 303-555-{_digits(r, 4)}",
            f"({r.randint(201, 989)}) 555-{_digits(r, 4)}",
            f"{r.randint(201, 989)}-555-{_digits(r, 4)}",
            f"+44 20 7946 {_digits(r, 4)}",
            f"+49 30 {_digits(r, 7)}",
            f"020 7946 {_digits(r, 4)}",
            f"06 {' '.join(_digits(r, 2) for _ in range(4))}",
        ]
    )


def _ip(r: Draw) -> str:
    return f"{r.choice(['203.0.113', '198.51.100', '192.168.12'])}.{r.randint(1, 254)}"


IDENTIFYING: dict[str, Callable[[Draw], str]] = {
    "PHONE_NUMBER": _phone,
    "CREDIT_CARD": card,
    "IBAN_CODE": iban,
    "US_SSN": lambda r: f"{r.randint(101, 665)}-{r.randint(10, 99)}-{r.randint(1000, 9999)}",
    "IP_ADDRESS": _ip,
    "MAC_ADDRESS": lambda r: ":".join(f"{r.randint(0, 255):02X}" for _ in range(5)) + ":AF",
    "EMAIL_ADDRESS": lambda r: f"{_word(r)}.{_word(r)}@example.org",
}
"""Entity → one value of it."""
PROVEN = ("CREDIT_CARD", "IBAN_CODE", "MAC_ADDRESS", "EMAIL_ADDRESS")
"""Entities of which one value is enough."""


def hidden_in(values: list[str], entity: str, count: int, around: str = "{}") -> list[str]:
    """Return ``values`` with ``count`` of them, evenly spread, replaced by an identifier in the
    text ``around``.
    """
    r, made = Draw(f"{entity} {count}"), list(values)
    for place in range(count):
        made[(place * len(values)) // count] = around.format(IDENTIFYING[entity](r))
    return made
