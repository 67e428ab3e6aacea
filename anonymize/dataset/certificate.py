"""Signed documents: the certificate of an erasure, and others that are handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anonymize.dataset.canonical import canonical, parse_each_once, plain_json
from anonymize.dataset.signing import Keyring, check_signature, signed
from anonymize.errors import DatasetError

_SIGNED = b"coatcheck erasure certificate 1\n"


def sign_document(kind: str, body: Mapping[str, Any], keyring: Keyring) -> dict[str, Any]:
    """Return ``body``, which has its time as ``at``, under the name ``kind``, and its Ed25519
    signature over canonical JSON.

    Raises:
        KeysError: the keyring cannot sign.
    """
    plain: dict[str, Any] = plain_json(dict(body), kind)
    return {kind: plain, "signature": signed(keyring, _label(kind), canonical(plain))}


def open_signed(kind: str, data: bytes, keyring: Keyring, place: str) -> dict[str, Any]:
    """Return what a signed document of this kind states, after checking its signature.

    Raises:
        DatasetError: it is damaged, or was changed.
        KeysError: it is signed by keys that are not in the keyring.
    """
    try:
        outer = parse_each_once(data)
        body, signature = outer[kind], outer["signature"]
        content, at = canonical(body), str(body["at"])
        if set(outer) != {kind, "signature"}:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        article = "an" if kind[0] in "aeiou" else "a"
        raise DatasetError(f"is not {article} {kind}: damaged", place=place) from None
    what = f"the {kind}"
    check_signature(signature, keyring, _label(kind), content, what=what, place=place, at=at)
    found: dict[str, Any] = body
    return found


def _label(kind: str) -> bytes:
    return _SIGNED if kind == "certificate" else f"coatcheck {kind} 1\n".encode()


def sign_certificate(body: Mapping[str, Any], keyring: Keyring) -> dict[str, Any]:
    """Return a certificate of an erasure; see `sign_document`."""
    return sign_document("certificate", body, keyring)


def open_certificate(data: bytes, keyring: Keyring, place: str) -> dict[str, Any]:
    """Return what a certificate of an erasure states; see `open_signed`."""
    return open_signed("certificate", data, keyring, place)
