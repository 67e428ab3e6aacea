"""Base64url without padding, for matrices whose rows have one length. Decoding is strict."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from anonymize.keys.primitives.byte_columns import Bytes, mapped

_ALPHABET = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8
)
_INVALID = 0x80
_VALUES = np.full(256, _INVALID, np.uint8)
_VALUES[_ALPHABET] = np.arange(64)


def encoded_length(length: Any) -> Any:
    """Return the encoded length of ``length`` bytes; for a number or an array."""
    return (length * 4 + 2) // 3


def decoded_length(length: Any) -> Any:
    """Return the decoded length of ``length`` characters; for a number or an array."""
    return length * 3 // 4


def encode(rows: Bytes) -> Bytes:
    """Return the characters of each row. Source: RFC 4648 section 5."""
    n, length = rows.shape
    triples = -(-length // 3)
    padded = rows
    if length != 3 * triples:
        padded = np.zeros((n, 3 * triples), np.uint8)
        padded[:, :length] = rows
    text = base64.b64encode(
        np.ascontiguousarray(padded).data, b"-_"
    )  # only if each row is a whole number of triples, rows can be encoded in one call
    return np.frombuffer(text, np.uint8).reshape(n, 4 * triples)[:, : encoded_length(length)]


def decode(rows: Bytes) -> tuple[Bytes, npt.NDArray[np.bool_]]:
    """Return the bytes of each row, and a mask of rows that ``encode`` cannot have written.

    A foreign character, an impossible length and nonzero unused bits are refused, so that all bytes
    have exactly one text.
    """
    n, length = rows.shape
    if length % 4 == 1:
        return np.zeros((n, decoded_length(length)), np.uint8), np.ones(n, np.bool_)
    quads = -(-length // 4)
    values = np.zeros((n, 4 * quads), np.uint8)
    values[:, :length] = mapped(_VALUES, rows)
    bad: npt.NDArray[np.bool_] = np.zeros(n, np.bool_)
    if values.max(initial=0) == _INVALID:
        bad |= (values & _INVALID).any(axis=1)
    if length % 4:
        bad |= (values[:, length - 1] & (15 if length % 4 == 2 else 3)) != 0
    sextets = values.reshape(n, quads, 4)
    out = np.empty((n, quads, 3), np.uint8)
    out[:, :, 0] = sextets[:, :, 0] << 2 | sextets[:, :, 1] >> 4
    out[:, :, 1] = sextets[:, :, 1] << 4 | sextets[:, :, 2] >> 2
    out[:, :, 2] = sextets[:, :, 2] << 6 | sextets[:, :, 3]
    return out.reshape(n, 3 * quads)[:, : decoded_length(length)], bad


def strictly_decoded(text: str, altchars: bytes = b"+/") -> bytes:
    """Return the bytes of padded base64 ``text``, if it is exactly what an encoder writes.

    Raises:
        ValueError: a foreign character, wrong padding, or nonzero unused bits.
    """
    value = base64.b64decode(text, altchars, validate=True)
    if base64.b64encode(value, altchars).decode() != text:
        raise ValueError("base64 with left-over bits")
    return value
