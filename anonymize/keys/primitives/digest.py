"""Keyed digests, for content that could be guessed from a plain digest."""

from __future__ import annotations

import hashlib
import hmac

from anonymize.keys.primitives.derive import PurposeKey

ACTION = "digest"
"""Action for which keys of digests are derived."""


def keyed_digest(key: PurposeKey, use: str, content: bytes) -> str:
    """Return HMAC-SHA256 of ``content`` under the sub-key of ``use``, 64 hexadecimal digits.

    Equal content gives equal digests under one key and use; without the key no guess can be
    confirmed.
    Source: RFC 2104; keys/FORMAT.md section 9.
    """
    return hmac.digest(key.derive("digest", use, length=32).reveal(), content, hashlib.sha256).hex()
