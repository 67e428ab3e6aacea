"""AES-CMAC of whole columns: pseudonyms and keyed choices, millions of values a second."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.cmac import CMAC

from anonymize.keys.primitives.byte_columns import (
    LONG,
    Bytes,
    Flat,
    as_bytes,
    as_items,
    as_nfc,
    build,
    distinct_of,
    flatten,
    groups,
    spread,
    take,
    text_like,
    windows,
)
from anonymize.keys.primitives.derive import PurposeKey
from anonymize.keys.primitives.secret import Secret

BLOCK: Final = 16
PSEUDONYM_LENGTH: Final = 26
_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_BASE32_VALUES = np.full(256, 255, np.uint8)
_BASE32_VALUES[_BASE32] = np.arange(32)
_BASE32_PAIRS = (
    np.stack([np.repeat(_BASE32, 32), np.tile(_BASE32, 32)], axis=1).copy().view(np.uint16).ravel()
)


class KeyLengthError(ValueError):
    """An AES key is not 16, 24 or 32 bytes (for SIV: 32, 48 or 64)."""


_AT_ONCE = 1 << 13
"""Number of rows whose working memory stays in the processor's cache."""
_ITEM = f"V{BLOCK}"
_KEEP = np.array(
    [[255] * kept + [0] * (BLOCK - kept) for kept in range(BLOCK + 1)] + [[255] * BLOCK], np.uint8
)
_KEEP = _KEEP.view(_ITEM).ravel()


def _ends(whole: Bytes, padded: Bytes) -> npt.NDArray[np.void]:
    """Return what is XORed to a last block of 0 to 16 bytes, and zeros for a block that is not the
    last.
    """
    ends = np.zeros((BLOCK + 2, BLOCK), np.uint8)
    ends[np.arange(BLOCK), np.arange(BLOCK)] = 0x80
    ends[:BLOCK] ^= padded
    ends[BLOCK] = whole
    return ends.view(_ITEM).ravel()


class Blocks:
    """AES over many 16-byte blocks in one call; the key is kept as a secret."""

    def __init__(self, key: Secret) -> None:
        """Expand ``key``."""
        if len(key) not in (16, 24, 32):
            raise KeyLengthError(f"an AES key has 16, 24 or 32 bytes, not {len(key)}")
        self.key = key
        self._cipher = Cipher(AES(key.reveal()), ECB())  # noqa: S305 - the bare block function, under CMAC, CTR and FF1

    def __call__(self, blocks: Bytes) -> Bytes:
        """Return the encryption of each row of ``blocks``, an (n, 16) matrix."""
        source = np.ascontiguousarray(blocks).reshape(-1)
        target = np.empty(source.size + BLOCK - 1, np.uint8)
        # A new encryptor for each call, because one that two threads share raises.
        self._cipher.encryptor().update_into(source, target)  # type: ignore[arg-type]
        return target[: source.size].reshape(-1, BLOCK)


