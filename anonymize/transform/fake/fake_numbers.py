"""Fake phones, cards, accounts and ids: of valid form, and assigned to nobody."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.fake.draws import KeyedDraws
from anonymize.transform.fake.faker_pools import LocaleError

PHONES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "US": (
            "+1 2##-555-01##",
            "+1 3##-555-01##",
            "+1 5##-555-01##",
            "+1 7##-555-01##",
            "+1 9##-555-01##",
        ),
        "CA": ("+1 2##-555-01##", "+1 4##-555-01##", "+1 6##-555-01##", "+1 7##-555-01##"),
        "GB": ("+44 7700 900###", "+44 20 7946 0###", "+44 161 496 0###", "+44 131 496 0###"),
        "AU": ("+61 2 5550 ####", "+61 3 5550 ####", "+61 7 5550 ####", "+61 8 5550 ####"),
        "IE": ("+353 20 91# ####",),
        "FR": (
            "+33 1 99 00 ## ##",
            "+33 2 61 91 ## ##",
            "+33 3 53 01 ## ##",
            "+33 4 65 71 ## ##",
            "+33 6 39 98 ## ##",
        ),
        "DE": (
            "+49 30 23125 ###",
            "+49 69 90009 ###",
            "+49 40 66969 ###",
            "+49 221 4710 ###",
            "+49 89 99998 ###",
        ),
        "SE": ("+46 8 465 004 ##", "+46 31 390 06 ##", "+46 40 628 04 ##", "+46 70 174 06 ##"),
    }
)
"""Numbers that are reserved for fiction, by country.

