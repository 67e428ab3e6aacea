"""AES-CMAC of whole columns: pseudonyms and keyed choices, millions of values a second."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.cmac import CMAC

from anonymize.keys.columns import (
    LONG,
    Bytes,
    Ragged,
    as_bytes,
    as_nfc,
    distinct_of,
    flatten,
    groups,
    spread,
    take,
    text_like,
)
from anonymize.keys.derive import PurposeKey
from anonymize.keys.secret import Secret

BLOCK: Final = 16
PSEUDONYM_LENGTH: Final = 26
_BASE32 = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", np.uint8)
_BASE32_VALUES = np.full(256, 255, np.uint8)
_BASE32_VALUES[_BASE32] = np.arange(32)
_BASE32_PAIRS = np.stack([np.repeat(_BASE32, 32), np.tile(_BASE32, 32)], axis=1).copy().view(np.uint16).ravel()


class KeyLengthError(ValueError):
    """An AES key is not 16, 24 or 32 bytes (for SIV: 32, 48 or 64)."""


class Blocks:
    """AES over many 16-byte blocks at once; the secret stays inside."""

    def __init__(self, key: Secret) -> None:
        """Schedule ``key``."""
        if len(key) not in (16, 24, 32):
            raise KeyLengthError(f"an AES key has 16, 24 or 32 bytes, not {len(key)}")
        self.key = key
        self._cipher = Cipher(AES(key.reveal()), ECB())  # noqa: S305 - the bare block function, under CMAC, CTR and FF1

    def __call__(self, blocks: Bytes) -> Bytes:
        """Return the encryption of each row of ``blocks``, an (n, 16) matrix."""
        source = np.ascontiguousarray(blocks).reshape(-1)
        target = np.empty(source.size + BLOCK - 1, np.uint8)
        # An encryptor of its own for each call: one shared by two threads raises.
        self._cipher.encryptor().update_into(source, target)  # type: ignore[arg-type]
        return target[: source.size].reshape(-1, BLOCK)


class Mac:
    """AES-CMAC under one key, over matrices whose rows are messages of one length. Source: RFC 4493."""

    def __init__(self, key: Secret) -> None:
        """Schedule ``key`` and its two subkeys."""
        self._aes = Blocks(key)
        zero = self._aes(np.zeros((1, BLOCK), np.uint8))
        self._whole = doubled(zero)
        self._padded = doubled(self._whole)

    def __call__(self, messages: Bytes) -> Bytes:
        """Return the (n, 16) tags of the rows of ``messages``."""
        n, length = messages.shape
        if length > LONG:
            return self._one_by_one(messages)
        blocks = max(1, -(-length // BLOCK))
        state = np.zeros((n, BLOCK), np.uint8)
        for at in range(0, BLOCK * (blocks - 1), BLOCK):
            state = self._aes(state ^ messages[:, at : at + BLOCK])
        rest = length - BLOCK * (blocks - 1)
        state[:, :rest] ^= messages[:, length - rest :]
        if rest < BLOCK:
            state[:, rest] ^= 0x80
        state ^= self._whole if rest == BLOCK else self._padded
        return self._aes(state)

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
    """Return the AES-CMAC tags of ``values``, one row of 16 bytes each; zeros where null.

    The bytes are taken as they are (no normalisation). ``key`` has 16, 24 or 32 bytes.

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
    normal = as_nfc(plain)
    flat = flatten(normal)
    mac = Mac(key.derive("pseudonym", length=32))
    out = Ragged(np.full(len(flat), PSEUDONYM_LENGTH, np.int64), flat.valid)
    for rows, matrix in groups(flat):
        out.put(rows, base32(mac(matrix)))
    return take(out.array(text_like(plain)), indices)


def base32(tags: Bytes) -> Bytes:
    """Return (n, 16) tags as (n, 26) characters of RFC 4648 base32, lower case, no padding."""
    words = np.ascontiguousarray(tags).view(">u8").astype(np.uint64)
    high, low = words[:, 0], words[:, 1]
    pairs = np.empty((len(tags), PSEUDONYM_LENGTH // 2), np.uint16)
    ten = np.uint64(1023)
    for i in range(6):
        pairs[:, i] = _BASE32_PAIRS[(high >> np.uint64(54 - 10 * i)) & ten]
    pairs[:, 6] = _BASE32_PAIRS[((high << np.uint64(6)) | (low >> np.uint64(58))) & ten]
    for i in range(7, 12):
        pairs[:, i] = _BASE32_PAIRS[(low >> np.uint64(48 - 10 * (i - 7))) & ten]
    pairs[:, 12] = _BASE32_PAIRS[(low << np.uint64(2)) & ten]
    return pairs.view(np.uint8)


def base32_decode(rows: Bytes) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """Return (n, 26) characters as (n, 16) bytes, and true at rows that ``base32`` cannot have written."""
    values = _BASE32_VALUES[rows]
    bits = np.unpackbits(values[:, :, None], axis=2)[:, :, 3:].reshape(len(rows), 130)
    bad = (values > 31).any(axis=1) | bits[:, 128:].any(axis=1)
    return np.packbits(bits[:, :128], axis=1), np.asarray(bad)


def tags_of(mac: Mac, values: pa.Array) -> Bytes:
    """Return the (n, 16) tags of a string or binary array, zeros where null."""
    flat = flatten(values)
    tags = np.zeros((len(flat), BLOCK), np.uint8)
    for rows, matrix in groups(flat):
        tags[rows] = mac(matrix)
    return tags
