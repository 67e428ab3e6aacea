"""FF1 over matrices whose rows are numerals of one length: format-preserving encryption by the
column.
"""

from __future__ import annotations

import math

import numpy as np

from anonymize.keys.format_preserving.big_numbers import Base, Limbs, from_bytes, to_bytes
from anonymize.keys.primitives.byte_columns import Bytes
from anonymize.keys.primitives.cmac import BLOCK, Blocks
from anonymize.keys.primitives.secret import Secret

MIN_DOMAIN = 1_000_000
"""Fewest values a domain may have. Source: NIST SP 800-38G revision 1, second public draft."""
MAX_LENGTH = 512
"""Maximum number of characters that are encrypted together; the cost grows with the square."""
_ROUNDS = 10


class Ff1:
    """AES-FF1 under one key, radix (2 to 256) and tweak.

    A permutation of all numerals of one length; each length, radix and tweak has its own. It has
    no authentication: any numeral decrypts to something.
    Source: NIST SP 800-38G, algorithms 7 and 8.
    """

    def __init__(self, key: Secret, radix: int, tweak: bytes = b"") -> None:
        """Expand ``key``."""
        if not 2 <= radix <= 256:
            raise ValueError(f"a radix lies between 2 and 256, not {radix}")
        self._aes, self._radix, self._tweak = Blocks(key), radix, tweak

    def encrypt(self, digits: Bytes, tails: Bytes | None = None) -> Bytes:
        """Return the encrypted rows of ``digits``, values below the radix, most significant first.

        ``tails`` are bytes that follow the common tweak in each row's tweak.

        Raises:
            ValueError: a digit is not below the radix, or the domain is smaller than ``MIN_DOMAIN``
                or longer than ``MAX_LENGTH``.
        """
        left, right, a, b = self._halves(digits)
        rounds = _Round(self._aes, left, right, self._tweak, tails)
        for i in range(_ROUNDS):
            base = left if i % 2 == 0 else right
            a, b = b, base.add(a, base.reduce(rounds.words(i, b)))
        return _joined(left, right, a, b, digits)

    def decrypt(self, digits: Bytes, tails: Bytes | None = None) -> Bytes:
        """Return the input of ``encrypt``; refuses what ``encrypt`` refuses."""
        left, right, a, b = self._halves(digits)
        rounds = _Round(self._aes, left, right, self._tweak, tails)
        for i in reversed(range(_ROUNDS)):
            base = left if i % 2 == 0 else right
            a, b = base.subtract(b, base.reduce(rounds.words(i, a))), a
        return _joined(left, right, a, b, digits)

    def _halves(self, digits: Bytes) -> tuple[Base, Base, Limbs, Limbs]:
        length = digits.shape[1]
        if self._radix**length < MIN_DOMAIN or length > MAX_LENGTH:
            raise ValueError(f"{length} digits of radix {self._radix} are too few or too many")
        if digits.size and int(digits.max()) >= self._radix:
            raise ValueError("a digit is not below the radix")
        digits, middle = np.ascontiguousarray(digits), length // 2
        left, right = Base(self._radix, middle), Base(self._radix, length - middle)
        return left, right, left.read(digits, 0), right.read(digits, middle)


def _joined(left: Base, right: Base, a: Limbs, b: Limbs, like: Bytes) -> Bytes:
    out = np.empty_like(like, order="C")
    left.write(a, out, 0)
    right.write(b, out, left.digits)
    return out


class _Round:
    """The round function: a CBC-MAC over the parameters, tweak, round number and half, followed by
    expansion.
    """

    def __init__(
        self, aes: Blocks, left: Base, right: Base, tweak: bytes, tails: Bytes | None
    ) -> None:
        """Compute the state that all rounds share: after the blocks that are equal for all rows."""
        self._aes, self._base = aes, right
        self._half_bytes = math.ceil(_bits(right) / 8)
        self._expanded = 4 * math.ceil(self._half_bytes / 4) + 4
        tail_width = 0 if tails is None else tails.shape[1]
        length, total = left.digits + right.digits, len(tweak) + tail_width
        head = b"\1\2\1" + right.radix.to_bytes(3, "big") + bytes([_ROUNDS, left.digits % 256])
        fixed = len(tweak) // BLOCK * BLOCK
        constant = head + length.to_bytes(4, "big") + total.to_bytes(4, "big") + tweak[:fixed]
        self._state = np.zeros((1, BLOCK), np.uint8)
        for at in range(0, len(constant), BLOCK):
            self._state = aes(self._state ^ np.frombuffer(constant, np.uint8)[at : at + BLOCK])
        rest = np.frombuffer(tweak, np.uint8)[fixed:]
        width = math.ceil((len(rest) + tail_width + 1 + self._half_bytes) / BLOCK) * BLOCK
        self._template = np.zeros((1 if tails is None else len(tails), width), np.uint8)
        self._template[:, : len(rest)] = rest
        if tails is not None:
            self._template[:, len(rest) : len(rest) + tail_width] = tails
        self._template[:, :BLOCK] ^= self._state
        self._blocks: Bytes | None = None

    def words(self, number: int, half: Limbs) -> Limbs:
        """Return the pseudo-random number of this round for each row, as words, most significant
        first.
        """
        if self._template.shape[1] == BLOCK and self._half_bytes < 8:
            return from_bytes(self._expand(self._aes(self._one_block(number, half))))
        blocks = np.empty((len(half[0]), self._template.shape[1]), np.uint8)
        blocks[:] = self._template
        count = math.ceil(self._half_bytes / 4)
        blocks[:, -self._half_bytes :] ^= to_bytes(
            self._base.to_words(half, count), self._half_bytes
        )
        blocks[:, -self._half_bytes - 1] ^= number
        state = self._aes(blocks[:, :BLOCK])
        for at in range(BLOCK, blocks.shape[1], BLOCK):
            state = self._aes(state ^ blocks[:, at : at + BLOCK])
        return from_bytes(self._expand(state))

    def _one_block(self, number: int, half: Limbs) -> Bytes:
        """Return the only block that differs, if round number and half are in its last eight
        bytes.
        """
        if self._blocks is None:
            self._blocks = np.empty((len(half[0]), BLOCK), np.uint8)
            self._blocks[:] = self._template
            self._fixed = self._template.view(">u8")[:, 1].astype(np.uint64)
        words = self._base.to_words(half, 2)
        low = words[1] if self._half_bytes <= 4 else words[0] << np.uint64(32) | words[1]
        fixed = self._fixed ^ np.uint64(number << 8 * self._half_bytes)
        self._blocks.view(">u8")[:, 1] = low ^ fixed
        return self._blocks

    def _expand(self, state: Bytes) -> Bytes:
        parts = [state]
        for j in range(1, math.ceil(self._expanded / BLOCK)):
            parts.append(self._aes(state ^ np.frombuffer(j.to_bytes(BLOCK, "big"), np.uint8)))
        whole = np.concatenate(parts, axis=1) if len(parts) > 1 else state
        return whole[:, : self._expanded]


def _bits(base: Base) -> int:
    return int(base.radix**base.digits - 1).bit_length()