Sources: NANPA (555-01XX); Ofcom, ACMA, ComReg, ARCEP, Bundesnetzagentur and PTS on numbers for
drama.
"""

_CODES_TEXT = """
JP:81 KR:82 CN:86 TW:886 IN:91 UA:380 RU:7 GR:30 ES:34 IT:39 NL:31 PL:48 TR:90 IL:972 SA:966 AE:971
EG:20 BR:55 PT:351 MX:52 CH:41 AT:43 BE:32 DK:45 NO:47 FI:358 CZ:420 SK:421 HU:36 RO:40 NZ:64 TH:66
VN:84 ID:62 PH:63 AR:54 CO:57 CL:56 HR:385 BG:359 SI:386 EE:372 LV:371 LT:370 GE:995 AM:374 ZA:27
"""

_CALLING_CODES = MappingProxyType(dict(pair.split(":") for pair in _CODES_TEXT.split()))

_IBANS = MappingProxyType(
    {"DE": "00000000##########", "GB": "XXXX000000########", "NL": "XXXX00########"}
)
"""Account parts with a bank that does not exist, by country."""


def phones(digits: KeyedDraws, locale: str) -> pa.Array:
    """Return phone numbers that are reserved for fiction, or from blocks of zeros that no country
    assigns.
    """
    return _filled(_phone_shapes(locale), digits)


def _phone_shapes(locale: str) -> tuple[str, ...]:
    country = locale.partition("_")[2]
    return PHONES.get(country) or (f"+{_CALLING_CODES.get(country, 999)} 000 ### ###",)


def cards(digits: KeyedDraws, locale: str) -> pa.Array:
    """Return 16-digit card numbers with a valid check digit, from an issuer range that is not
    assigned (999999).
    """
    numbers = _digit_matrix(digits, 9)
    whole = np.concatenate(
        [np.full((len(numbers), 6), 9, np.uint8), numbers, np.zeros((len(numbers), 1), np.uint8)],
        axis=1,
    )
    doubled = whole[:, ::2] * np.uint8(2)
    doubled -= np.uint8(9) * (doubled > 9)
    total = doubled.sum(axis=1, dtype=np.int64) + whole[:, 1::2].sum(axis=1, dtype=np.int64)
    whole[:, 15] = -total % 10
    return _texts(whole)


def ibans(digits: KeyedDraws, locale: str) -> pa.Array:
    """Return account numbers with valid check digits, of banks that do not exist; German ones for
    most countries.
    """
    country = locale.partition("_")[2]
    country = country if country in _IBANS else "DE"
    bank, width = _IBANS[country].rstrip("#"), _IBANS[country].count("#")
    numbers = _digit_matrix(digits, width)
    account = numbers.astype(np.int64) @ 10 ** np.arange(width - 1, -1, -1)
    rest = (account % 97 * (10**6 % 97) + _as_number(f"{bank}{'0' * width}{country}00")) % 97
    check = np.stack([(98 - rest) // 10, (98 - rest) % 10], axis=1)
    return pc.binary_join_element_wise(country, _texts(check), bank, _texts(numbers), "")


def national_ids(digits: KeyedDraws, locale: str) -> pa.Array:
    """Return national ids of valid form that are never issued.

    Raises:
        LocaleError: no such form is known for the locale's country.
    """
    return _filled(_id_shapes(locale), digits)


_IDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "US": ("9##-0#-####", "9##-1#-####", "9##-4#-####"),
        "GB": ("QQ ## ## ## C",),
        "CA": ("0## ### ###",),
    }
)
"""National ids of valid form that are never issued, by country."""


def has_id_form(locale: str) -> bool:
    """Return True if there are fake national ids for ``locale``."""
    return locale.partition("_")[2] in _IDS


def _id_shapes(locale: str) -> tuple[str, ...]:
    if not has_id_form(locale):
        raise LocaleError(
            f"no form of national id is known for {locale}; known are en_US, en_GB, en_CA"
        )
    return _IDS[locale.partition("_")[2]]


def phone_capacity(locale: str) -> int:
    """Return the number of different fake phone numbers in ``locale``."""
    return _capacity(_phone_shapes(locale))


def id_capacity(locale: str) -> int:
    """Return the number of different fake national ids in ``locale``."""
    return _capacity(_id_shapes(locale))


def _capacity(shapes: tuple[str, ...]) -> int:
    """Return how many numbers from 0 on give different texts, if every shape is chosen equally
    often.
    """
    return int(len(shapes) * 10 ** min(shape.count("#") for shape in shapes))


def _as_number(text: str) -> int:
    """Return letters and digits as a number according to ISO 13616, modulo 97."""
    return int("".join(str(int(character, 36)) for character in text)) % 97


def _filled(shapes: tuple[str, ...], digits: KeyedDraws) -> pa.Array:
    """Return texts of the shapes with a random digit in place of every ``#``."""
    chosen = digits.below(len(shapes))
    numbers = _digit_matrix(digits, max(shape.count("#") for shape in shapes))
    width = max(map(len, shapes))
    out = np.zeros((len(chosen), width), np.uint8)
    for at, shape in enumerate(shapes):
        rows = np.flatnonzero(chosen == at)
        out[rows] = np.frombuffer(shape.ljust(width).encode(), np.uint8)
        places = [place for place, sign in enumerate(shape) if sign == "#"]
        out[rows[:, None], np.array(places)] = numbers[rows, : len(places)] + ord("0")
    return pc.utf8_rtrim_whitespace(_rows_as_texts(out))


def _digit_matrix(digits: KeyedDraws, width: int) -> npt.NDArray[np.uint8]:
    """Return ``width`` random digits for each value, three of them from one draw."""
    groups = [_THREE_DIGITS[digits.below(1000)] for _ in range(-(-width // 3))]
    return (
        np.concatenate(groups, axis=1)[:, :width]
        if groups
        else np.zeros((len(digits), 0), np.uint8)
    )


_THREE_DIGITS = np.stack([np.arange(1000) // place % 10 for place in (1, 10, 100)], axis=1).astype(
    np.uint8
)


def _texts(numbers: npt.NDArray[Any]) -> pa.Array:
    return _rows_as_texts(numbers.astype(np.uint8) + np.uint8(ord("0")))


def _rows_as_texts(rows: npt.NDArray[np.uint8]) -> pa.Array:
    """Return each row of characters as one text."""
    offsets = np.arange(len(rows) + 1, dtype=np.int32) * rows.shape[1]
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(rows).tobytes())]
    return pa.Array.from_buffers(pa.string(), len(rows), buffers)
