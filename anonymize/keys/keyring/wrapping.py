"""Wraps data keys: AES-256-GCM under a key derived from a named key, as text that names the key's
version.
"""

from __future__ import annotations

import base64
import binascii
import os
import re

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anonymize.errors import KeysError
from anonymize.keys.primitives.derive import FORMAT, encode_parts, hkdf
from anonymize.keys.primitives.secret import Secret
from anonymize.names import KeyId

PREFIX = "ck1"
NONCE = 12
_WRAPPED = re.compile(r"ck1:([a-z][a-z0-9_-]{0,62}\.[1-9][0-9]{0,4}):([A-Za-z0-9_-]+)\Z")
_DAMAGED = "a wrapped key does not open: it is damaged, or belongs to another key or place"


def random_key() -> Secret:
    """Return 32 bytes of the operating system's randomness."""
    return Secret(os.urandom(32))


def seal(key: Secret, plaintext: bytes, aad: bytes) -> bytes:
    """Return nonce, ciphertext and tag of AES-256-GCM with a random nonce."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key.reveal()).encrypt(nonce, plaintext, aad)


def open_sealed(key: Secret, sealed: bytes, aad: bytes) -> bytes:
    """Return the plaintext of ``seal``.

    Raises:
        InvalidTag: anything is wrong.
    """
    if len(sealed) < NONCE + 16:
        raise InvalidTag
    return AESGCM(key.reveal()).decrypt(sealed[:NONCE], sealed[NONCE:], aad)


def wrap(key_id: KeyId, master: Secret, dek: bytes, aad: bytes) -> str:
    """Return ``dek`` sealed under ``master``, with ``key_id`` and ``aad`` as associated data."""
    sealed = seal(_wrapping_key(key_id, master), dek, encode_parts(FORMAT, key_id, aad))
    return f"{PREFIX}:{key_id}:{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def key_of(wrapped: str) -> KeyId:
    """Return the id of the key that opens ``wrapped``.

    Raises:
        KeysError: it is not a wrapped key.
    """
    match = _WRAPPED.match(wrapped)
    if match is None:
        raise KeysError(_DAMAGED)
    return KeyId(match[1])


def unwrap(key_id: KeyId, master: Secret, wrapped: str, aad: bytes) -> bytes:
    """Return the bytes that ``wrap`` encrypted.

    Raises:
        KeysError: anything is wrong; the message does not state what.
    """
    text = wrapped.rpartition(":")[2]
    try:
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if base64.urlsafe_b64encode(sealed).decode().rstrip("=") != text:
            raise KeysError(_DAMAGED)
        return open_sealed(_wrapping_key(key_id, master), sealed, encode_parts(FORMAT, key_id, aad))
    except (InvalidTag, binascii.Error):
        raise KeysError(_DAMAGED) from None


def _wrapping_key(key_id: KeyId, master: Secret) -> Secret:
    return hkdf(master, info=encode_parts(FORMAT, "wrap", key_id), length=32)
