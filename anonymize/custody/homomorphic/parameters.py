"""The one set of CKKS parameters that is used, and how far its results can be off.

Values are brought into [-1, 1] by a power of two per column (its *unit*), so that all errors here
are in units. Ciphertexts are added and multiplied by known numbers only: once at most, without
rescaling, so no relinearization or rotation key is ever made.

Source of the error model: Cheon, Kim, Kim, Song 2017 (CKKS); each coefficient of a fresh symmetric
ciphertext has an error of standard deviation 3.2 (SEAL), and a slot's real part is the sum of all
coefficients times points of the unit circle.
"""

from __future__ import annotations

import math
from typing import Any

DEGREE = 8192
"""Degree of the polynomials."""
SLOTS = DEGREE // 2
"""Values in one ciphertext."""
MODULUS_BITS = (60, 60, 30)
"""Sizes of the primes. The last one, which SEAL keeps for key switching, is in no ciphertext."""
PRIMES = (0xFFFFFFFFFFE8001, 0xFFFFFFFFFFFC001)
"""The primes of a ciphertext."""
SCALE_BITS = 54
SECURITY_BITS = 128
"""SEAL refuses parameters below it: at most 218 bits of modulus at this degree, 150 are used.
Source: homomorphicencryption.org, security standard of 2018, table 1.
"""
MOST_BLOCKS = 1 << 20
"""Blocks of `SLOTS` rows that an export may have: 4.3 billion rows."""
HEADROOM_BITS = 9
"""Products have a scale of 2^108 of a modulus of 2^120; what a slot adds up stays below 2^10."""
SURE = 8.0
"""Standard deviations that a bound allows: 1.2e-15 of such errors are beyond."""
RANGE = 2.0**400
"""Units, weights and scores are at most this and at least its inverse, so that no product leaves
what doubles hold.
"""
DIGITS = 1000.0
"""What is to keep its digits must be so many times its error."""
_NOISE = 3.2 * math.sqrt(DEGREE / 2) / 2.0**SCALE_BITS
_ROUNDED = math.sqrt(DEGREE / 24) / 2.0**SCALE_BITS
_DECODED = 2.0**-47
"""What doubles lose in SEAL's transform, of the slots' size. Measured: below 2^-50."""
VALUE_ERROR = SURE * _NOISE + 2.0**-50
"""Bound of one value's error, in units."""


def slot_error(squares: float, size: float, blocks: int = 0) -> float:
    """Return the bound of a slot's error, in units, of Σ weight × value over blocks: ``squares`` is
    Σ weight², ``size`` is Σ |weight|, and ``blocks`` how many have weights of their own per slot.
    """
    return total_error(squares, size, blocks)


def total_error(squares: float, size: float, blocks: int = 0, slots: int = 1) -> float:
    """Return the bound of the error of a sum over ``slots``, where ``squares`` and ``size`` are of
    all of them: noise is independent; what doubles lose adds up; so does, over blocks that may have
    the same weights, how these were rounded.
    """
    rounded: float = 2 * SURE * _ROUNDED * blocks * math.sqrt(slots)
    return _noise(squares) * SURE + rounded + _DECODED * max(size, 1.0)


def check_error(squares: float, size: float, blocks: int = 0) -> float:
    """Return how far a slot may be from what its check slot says; see `checks`."""
    return 3 * slot_error(squares, size, blocks)


def _noise(squares: float) -> float:
    return math.sqrt(squares) * math.hypot(_NOISE, 2 * _ROUNDED)


def unit_of(largest: float) -> float:
    """Return the least power of two that is at least ``largest``, a finite number; 1 for 0."""
    if largest == 0:
        return 1.0
    mantissa, exponent = math.frexp(largest)
    return math.ldexp(1.0, exponent - (mantissa == 0.5))


def as_json() -> dict[str, Any]:
    """Return the parameters as manifests state them."""
    return {
        "scheme": "CKKS",
        "polynomial_degree": DEGREE,
        "modulus_bits": list(MODULUS_BITS),
        "scale_bits": SCALE_BITS,
        "security_bits": SECURITY_BITS,
        "encryption": "symmetric",
    }
