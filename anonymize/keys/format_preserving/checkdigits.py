"""Luhn and IBAN check digits by the column."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from anonymize.keys.primitives.byte_columns import Bytes

_DOUBLED = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], np.uint8)
_HALVED = np.argsort(_DOUBLED).astype(np.uint8)
_IBAN_VALUES = np.zeros(256, np.int64)
_IBAN_VALUES[ord("0") : ord("9") + 1] = np.arange(10)
_IBAN_VALUES[ord("A") : ord("Z") + 1] = _IBAN_VALUES[ord("a") : ord("z") + 1] = np.arange(10, 36)


def luhn_remainder(digits: Bytes) -> npt.NDArray[np.uint8]:
    """Return the Luhn sum modulo 10 of rows of digit values; 0 where the number is valid. Source:
    ISO/IEC 7812-1.
    """
    total = np.zeros(len(digits), np.uint32)
    width = digits.shape[1]
    for column in range(width):
        values = digits[:, column]
        total += _DOUBLED[values] if (width - 1 - column) % 2 else values
    return (total % 10).astype(np.uint8)


def set_luhn(digits: Bytes, column: int) -> None:
    """Set the digits of one column to the only values that make each row valid."""
    digits[:, column] = 0
    missing = ((10 - luhn_remainder(digits)) % 10).astype(np.uint8)
    digits[:, column] = _HALVED[missing] if (digits.shape[1] - 1 - column) % 2 else missing


def iban_check_digits(text: Bytes) -> Bytes:
    """Return the two check digits, as characters, of rows ``CCkkBBAN``; the characters at kk are
    ignored.

    Letters count as 10 to 35 in either case. Source: ISO 13616-1, ISO/IEC 7064 (MOD 97-10).
    """
    rest = np.zeros(len(text), np.int64)
    for column in [*range(4, text.shape[1]), 0, 1]:
        values = _IBAN_VALUES[text[:, column]]
        rest = (rest * np.where(values > 9, 100, 10) + values) % 97
    check = 98 - rest * 100 % 97
    return (np.stack([check // 10, check % 10], axis=1) + ord("0")).astype(np.uint8)
