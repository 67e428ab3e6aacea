"""Format-preserving encryption of columns: digits stay digits, separators and length stay, types
stay.
"""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa

from anonymize.keys.format_preserving.format_numbers import convert_dates, convert_numbers
from anonymize.keys.format_preserving.mixed_radix_text import Speller
from anonymize.keys.primitives.byte_columns import (
    Checked,
    Ragged,
    distinct_of,
    flatten,
    groups,
    spread_bad,
    take,
)
from anonymize.keys.primitives.derive import PurposeKey, encode_parts

DIGITS = string.digits


@dataclass(frozen=True)
class FormatSpec:
    """The format of values, and which part of it is encrypted.

    Raises:
        ValueError: the parts contradict each other.
    """

    alphabet: str | None = DIGITS
    """The characters that are encrypted, 2 to 62 distinct printable ASCII ones. ``None``: by class,
    so that digits stay digits, and capital and small letters (A–Z, a–z) stay capital and small.
    """
    separators: str = " -./()+"
    """Characters that stay where they are; any other one makes a value bad."""
    keep_first: int = 0
    """Number of characters at the start that stay, separators not counted."""
    keep_last: int = 0
    """Number of characters at the end that stay, separators not counted."""
    check: Literal["none", "luhn", "iban"] = "none"
    """Check digits that the values have, and have again afterwards; a value without them is bad."""
    small_domains: Literal["refuse", "permute"] = "refuse"
    """For values with under 10^6 alternatives: bad, or permuted among them (and guessable)."""
    earliest: date = date(1900, 1, 1)
    """For dates and timestamps: the first possible day; earlier values are bad."""
    latest: date = date(2099, 12, 31)
    """For dates and timestamps: the last possible day."""

    def __post_init__(self) -> None:
        """Refuse contradictory settings."""
        printable = {chr(code) for code in range(32, 127)}
        if self.alphabet is not None:
            letters = set(self.alphabet)
            if (
                len(letters) != len(self.alphabet)
                or not letters <= printable
                or not 2 <= len(letters) <= 62
            ):
                raise ValueError("the alphabet is 2 to 62 different printable ASCII characters")
        if not set(self.separators) <= printable or set(self.separators) & set(
            self.alphabet or string.ascii_letters + DIGITS
        ):
            raise ValueError("separators are printable ASCII characters that are not encrypted")
        if self.keep_first < 0 or self.keep_last < 0:
            raise ValueError("keep_first and keep_last are not negative")
        if self.check == "luhn" and self.alphabet != DIGITS:
            raise ValueError("check: luhn needs the alphabet of digits")
        if self.check == "iban" and self.alphabet is not None:
            raise ValueError("check: iban needs encryption by class, without an alphabet")
        if self.latest <= self.earliest:
            raise ValueError("latest lies after earliest")

    @property
    def is_plain(self) -> bool:
        """Return True if no setting is for text only."""
        return not self.keep_first and not self.keep_last and self.check == "none"


def is_number(kind: pa.DataType) -> bool:
    """Return True if values of ``kind`` are encrypted as the digits of an integer."""
    whole = pa.types.is_decimal(kind) and kind.scale == 0
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or whole)


