"""The public half of a signing key as text that people exchange, and signatures checked by it."""

from __future__ import annotations

import base64

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from anonymize.keys.keyring.keyring import SIGNING, Keyring
from anonymize.keys.primitives.base64url import strictly_decoded

PREFIX = "ed25519:"
PATTERN = r"^ed25519:[A-Za-z0-9+/]{43}=$"


def public_text(public: bytes) -> str:
    """Return 32 bytes of a public key as ``ed25519:BASE64``."""
    return PREFIX + base64.b64encode(public).decode()


def own_public_text(keyring: Keyring) -> str:
    """Return the public half of the key that a keyring signs with now.

    Raises:
        KeysError: it holds no private signing key: it is a reader's.
    """
    key_id, _ = keyring.sign(b"whose public half is asked for")
    entry = keyring.require(key_id)
    return public_text(entry.public or b"")


def signing_texts(keyring: Keyring) -> frozenset[str]:
    """Return the public halves of all signing keys that a keyring knows, ended ones too."""
    return frozenset(
        public_text(entry.public)
        for entry in keyring.entries()
        if entry.name == SIGNING and entry.public is not None
    )


def is_signed_by(public: str, data: bytes, signature: str) -> bool:
    """Return True if ``signature`` (base64) is that of ``data`` by the key of ``public``; False
    also for what is no key or no signature.
    """
    try:
        key = Ed25519PublicKey.from_public_bytes(strictly_decoded(public.removeprefix(PREFIX)))
        key.verify(strictly_decoded(signature), data)
    except (ValueError, InvalidSignature):
        return False
    return public.startswith(PREFIX)
