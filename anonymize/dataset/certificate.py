"""Signed documents: the certificate of an erasure, and others that are handed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anonymize.dataset.canonical import canonical, parse_each_once, plain_json
from anonymize.dataset.signing import Keyring, check_signature, signed
from anonymize.errors import DatasetError
from anonymize.keys.keyring.public_keys import is_signed_by

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
    body, signature, content = _parsed(kind, data, place)
    what, at = f"the {kind}", str(body["at"])
    check_signature(signature, keyring, _label(kind), content, what=what, place=place, at=at)
    return body


def open_signed_by(kind: str, data: bytes, public: str | None, place: str) -> dict[str, Any]:
    """Return what a signed document of this kind states, after checking its signature by a public
    key (``ed25519:…``), for whoever has no keyring. With None the signature is not checked.

    Raises:
        DatasetError: it is damaged, was changed, or is not signed by that key.
    """
    body, signature, content = _parsed(kind, data, place)
    if public is not None:
        value = signature.get("value") if isinstance(signature, dict) else None
        if not isinstance(value, str) or not is_signed_by(public, _label(kind) + content, value):
            what = f"the signature is not right: the {kind} was changed, or another key signed it"
            raise DatasetError(what, place=place)
    return body


def _parsed(kind: str, data: bytes, place: str) -> tuple[dict[str, Any], Any, bytes]:
    """Return body, signature, and the bytes that are signed."""
    try:
        outer = parse_each_once(data)
        body, signature = outer[kind], outer["signature"]
        content = canonical(body)
        if set(outer) != {kind, "signature"} or "at" not in body or type(body) is not dict:
            raise ValueError
    except (ValueError, KeyError, TypeError, RecursionError):
        article = "an" if kind[0] in "aeiou" else "a"
        raise DatasetError(f"is not {article} {kind}: damaged", place=place) from None
    return body, signature, content


def _label(kind: str) -> bytes:
    return _SIGNED if kind == "certificate" else f"coatcheck {kind} 1\n".encode()


def sign_certificate(body: Mapping[str, Any], keyring: Keyring) -> dict[str, Any]:
    """Return a certificate of an erasure; see `sign_document`."""
    return sign_document("certificate", body, keyring)


def open_certificate(data: bytes, keyring: Keyring, place: str) -> dict[str, Any]:
    """Return what a certificate of an erasure states; see `open_signed`."""
    return open_signed("certificate", data, keyring, place)
