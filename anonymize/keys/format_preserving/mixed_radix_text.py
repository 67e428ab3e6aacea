"""Splits formatted text into parts, encrypts them, and joins them again, rows of one length at a
time.
"""

from __future__ import annotations

import string
from typing import Literal

import numpy as np
import numpy.typing as npt

from anonymize.keys.format_preserving.big_numbers import Limbs
from anonymize.keys.format_preserving.checkdigits import iban_check_digits, luhn_remainder, set_luhn
from anonymize.keys.format_preserving.ff1 import MAX_LENGTH, MIN_DOMAIN, Ff1
from anonymize.keys.format_preserving.permutation import Permutation
from anonymize.keys.primitives.byte_columns import Bytes, mapped
from anonymize.keys.primitives.derive import PurposeKey

Mask = npt.NDArray[np.bool_]
_SEPARATOR, _FOREIGN = 254, 255
_CLASSES = (string.digits, string.ascii_uppercase, string.ascii_lowercase)
_CLASS_OF, _PLACE_OF = np.full(256, _FOREIGN, np.uint8), np.zeros(256, np.uint8)
_SIZES = np.array([10, 26, 26], np.uint64)
_ZERO = ord("0")
_LIMITS = {len(str(2**bits - 1)): str(2**bits - 1).encode() for bits in (63, 64)}
"""Largest signed and unsigned integer of 64 bits, by number of digits. A number that fits a type
before still fits it after.
"""
_FIRSTS = np.array([*(ord(members[0]) for members in _CLASSES), *[0] * 253], np.uint8)
for _number, _members in enumerate(_CLASSES):
    _codes = np.frombuffer(_members.encode(), np.uint8)
    _CLASS_OF[_codes], _PLACE_OF[_codes] = _number, np.arange(len(_codes))


