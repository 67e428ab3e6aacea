"""A keyed permutation of the integers below any size: FF1 with cycle walking, or a table for small
sizes.
"""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa

from anonymize.keys.format_preserving.big_numbers import Limbs, Words, from_bytes, to_bytes
from anonymize.keys.format_preserving.ff1 import MAX_LENGTH, MIN_DOMAIN, Ff1
from anonymize.keys.primitives.byte_columns import Bytes
from anonymize.keys.primitives.cmac import cmac
from anonymize.keys.primitives.derive import PurposeKey, encode_parts
from anonymize.keys.primitives.secret import Secret


class Permutation:
    """A secret permutation of the numbers 0 … size-1, different for each key, size and ``tweak``.

    From ``MIN_DOMAIN`` on it is FF1 over binary numerals, repeated until the result is below
    ``size`` (cycle walking; on average at most twice). Below, it is a table in the order of keyed
    tags: an ideal permutation, but so few values can be tried or counted, so callers must have
    agreed to it. Source: keys/FORMAT.md section 5; cycle walking: Black and Rogaway, CT-RSA 2002.
    """

    def __init__(self, key: PurposeKey, size: int, tweak: bytes) -> None:
        """Prepare the permutation of ``size`` numbers."""
        self._size, self._bits = size, max(1, (size - 1).bit_length())
        self.words = -(-self._bits // 32)
        tweak = hashlib.sha256(encode_parts("permutation", tweak, str(size))).digest()[:16]
        if size < MIN_DOMAIN:
            self._forward, self._back = _table(
                key.derive("permutation", tweak.hex(), length=32), size
            )
        else:
            self._ff1 = Ff1(key.derive("ff1-numbers", length=32), 2, tweak)

    @staticmethod
    def can(size: int) -> bool:
        """Return True if numbers below ``size`` are within the length bound."""
        return size > 1 and (size - 1).bit_length() <= MAX_LENGTH

    def encrypt(self, numbers: Limbs, tails: Bytes | None = None) -> Limbs:
        """Return the images of ``numbers``: base-2^32 words, most significant first, ``self.words``
        of them.

        ``tails`` are bytes that follow the common tweak in each row's tweak; a table ignores them.
        """
        if self._size < MIN_DOMAIN:
            return [self._forward[numbers[-1]]]
        return self._walk(numbers, tails, back=False)

    def decrypt(self, numbers: Limbs, tails: Bytes | None = None) -> Limbs:
        """Return the input of ``encrypt``."""
        if self._size < MIN_DOMAIN:
            return [self._back[numbers[-1]]]
        return self._walk(numbers, tails, back=True)

    def _walk(self, numbers: Limbs, tails: Bytes | None, *, back: bool) -> Limbs:
        out = [word.copy() for word in numbers]
        rows = np.arange(len(out[0]))
        while len(rows):
            moved = self._once(
                [word[rows] for word in out], None if tails is None else tails[rows], back=back
            )
            for word, new in zip(out, moved, strict=True):
                word[rows] = new
            rows = rows[_at_least(moved, self._size)]
        return out

    def _once(self, numbers: Limbs, tails: Bytes | None, *, back: bool) -> Limbs:
        skip = 32 * self.words - self._bits
        bits = np.unpackbits(to_bytes(numbers, 4 * self.words), axis=1)
        act = self._ff1.decrypt if back else self._ff1.encrypt
        bits[:, skip:] = act(np.ascontiguousarray(bits[:, skip:]), tails)
        return from_bytes(np.packbits(bits, axis=1))


def _at_least(numbers: Limbs, size: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    limits = [size >> 32 * i & 0xFFFFFFFF for i in reversed(range(len(numbers)))]
    if size >> 32 * len(numbers):
        return np.zeros(len(numbers[0]), np.bool_)
    over = np.zeros(len(numbers[0]), np.bool_)
    equal = np.ones(len(numbers[0]), np.bool_)
    for word, limit in zip(numbers, limits, strict=True):
        over |= equal & (word > np.uint64(limit))
        equal &= word == np.uint64(limit)
    return over | equal


def _table(secret: Secret, size: int) -> tuple[Words, Words]:
    names = np.arange(size, dtype=">u8").view(np.uint8)
    numbers = pa.FixedSizeBinaryArray.from_buffers(pa.binary(8), size, [None, pa.py_buffer(names)])
    tags = np.ascontiguousarray(cmac(secret, numbers)[:, :8]).view(">u8").ravel().astype(np.uint64)
    forward = np.argsort(tags, kind="stable").astype(np.uint64)
    back = np.empty_like(forward)
    back[forward] = np.arange(size, dtype=np.uint64)
    return forward, back