def ff1_encrypt(
    key: PurposeKey, values: pa.Array | pa.ChunkedArray, spec: FormatSpec | None = None
) -> Checked:
    """Return ``values`` encrypted within their format, and a mask of those that could not be.

    Text: every character of the alphabet becomes another of it, kept characters and separators
    stay, check digits are valid. Integers keep sign and number of digits, and give the same digits
    as in text, whatever their type: text of digits alone keeps a leading zero, and gets none if it
    had none. Integers of up to 32 bits and whole floats become int64, all other types stay. Dates
    and timestamps stay between ``earliest`` and ``latest``. Deterministic and reversible with
    ``ff1_decrypt`` under the same key and ``spec``; equal values give equal results, so equality,
    frequency and length are visible. There is no authentication: a changed value decrypts to
    another value.

    A value is bad (null in ``values``, true in ``bad``) if a character is neither in the alphabet
    nor a separator, if under 10^6 values share its format (unless ``small_domains`` is
    ``permute``), if it is too long (512 characters; 512 bits by class), or if its check digits are
    wrong. No bad value, nor any part of it, is in the result.

    Raises:
        TypeError: not text, integers, dates or timestamps.
        ValueError: ``spec`` has settings for text, and the values are numbers or dates.

    Source: NIST SP 800-38G revision 1, second public draft; keys/FORMAT.md section 5.
    """
    return _convert(key, values, spec or FormatSpec(), back=False)


def ff1_decrypt(
    key: PurposeKey, values: pa.Array | pa.ChunkedArray, spec: FormatSpec | None = None
) -> Checked:
    """Return the input of ``ff1_encrypt`` for the same key and ``spec``; bad is what it cannot have
    produced.
    """
    return _convert(key, values, spec or FormatSpec(), back=True)


def _convert(
    key: PurposeKey, values: pa.Array | pa.ChunkedArray, spec: FormatSpec, *, back: bool
) -> Checked:
    plain, indices = distinct_of(values)
    result = _convert_plain(key, plain, spec, back=back)
    return Checked(take(result.values, indices), spread_bad(result.bad, indices))


def _convert_plain(key: PurposeKey, plain: pa.Array, spec: FormatSpec, *, back: bool) -> Checked:
    kind, is_ = plain.type, pa.types
    permute = spec.small_domains == "permute"
    if is_.is_null(kind):
        return Checked(plain, pa.array(np.zeros(len(plain), np.bool_)))
    if kind == pa.string_view():
        result = _convert_plain(key, plain.cast(pa.large_string()), spec, back=back)
        return Checked(result.values.cast(kind), result.bad)
    if is_.is_string(kind) or is_.is_large_string(kind):
        return _convert_text(key, plain, spec, back=back)
    if not (is_number(kind) or is_.is_date(kind) or is_.is_timestamp(kind)):
        raise TypeError(
            f"encrypt_format takes text, whole numbers, dates and timestamps, not {kind}"
        )
    if not spec.is_plain:
        raise ValueError(f"keep_first, keep_last and check are for text, not {kind}")
    if is_number(kind):
        if spec.alphabet != DIGITS:
            raise ValueError(f"{kind} takes the alphabet of digits")
        return convert_numbers(plain, lambda texts: _convert_text(key, texts, spec, back=back))
    span = (spec.earliest, spec.latest)
    return convert_dates(
        key, plain, span, _tweak(key, "dates", *map(str, span)), permute=permute, back=back
    )


def _convert_text(key: PurposeKey, plain: pa.Array, spec: FormatSpec, *, back: bool) -> Checked:
    alphabet = "by class" if spec.alphabet is None else spec.alphabet
    tweak = _tweak(key, "text", alphabet, spec.check, str(spec.keep_first), str(spec.keep_last))
    speller = Speller(
        key,
        tweak,
        alphabet=spec.alphabet,
        separators=spec.separators,
        keep=(spec.keep_first, spec.keep_last),
        check=spec.check,
        permute=spec.small_domains == "permute",
        numerals=spec.is_plain and spec.alphabet == DIGITS,
    )
    flat = flatten(plain)
    out, bad = Ragged(flat.lengths, flat.valid), np.zeros(len(flat), np.bool_)
    for rows, matrix in groups(flat):
        result, wrong = speller(matrix, back=back)
        out.put(rows, result)
        bad[rows] = wrong
    return Checked(out.array(plain.type, bad), pa.array(bad))


def _tweak(key: PurposeKey, *parts: str) -> bytes:
    return hashlib.sha256(encode_parts("format", key.domain, *parts)).digest()[:16]