class Mac:
    """AES-CMAC under one key, over matrices whose rows are messages of one length. Source: RFC
    4493.
    """

    def __init__(self, key: Secret) -> None:
        """Expand ``key`` and derive its two subkeys."""
        self._aes = Blocks(key)
        zero = self._aes(np.zeros((1, BLOCK), np.uint8))
        self._whole = doubled(zero)
        self._padded = doubled(self._whole)
        self._ends = _ends(self._whole, self._padded)

    def __call__(self, messages: Bytes) -> Bytes:
        """Return the (n, 16) tags of the rows of ``messages``."""
        n, length = messages.shape
        if length > LONG:
            return self._one_by_one(messages)
        messages = np.ascontiguousarray(messages)
        whole = max(0, -(-length // BLOCK) - 1) * BLOCK
        state: Bytes | None = None
        for at in range(0, whole, BLOCK):
            block = as_items(messages, at, BLOCK).copy().view(np.uint8).reshape(n, BLOCK)
            state = self._aes(block if state is None else state ^ block)
        last, rest = np.zeros((n, BLOCK), np.uint8), length - whole
        if rest:
            as_items(last, 0, rest)[...] = as_items(messages, whole, rest)
        if rest < BLOCK:
            last[:, rest] = 0x80
        for half, subkey in enumerate(
            (self._whole if rest == BLOCK else self._padded).view(np.uint64)[0]
        ):
            last.view(np.uint64)[:, half] ^= subkey
        return self._aes(last if state is None else state ^ last)

    def tags(self, flat: Flat) -> Iterator[tuple[slice, Bytes]]:
        """Yield a column's tags, some thousand rows at a time: the rows, and their (n, 16) tags,
        zeros for null.
        """
        for first in range(0, len(flat), _AT_ONCE):
            rows = slice(first, min(first + _AT_ONCE, len(flat)))
            part = flat.part(rows)
            tags = self._grouped(part) if int(part.lengths.max()) > LONG else self._streamed(part)
            tags[~part.valid] = 0
            yield rows, tags

    def _grouped(self, flat: Flat) -> Bytes:
        tags = np.zeros((len(flat), BLOCK), np.uint8)
        for rows, matrix in groups(flat):
            tags[rows] = self(matrix)
        return tags

    def _streamed(self, flat: Flat) -> Bytes:
        """Return the tags of rows of any lengths up to ``LONG``, processing one block of all rows
        at a time.
        """
        low, lengths = int(flat.starts[0]), flat.lengths
        data = np.concatenate(
            [flat.data[low : int((flat.starts + lengths).max())], np.zeros(BLOCK, np.uint8)]
        )
        starts, last = flat.starts - low, np.maximum(lengths - 1, 0) >> 4
        tags = np.empty((len(flat), BLOCK), np.uint8)
        items = tags.view(_ITEM).ravel()
        for number in range(int(last.max()) + 1):
            rows = np.flatnonzero(last >= number)
            kind = np.where(last[rows] == number, lengths[rows] - BLOCK * number, BLOCK + 1)
            block = windows(data, BLOCK)[starts[rows] + BLOCK * number].view(np.uint64)
            block &= _KEEP.take(kind, mode="clip").view(np.uint64)
            block ^= self._ends.take(kind, mode="clip").view(np.uint64)
            if number:
                block ^= items[rows].view(np.uint64)
            items[rows] = self._aes(block.view(np.uint8).reshape(-1, BLOCK)).view(_ITEM).ravel()
        return tags

    def _one_by_one(self, messages: Bytes) -> Bytes:
        tags = np.empty((len(messages), BLOCK), np.uint8)
        for tag, message in zip(tags, messages, strict=True):
            mac = CMAC(AES(self._aes.key.reveal()))
            mac.update(message.data)
            tag[:] = np.frombuffer(mac.finalize(), np.uint8)
        return tags

    def of(self, message: bytes) -> Bytes:
        """Return the (1, 16) tag of one message."""
        return self(np.frombuffer(message, np.uint8).reshape(1, -1))


def doubled(block: Bytes) -> Bytes:
    """Return a (1, 16) block doubled in GF(2^128). Source: RFC 4493 section 2.3."""
    value = int.from_bytes(block.tobytes(), "big") << 1
    value = (value ^ 0x87) & ((1 << 128) - 1) if value >> 128 else value
    return np.frombuffer(value.to_bytes(BLOCK, "big"), np.uint8).reshape(1, BLOCK)


def cmac(key: bytes | Secret, values: pa.Array | pa.ChunkedArray) -> Bytes:
    """Return the AES-CMAC tags of ``values``, one row of 16 bytes each; zeros for null.

    The bytes are used unchanged (no normalisation). ``key`` has 16, 24 or 32 bytes.

    Raises:
        KeyLengthError: ``key`` has another length.

    Source: RFC 4493, NIST SP 800-38B.
    """
    mac = Mac(key if isinstance(key, Secret) else Secret(key))
    plain, indices = distinct_of(values)
    tags = tags_of(mac, as_bytes(plain))
    return spread(tags, indices)


def prf_uint64(key: PurposeKey, values: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.uint64]:
    """Return a keyed uniform 64-bit number for each value; zero where null.

    The first eight bytes, big-endian, of AES-256-CMAC over the NFC-normalised UTF-8 bytes. Equal
    values give equal numbers; without the key they look random. Use: choosing a fake, a shift.

    Source: keys/FORMAT.md section 3.
    """
    plain, indices = distinct_of(values)
    tags = tags_of(Mac(key.derive("prf", length=32)), as_nfc(plain))
    tags = spread(tags, indices)
    return np.ascontiguousarray(tags[:, :8]).view(">u8").ravel().astype(np.uint64)


def pseudonyms(key: PurposeKey, values: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    """Return the one-way pseudonyms of ``values``: 26 characters of ``a-z2-7``, null where null.

    AES-256-CMAC over the NFC-normalised UTF-8 bytes, 128 bits, lower-case base32 without padding.
    Equal values under one key give equal pseudonyms, so columns join; without the key they can be
    neither linked back nor recomputed. For 2^32 distinct values the chance of any collision is
    below 2^-64. Dictionary columns are computed once per distinct value and returned plain.

    Source: RFC 4493, RFC 4648; keys/FORMAT.md section 3.
    """
    plain, indices = distinct_of(values)
    flat = flatten(as_nfc(plain))
    offsets = np.zeros(len(flat) + 1, np.int64)
    np.cumsum(flat.valid, out=offsets[1:])
    text = np.empty((int(offsets[-1]), PSEUDONYM_LENGTH), np.uint8)
    for rows, tags in Mac(key.derive("pseudonym", length=32)).tags(flat):
        text[offsets[rows.start] : offsets[rows.stop]] = base32(tags[flat.valid[rows]])
    return take(
        build(text_like(plain), offsets * PSEUDONYM_LENGTH, text.ravel(), flat.valid), indices
    )


def base32(tags: Bytes) -> Bytes:
    """Return (n, 16) tags as (n, 26) characters of RFC 4648 base32, lower case, no padding."""
    words = np.ascontiguousarray(tags).view(">u8").astype(np.uint64)
    high, low = words[:, 0].copy(), words[:, 1].copy()
    tens = [high >> np.uint64(54 - 10 * i) for i in range(6)]
    tens.append(high << np.uint64(6) | low >> np.uint64(58))
    tens += [low >> np.uint64(48 - 10 * i) for i in range(5)]
    tens.append(low << np.uint64(2))
    pairs = np.empty((len(tags), PSEUDONYM_LENGTH // 2), np.uint16)
    for i, ten in enumerate(tens):
        pairs[:, i] = _BASE32_PAIRS.take((ten & np.uint64(1023)).view(np.int64), mode="clip")
    return pairs.view(np.uint8)


def base32_decode(rows: Bytes) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """Return (n, 26) characters as (n, 16) bytes, and a mask of rows that ``base32`` cannot have
    written.
    """
    values = _BASE32_VALUES[rows]
    bits = np.unpackbits(values[:, :, None], axis=2)[:, :, 3:].reshape(len(rows), 130)
    bad = (values > 31).any(axis=1) | bits[:, 128:].any(axis=1)
    return np.packbits(bits[:, :128], axis=1), np.asarray(bad)


def tags_of(mac: Mac, values: pa.Array) -> Bytes:
    """Return the (n, 16) tags of a string or binary array, zeros where null."""
    flat = flatten(values)
    out = np.empty((len(flat), BLOCK), np.uint8)
    for rows, tags in mac.tags(flat):
        out[rows] = tags
    return out
