"""AES-SIV of whole columns: deterministic, authenticated, reversible tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys.primitives.base64url import decode, decoded_length, encode, encoded_length
from anonymize.keys.primitives.byte_columns import (
    Bytes,
    Checked,
    Ragged,
    as_bytes,
    as_items,
    distinct_of,
    flatten,
    groups,
    spread,
    spread_bad,
    take,
    text_like,
)
from anonymize.keys.primitives.cmac import BLOCK, Blocks, KeyLengthError, Mac, doubled
from anonymize.keys.primitives.derive import PurposeKey, encode_parts
from anonymize.keys.primitives.secret import Secret

HEADER = 2
"""Bytes before the SIV in a token: the key's version, big-endian."""


class Siv:
    """AES-SIV under one key and fixed associated data, over matrices of messages of one length.

    ``key`` has 32, 48 or 64 bytes: the first half for the MAC, the second for the stream.
    Source: RFC 5297.
    """

    def __init__(self, key: Secret, associated_data: Sequence[bytes] = ()) -> None:
        """Expand both halves, and add the associated data, in order, to the MAC's initial state."""
        if len(key) not in (32, 48, 64):
            raise KeyLengthError(f"an AES-SIV key has 32, 48 or 64 bytes, not {len(key)}")
        half = len(key) // 2
        self._mac = Mac(Secret(key.reveal()[:half]))
        self._aes = Blocks(Secret(key.reveal()[half:]))
        folded = self._mac(np.zeros((1, BLOCK), np.uint8))
        for data in associated_data:
            folded = doubled(folded) ^ self._mac.of(data)
        self._folded = folded

    def _synthetic_iv(self, messages: Bytes) -> Bytes:
        n, length = messages.shape
        if length >= BLOCK:
            last, start, mask = messages.copy(), length - BLOCK, self._folded
        else:
            last, start, mask = np.zeros((n, BLOCK), np.uint8), 0, doubled(self._folded)
            if length:
                as_items(last, 0, length)[...] = as_items(messages, 0, length)
            last[:, length] = 0x80
        end = as_items(last, start, BLOCK).copy().view(np.uint64).reshape(n, 2)
        for half, word in enumerate(mask.view(np.uint64)[0]):
            end[:, half] ^= word
        as_items(last, start, BLOCK)[...] = end.view(f"V{BLOCK}").ravel()
        return self._mac(last)

    def _stream(self, iv: Bytes, length: int) -> Bytes:
        n, blocks = len(iv), -(-length // BLOCK)
        if not length:
            return np.zeros((n, 0), np.uint8)
        counters = np.empty((n, blocks, BLOCK), np.uint8)
        counters.view(f"V{BLOCK}")[:, :, 0] = iv.view(f"V{BLOCK}")
        counters[:, :, 8] &= 0x7F
        counters[:, :, 12] &= 0x7F
        if blocks > 1:
            low = counters.view(">u4")[:, :1, 3].astype(np.uint32)
            counters.view(">u4")[:, :, 3] = low + np.arange(blocks, dtype=np.uint32)
        stream = self._aes(counters.reshape(-1, BLOCK)).reshape(n, BLOCK * blocks)
        return as_items(stream, 0, length).copy().view(np.uint8).reshape(n, length)

    def seal(self, messages: Bytes) -> tuple[Bytes, Bytes]:
        """Return the (n, 16) synthetic IVs and the (n, length) ciphertexts."""
        messages = np.ascontiguousarray(messages)
        iv = self._synthetic_iv(messages)
        return iv, messages ^ self._stream(iv, messages.shape[1])

    def open(self, iv: Bytes, sealed: Bytes) -> tuple[Bytes, npt.NDArray[np.bool_]]:
        """Return the messages, zeroed if they do not authenticate, and a mask of those."""
        iv = np.ascontiguousarray(iv)
        messages = np.ascontiguousarray(sealed) ^ self._stream(iv, sealed.shape[1])
        bad = np.asarray((self._synthetic_iv(messages) ^ iv).view(np.uint64).any(axis=1))
        messages[bad] = 0
        return messages, bad


def siv_seal(
    key: PurposeKey, values: pa.Array | pa.ChunkedArray, *, associated_data: bytes = b""
) -> pa.StringArray:
    """Return the tokens of ``values``: base64url text, null where null, nothing normalised.

    AES-256-SIV. Deterministic: equal values under one key and ``associated_data`` give equal
    tokens, so columns join; other values give other tokens. A token is 24 characters longer than
    four thirds of the value, so it shows equality, frequency and length in bytes. It names its
    key's version. Any changed, cut or foreign token is refused by ``siv_open``.

    Source: RFC 5297; keys/FORMAT.md section 4.
    """
    plain, indices = distinct_of(values)
    flat = flatten(as_bytes(plain))
    siv, header = _token_siv(key, associated_data), _header(key)
    out = Ragged(encoded_length(flat.lengths + (HEADER + BLOCK)), flat.valid)
    for rows, matrix in groups(flat):
        iv, sealed = siv.seal(matrix)
        heads = np.broadcast_to(header, (len(rows), HEADER))
        out.put(rows, encode(np.concatenate([heads, iv, sealed], axis=1)))
    return take(out.array(text_like(plain)), indices)


def siv_open(
    key: PurposeKey,
    tokens: pa.Array | pa.ChunkedArray,
    *,
    associated_data: bytes = b"",
    kind: pa.DataType | None = None,
) -> Checked:
    """Return the input of ``siv_seal`` as ``kind`` (text by default), and a mask of refused tokens.

    A token that was changed, truncated, made with another domain or key or key version, is not a
    token at all, or is not of ``kind``, is null in ``values`` and true in ``bad``, whatever the
    cause.
    """
    plain, indices = distinct_of(tokens)
    flat = flatten(as_bytes(plain))
    siv, header = _token_siv(key, associated_data), _header(key)
    bad = np.zeros(len(flat), np.bool_)
    out = Ragged(np.maximum(decoded_length(flat.lengths) - (HEADER + BLOCK), 0), flat.valid)
    for rows, matrix in groups(flat):
        raw, malformed = decode(matrix)
        if raw.shape[1] < HEADER + BLOCK:
            bad[rows] = True
            continue
        iv = np.ascontiguousarray(raw[:, HEADER : HEADER + BLOCK])
        messages, forged = siv.open(iv, raw[:, HEADER + BLOCK :])
        wrong = malformed | forged | (raw[:, :HEADER] != header).any(axis=1)
        bad[rows] = wrong
        messages[wrong] = 0
        out.put(rows, messages)
    binary = pa.large_binary() if text_like(plain) == pa.large_string() else pa.binary()
    opened = typed(out.array(binary, bad), bad, kind or text_like(plain))
    return Checked(take(opened.values, indices), spread_bad(opened.bad, indices))


def token_versions(tokens: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.uint16]:
    """Return the key version that each token names; 0 for null and text that is not a token."""
    plain, indices = distinct_of(tokens)
    flat = flatten(as_bytes(plain))
    versions = np.zeros(len(flat), np.uint16)
    for rows, matrix in groups(flat):
        raw, malformed = decode(matrix[:, :24])
        if raw.shape[1] == HEADER + BLOCK:
            versions[rows] = np.where(malformed, 0, raw[:, 0].astype(np.uint16) << 8 | raw[:, 1])
    return spread(versions, indices)


def typed(raw: pa.Array, bad: npt.NDArray[np.bool_], kind: pa.DataType) -> Checked:
    """Return binary ``raw`` as ``kind``; values that are not valid in ``kind`` become bad."""
    text = pa.large_string() if raw.type == pa.large_binary() else pa.string()
    if kind in (pa.binary(), pa.large_binary()):
        return Checked(raw.cast(kind), pa.array(bad))
    try:
        return Checked(raw.cast(text).cast(kind), pa.array(bad))
    except pa.ArrowInvalid:
        pass
    fits = np.fromiter(
        (value is None or _reads_as(value, kind) for value in raw.to_pylist()), np.bool_, len(raw)
    )
    cleaned = pc.if_else(pa.array(fits), raw, pa.scalar(None, raw.type))
    return Checked(cleaned.cast(text).cast(kind), pa.array(bad | ~fits))


def _reads_as(value: bytes, kind: pa.DataType) -> bool:
    try:
        pa.array([value], pa.binary()).cast(pa.string()).cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def _token_siv(key: PurposeKey, associated_data: bytes) -> Siv:
    return Siv(key.derive("siv", length=64), [encode_parts("token", key.id), associated_data])


def _header(key: PurposeKey) -> Bytes:
    return np.frombuffer(key.version.to_bytes(HEADER, "big"), np.uint8)
