"""Arithmetic with columns of big numbers: base-``radix**k`` limbs in uint64 arrays, least
significant first.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from anonymize.keys.primitives.byte_columns import Bytes

Words = npt.NDArray[np.uint64]
Limbs = list[Words]
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Base:
    """Representation of ``digits`` digits of ``radix``: ``per_limb`` digits per limb, each below
    2^32.
    """

    radix: int
    digits: int

    @cached_property
    def per_limb(self) -> int:
        """Return the largest k with radix^k at most 2^32."""
        k = 1
        while self.radix ** (k + 1) <= 1 << 32:
            k += 1
        return k

    @cached_property
    def moduli(self) -> tuple[int, ...]:
        """Return the bound of each limb; all but the last are radix^per_limb."""
        k = self.per_limb
        whole, rest = divmod(self.digits, k)
        return (self.radix**k,) * whole + ((self.radix**rest,) if rest else ())

    def read(self, digits: Bytes, at: int) -> Limbs:
        """Return the limbs of the rows of contiguous ``digits`` from column ``at`` on, most
        significant first.
        """
        limbs: Limbs = []
        for end in range(self.digits, 0, -self.per_limb):
            start = max(0, end - self.per_limb)
            first = start + ((end - start) % 8 or 8)
            value = _eight(digits, at + start, at + first, self.radix)
            for last in range(first + 8, end + 1, 8):
                value = value * np.uint64(self.radix**8) + _eight(
                    digits, at + last - 8, at + last, self.radix
                )
            limbs.append(value)
        return limbs

    def write(self, limbs: Limbs, out: Bytes, at: int) -> None:
        """Write the digits of ``limbs`` into the rows of contiguous ``out``, from column ``at``
        on.
        """
        several = _digits_at_once(self.radix)
        for limb, end in zip(limbs, range(self.digits, 0, -self.per_limb), strict=True):
            value, start = limb, max(0, end - self.per_limb)
            for last in range(end, start, -several):
                count = min(several, last - start)
                (value,), piece = divided([value], self.radix**count)
                digits = _spelled(self.radix, count).take(piece.view(np.int64), mode="clip")
                np.ndarray((len(out),), f"V{count}", out, at + last - count, out.strides[:1])[
                    ...
                ] = digits

    def reduce(self, words: Limbs) -> Limbs:
        """Return the number with base-2^32 ``words``, most significant first, modulo
        radix^digits.
        """
        limbs: Limbs = []
        if len(words) == 2:
            words = [words[0] << _HALF | words[1]]
        for modulus in self.moduli:
            words, rest = divided(words, modulus)
            limbs.append(rest)
        return limbs

    def to_words(self, limbs: Limbs, count: int) -> Limbs:
        """Return the number as ``count`` base-2^32 words, most significant first."""
        if len(limbs) == 1:
            return [np.zeros_like(limbs[0])] * (count - 1) + [limbs[0]]
        base = np.uint64(self.radix**self.per_limb)
        words: Limbs = [np.zeros_like(limbs[0]) for _ in range(count)]
        for limb in reversed(limbs):
            carry = limb
            for i in range(count - 1, -1, -1):
                carry = words[i] * base + carry
                words[i] = carry & _LOW
                carry = carry >> _HALF
        return words

    def add(self, left: Limbs, right: Limbs) -> Limbs:
        """Return the sum modulo radix^digits."""
        out: Limbs = []
        carry: Words | int = 0
        for a, b, modulus in zip(left, right, self.moduli, strict=True):
            total = a + b
            if out:
                total += carry
            over = total >= np.uint64(modulus)
            out.append(total - over * np.uint64(modulus))
            carry = over.astype(np.uint64)
        return out

    def subtract(self, left: Limbs, right: Limbs) -> Limbs:
        """Return the difference modulo radix^digits."""
        out: Limbs = []
        borrow: Words | int = 0
        for a, b, modulus in zip(left, right, self.moduli, strict=True):
            total = a + np.uint64(modulus) - b
            if out:
                total -= borrow
            enough = total >= np.uint64(modulus)
            out.append(total - enough * np.uint64(modulus))
            borrow = (~enough).astype(np.uint64)
        return out


def _eight(digits: Bytes, start: int, end: int, radix: int) -> Words:
    """Return the number in up to eight columns of digits: joins neighbours in pairs, then pairs,
    then fours.
    """
    n, width = digits.shape
    count = end - start
    lanes = np.zeros((n, 8), np.uint8)
    items = np.ndarray((n,), f"V{count}", digits, start, (width,))
    np.ndarray((n,), f"V{count}", lanes, 8 - count, (8,))[...] = items
    value = lanes.view("<u8").ravel()
    for bits, mask in ((8, 0x00FF00FF00FF00FF), (16, 0x0000FFFF0000FFFF), (32, 0x00000000FFFFFFFF)):
        keep = np.uint64(mask)
        value = (value & keep) * np.uint64(radix ** (bits // 8)) + (value >> np.uint64(bits) & keep)
    return value


@lru_cache(maxsize=64)
def _spelled(radix: int, count: int) -> npt.NDArray[np.void]:
    """Return the ``count`` digits of every number below radix^count, as items of as many bytes."""
    numbers = np.arange(radix**count)
    powers = radix ** np.arange(count - 1, -1, -1)
    return (numbers[:, None] // powers % radix).astype(np.uint8).view(f"V{count}").ravel()


def _digits_at_once(radix: int) -> int:
    return next(count for count in range(16, 0, -1) if radix**count <= 1 << 16)


def divided(words: Limbs, modulus: int) -> tuple[Limbs, Words]:
    """Return quotient and remainder by ``modulus``, at most 2^32.

    ``words`` are base-2^32, most significant first; a single word may have 64 bits.
    """
    by = np.uint64(modulus)
    if len(words) == 1:
        whole = words[0] // by
        return [whole], words[0] - whole * by
    quotient: Limbs = []
    rest = np.zeros_like(words[0])
    for word in words:
        number = rest << _HALF | word
        whole = number // by
        quotient.append(whole)
        rest = number - whole * by
    return quotient, rest


def from_bytes(data: Bytes) -> Limbs:
    """Return the rows of ``data``, big-endian, a multiple of four bytes wide, as words, most
    significant first.
    """
    words = np.ascontiguousarray(data).view(">u4")
    return [words[:, i].astype(np.uint64) for i in range(words.shape[1])]


def to_bytes(words: Limbs, width: int) -> Bytes:
    """Return ``words``, most significant first, as the last ``width`` bytes of each row,
    big-endian.
    """
    out = np.empty((len(words[0]), len(words)), ">u4")
    for i, word in enumerate(words):
        out[:, i] = word
    return out.view(np.uint8)[:, 4 * len(words) - width :]
