"""Check digits of numbers of no one country: Luhn, Verhoeff, cards, IBANs, vehicles, devices."""

from __future__ import annotations

import re

_SEPARATORS = str.maketrans("", "", " -./\u00a0\u2011")


def bare(text: str) -> str:
    """Return ``text`` upper-cased without blanks, dashes, dots and slashes."""
    return text.translate(_SEPARATORS).upper()


def luhn(text: str) -> bool:
    """Return whether the digits of ``text`` pass the Luhn check (ISO/IEC 7812-1)."""
    digits = bare(text)
    if not (digits.isascii() and digits.isdigit()) or len(digits) < 2:
        return False
    odd = sum(int(d) for d in digits[-1::-2])
    even = sum(int(d) * 2 - 9 * (d > "4") for d in digits[-2::-2])
    return (odd + even) % 10 == 0


def card(text: str) -> bool:
    """Return whether ``text`` is a payment card number: 13 to 19 digits, a network's first digits,
    Luhn.
    """
    digits = bare(text)
    return card_shaped(text) and not re.fullmatch(r"(\d)\1+", digits) and luhn(digits)


def card_shaped(text: str) -> bool:
    """Return whether ``text`` has a card network's length and first digits, whatever its check
    digit.
    """
    return (
        re.fullmatch(
            r"(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|35\d{14}"
            r"|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|62\d{14,17}|(?:50|5[6-9]|6[0-37-9])\d{10,17}|1800\d{11}|2131\d{11})",
            bare(text),
        )
        is not None
    )


def iban(text: str) -> bool:
    """Return whether ``text`` is an IBAN with right check digits (ISO 13616, ISO 7064 mod
    97-10).
    """
    code = bare(text)
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", code):
        return False
    return int("".join(str(int(c, 36)) for c in code[4:] + code[:4])) % 97 == 1


def aba(text: str) -> bool:
    """Return whether ``text`` is a US bank routing number."""
    d = bare(text)
    if not re.fullmatch(r"(?:0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)\d{7}", d):
        return False
    return sum(int(c) * w for c, w in zip(d, (3, 7, 1) * 3, strict=True)) % 10 == 0


def vin(text: str) -> bool:
    """Return whether ``text`` is a vehicle identification number with a right check digit (ISO
    3779, 49 CFR 565).
    """
    code = text.strip().upper()
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", code):
        return False
    values = dict(
        zip(
            "ABCDEFGHJKLMNPRSTUVWXYZ",
            (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
            strict=True,
        )
    )
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(
        (int(c) if c.isdigit() else values[c]) * w for c, w in zip(code, weights, strict=True)
    )
    return code[8] == "0123456789X"[total % 11]


def verhoeff(text: str) -> bool:
    """Return whether the digits of ``text`` pass the Verhoeff check."""
    multiply = (
        "0123456789",
        "1234067895",
        "2340178956",
        "3401289567",
        "4012395678",
        "5987604321",
        "6598710432",
        "7659821043",
        "8765932104",
        "9876543210",
    )
    permute = (
        "0123456789",
        "1576283094",
        "5803796142",
        "8916043527",
        "9453126870",
        "4286573901",
        "2793806415",
        "7046913258",
    )
    digits, check = bare(text), 0
    if not (digits.isascii() and digits.isdigit()):
        return False
    for i, c in enumerate(reversed(digits)):
        check = int(multiply[check][int(permute[i % 8][int(c)])])
    return check == 0


def imei(text: str) -> bool:
    """Return whether ``text`` is a device's IMEI."""
    d = bare(text)
    return re.fullmatch(r"(?:01|35|86|99)\d{13}", d) is not None and luhn(d)


def is_isbn10(text: str) -> bool:
    """Return whether ``text`` is an ISBN of ten characters with its check digit (ISO 2108)."""
    digits = bare(text)
    if not re.fullmatch(r"[0-9]{9}[0-9X]", digits):
        return False
    return sum((10 - at) * (10 if d == "X" else int(d)) for at, d in enumerate(digits)) % 11 == 0
