"""The signed certificate of an erasure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anonymize.dataset.canonical import canonical, parse_each_once, plain_json
from anonymize.dataset.signing import Keyring, check_signature, signed
from anonymize.errors import DatasetError

_SIGNED = b"coatcheck erasure certificate 1\n"


def sign_certificate(body: Mapping[str, Any], keyring: Keyring) -> dict[str, Any]:
    """Return a certificate: ``body`` and its Ed25519 signature over canonical JSON.

    Raises:
        KeysError: the keyring cannot sign.
    """
    plain: dict[str, Any] = plain_json(dict(body), "certificate")
    return {"certificate": plain, "signature": signed(keyring, _SIGNED, canonical(plain))}


def open_certificate(data: bytes, keyring: Keyring, place: str) -> dict[str, Any]:
    """Return what a certificate states, after checking its signature.

    Raises:
        DatasetError: it is damaged, or was changed.
        KeysError: it is signed by keys that are not in the keyring.
    """
    try:
        outer = parse_each_once(data)
        body, signature = outer["certificate"], outer["signature"]
        content, at = canonical(body), str(body["at"])
        if set(outer) != {"certificate", "signature"}:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DatasetError("is not a certificate: damaged", place=place) from None
    check_signature(
        signature, keyring, _SIGNED, content, what="the certificate", place=place, at=at
    )
    found: dict[str, Any] = body
    return found