class Speller:
    """Encrypts matrices of text under one key and format; ``__call__`` returns the rows and which
    are bad.
    """

    def __init__(
        self,
        key: PurposeKey,
        tweak: bytes,
        *,
        alphabet: str | None,
        separators: str,
        keep: tuple[int, int],
        check: Literal["none", "luhn", "iban"],
        permute: bool,
        numerals: bool = False,
    ) -> None:
        """Prepare tables that do not depend on values. ``numerals``: rows are integers, apart from
        separators.
        """
        self._numerals = numerals
        self._key, self._tweak, self._permute = key, tweak, permute
        self._keep, self._check = keep, check
        self._codes = _CLASS_OF.copy()
        self._letters: Bytes | None = None
        if alphabet is not None:
            self._letters = np.frombuffer(alphabet.encode(), np.uint8)
            self._codes, self._spelling = np.full(256, _FOREIGN, np.uint8), np.zeros(256, np.uint8)
            self._spelling[: len(alphabet)] = self._letters
            self._codes[self._letters] = np.arange(len(alphabet))
            self._ff1 = Ff1(key.derive("ff1-text", length=32), len(alphabet), tweak)
        self._codes[np.frombuffer(separators.encode(), np.uint8)] = _SEPARATOR

    def __call__(self, rows: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        """Return the converted rows, zeroed if bad, and the mask of bad rows."""
        codes = mapped(self._codes, rows)
        highest = codes.max(initial=0)
        if highest < _SEPARATOR:
            return self._all_spoken(rows, back=back)
        bad: Mask = (
            np.asarray((codes == _FOREIGN).any(axis=1))
            if highest == _FOREIGN
            else np.zeros(len(rows), np.bool_)
        )
        spoken = codes < _SEPARATOR
        counts = spoken.sum(axis=1)
        out = np.zeros_like(rows)
        for count in np.unique(counts[~bad]):
            which = np.flatnonzero(~bad & (counts == count))
            here, mine = rows[which], spoken[which]
            converted, wrong = self._spoken(here[mine].reshape(len(which), int(count)), back=back)
            here[mine] = converted.ravel()
            here[wrong] = 0
            out[which] = here
            bad[which] = wrong
        return out, bad

    def _all_spoken(self, rows: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        out, bad = self._spoken(rows, back=back)
        if bad.any():
            out = np.where(bad[:, None], np.uint8(0), out)
        return out, bad

    def _spoken(self, text: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        """Convert rows without separators."""
        if self._check == "iban":
            return self._iban(text, back=back)
        if self._numerals and text.shape[1] > 1:
            return self._numeral(text, back=back)
        first, last = self._keep[0], text.shape[1] - self._keep[1]
        free = last - 1 if self._check == "luhn" else last
        if free <= first:
            return text, np.ones(len(text), np.bool_)
        tails = np.concatenate([text[:, :first], text[:, last:]], axis=1)
        out = text.copy()
        out[:, first:free], bad = self._middle(text[:, first:free], tails, back=back)
        if self._check == "luhn":
            bad |= luhn_remainder(text - ord("0")) != 0
            digits = out - ord("0")
            digits[bad] = 0
            set_luhn(digits, free)
            out = digits + np.uint8(ord("0"))
        return out, bad

    def _numeral(self, text: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        """Convert integers. A leading zero is kept; numbers without one do not get one."""
        zero = text[:, 0] == _ZERO
        if zero.all() or not zero.any():
            return (self._after_zero if zero.any() else self._walked)(text, back=back)
        out, bad = np.zeros_like(text), np.zeros(len(text), np.bool_)
        for rows, convert in (
            (np.flatnonzero(zero), self._after_zero),
            (np.flatnonzero(~zero), self._walked),
        ):
            out[rows], bad[rows] = convert(text[rows], back=back)
        return out, bad

    def _after_zero(self, text: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        """Convert the digits after a leading zero, which is kept."""
        out = text.copy()
        out[:, 1:], bad = self._middle(np.ascontiguousarray(text[:, 1:]), text[:, :1], back=back)
        return out, bad

    def _walked(self, text: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        """Convert numbers without a leading zero, repeatedly until the result has none and fits the
        same types (cycle walking).
        """
        if 9 * 10 ** (text.shape[1] - 1) < MIN_DOMAIN and not self._permute:
            return text, np.ones(len(text), np.bool_)
        nothing, wanted = text[:, :0], _reach(text)
        out, bad = self._middle(text, nothing, back=back)
        astray = np.flatnonzero(~bad & (_reach(out) != wanted))
        while len(astray):
            again, _ = self._middle(np.ascontiguousarray(out[astray]), nothing[astray], back=back)
            out = out if out.flags.writeable else out.copy()
            out[astray] = again
            astray = astray[_reach(again) != wanted[astray]]
        return out, bad

    def _iban(self, text: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        first, last = 4 + self._keep[0], text.shape[1] - self._keep[1]
        if last <= first:
            return text, np.ones(len(text), np.bool_)
        bad: Mask = np.asarray((mapped(self._codes, text[:, :4]) != (1, 1, 0, 0)).any(axis=1))
        bad |= (iban_check_digits(text) != text[:, 2:4]).any(axis=1)
        tails = np.concatenate([text[:, :2], text[:, 4:first], text[:, last:]], axis=1)
        out = text.copy()
        out[:, first:last], wrong = self._middle(text[:, first:last], tails, back=back)
        out[:, 2:4] = iban_check_digits(out)
        return out, bad | wrong

    def _middle(self, text: Bytes, tails: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        """Convert the encrypted part; ``tails`` are further inputs of its tweak."""
        if self._letters is None:
            return self._by_class(text, tails, back=back)
        radix, length = len(self._letters), text.shape[1]
        codes = mapped(self._codes, text)
        if radix**length < MIN_DOMAIN:
            return self._small(codes, back=back)
        if length > MAX_LENGTH:
            return text, np.ones(len(text), np.bool_)
        act = self._ff1.decrypt if back else self._ff1.encrypt
        return mapped(self._spelling, act(codes, tails if tails.shape[1] else None)), np.zeros(
            len(text), np.bool_
        )

    def _small(self, codes: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        assert self._letters is not None
        radix, size = len(self._letters), len(self._letters) ** codes.shape[1]
        if not self._permute:
            return codes, np.ones(len(codes), np.bool_)
        permutation = Permutation(self._key, size, self._tweak)
        sizes = np.broadcast_to(np.uint64(radix), codes.shape)
        numbers = rank(codes, sizes, permutation.words)
        moved = permutation.decrypt(numbers) if back else permutation.encrypt(numbers)
        return mapped(self._spelling, unrank(moved, sizes)), np.zeros(len(codes), np.bool_)

    def _by_class(self, text: Bytes, tails: Bytes, *, back: bool) -> tuple[Bytes, Mask]:
        classes = mapped(_CLASS_OF, text)
        letters = (classes > 0).sum(axis=1)
        out, bad = np.zeros_like(text), np.ones(len(text), np.bool_)
        for count in np.unique(letters):
            size = 26 ** int(count) * 10 ** (text.shape[1] - int(count))
            if not Permutation.can(size) or (size < MIN_DOMAIN and not self._permute):
                continue
            rows = np.flatnonzero(letters == count)
            permutation, sizes = Permutation(self._key, size, self._tweak), _SIZES[classes[rows]]
            numbers = rank(mapped(_PLACE_OF, text[rows]), sizes, permutation.words)
            binding = np.concatenate([tails[rows], classes[rows]], axis=1)
            moved = (
                permutation.decrypt(numbers, binding)
                if back
                else permutation.encrypt(numbers, binding)
            )
            out[rows] = unrank(moved, sizes) + mapped(_FIRSTS, classes[rows])
            bad[rows] = False
        return out, bad


def _reach(text: Bytes) -> npt.NDArray[np.int8]:
    """Return 0 for numbers with a leading zero, 2 for numbers above the largest 64-bit integer of
    their length, else 1.
    """
    found: npt.NDArray[np.int8] = np.asarray(text[:, 0] != _ZERO).astype(np.int8)
    limit = _LIMITS.get(text.shape[1])
    if limit is not None:
        numbers = np.ascontiguousarray(text).view(f"S{text.shape[1]}").ravel()
        found[numbers > limit] = 2
    return found


def rank(places: Bytes, sizes: npt.NDArray[np.uint64], words: int) -> Limbs:
    """Return the mixed-radix numbers of rows of digits as base-2^32 words, most significant
    first.
    """
    number: Limbs = [np.zeros(len(places), np.uint64) for _ in range(words)]
    for column in range(places.shape[1]):
        carry = places[:, column].astype(np.uint64)
        for i in range(words - 1, -1, -1):
            total = number[i] * sizes[:, column] + carry
            number[i], carry = total & np.uint64(0xFFFFFFFF), total >> np.uint64(32)
    return number


def unrank(number: Limbs, sizes: npt.NDArray[np.uint64]) -> Bytes:
    """Return the input of ``rank``: rows of digits."""
    out = np.empty(sizes.shape, np.uint8)
    for column in range(sizes.shape[1] - 1, -1, -1):
        rest = np.zeros_like(number[0])
        quotient: Limbs = []
        for word in number:
            total = rest << np.uint64(32) | word
            whole = total // sizes[:, column]
            quotient.append(whole)
            rest = total - whole * sizes[:, column]
        number = quotient
        out[:, column] = rest
    return out
