"""Big numbers by the column: base-``radix**k`` limbs in uint64 arrays, least significant first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymize.keys.columns import Bytes

Words = npt.NDArray[np.uint64]
Limbs = list[Words]
_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class Base:
    """How ``digits`` digits of ``radix`` are held: ``per_limb`` digits to a limb below 2^32."""

    radix: int
    digits: int

    @property
    def per_limb(self) -> int:
        """Return the largest k with radix^k at most 2^32."""
        k = 1
        while self.radix ** (k + 1) <= 1 << 32:
            k += 1
        return k

    @property
    def moduli(self) -> tuple[int, ...]:
        """Return what each limb stays below; all but the last are radix^per_limb."""
        k = self.per_limb
        whole, rest = divmod(self.digits, k)
        return (self.radix**k,) * whole + ((self.radix**rest,) if rest else ())

    def read(self, digits: Bytes) -> Limbs:
        """Return the limbs of the rows of ``digits``, most significant digit first."""
        limbs: Limbs = []
        for end in range(self.digits, 0, -self.per_limb):
            start = max(0, end - self.per_limb)
            value = digits[:, start].astype(np.uint64)
            for column in range(start + 1, end):
                value *= np.uint64(self.radix)
                value += digits[:, column]
            limbs.append(value)
        return limbs

    def write(self, limbs: Limbs, out: Bytes) -> None:
        """Write the digits of ``limbs`` into the rows of ``out``."""
        radix = np.uint64(self.radix)
        for limb, end in zip(limbs, range(self.digits, 0, -self.per_limb), strict=True):
            value = limb
            for column in range(end - 1, max(0, end - self.per_limb) - 1, -1):
                rest = value // radix
                out[:, column] = value - rest * radix
                value = rest

    def reduce(self, words: Limbs) -> Limbs:
        """Return the number with base-2^32 ``words``, most significant first, modulo radix^digits."""
        limbs: Limbs = []
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


def divided(words: Limbs, modulus: int) -> tuple[Limbs, Words]:
    """Return quotient and remainder of base-2^32 ``words``, most significant first, by ``modulus`` of at most 2^32."""
    by = np.uint64(modulus)
    quotient: Limbs = []
    rest = np.zeros_like(words[0])
    for word in words:
        number = rest << _HALF | word
        whole = number // by
        quotient.append(whole)
        rest = number - whole * by
    return quotient, rest


def from_bytes(data: Bytes) -> Limbs:
    """Return the rows of ``data``, big-endian, a multiple of four bytes wide, as words, most significant first."""
    words = np.ascontiguousarray(data).view(">u4")
    return [words[:, i].astype(np.uint64) for i in range(words.shape[1])]


def to_bytes(words: Limbs, width: int) -> Bytes:
    """Return ``words``, most significant first, as the last ``width`` bytes of each row, big-endian."""
    out = np.empty((len(words[0]), len(words)), ">u4")
    for i, word in enumerate(words):
        out[:, i] = word
    return out.view(np.uint8)[:, 4 * len(words) - width :]
