"""Signs manifests, audit entries and heads, and checks their signatures, with one set of
messages.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Mapping
from typing import Any, Protocol

from anonymize.errors import DatasetError, KeysError, RefusedError, RevokedError
from anonymize.io.interface import KeyWrapper
from anonymize.keys.primitives.base64url import strictly_decoded
from anonymize.names import KeyId, KeyName

_KEY = re.compile(r"signing\.[0-9]{1,6}")
"""Pattern of key ids in signatures. A forged line could otherwise put any text, of any length, into
an error.
"""
_FINGERPRINT = re.compile(r"[0-9a-f]{16}")
_FIELDS = {"algorithm", "key", "fingerprint", "value"}


class Keyring(KeyWrapper, Protocol):
    """The part of a keyring that datasets use."""

    def key_ids(self) -> tuple[KeyId, ...]:
        """Return the ids of the keys it holds."""
        ...

    def current(self, name: KeyName, /) -> KeyId:
        """Return the id of the newest live version of ``name``, else raise KeysError."""
        ...

    def sign(self, data: bytes, /) -> tuple[KeyId, bytes]:
        """Return the signing key's id and the signature of ``data``."""
        ...

    def fingerprint(self, key_id: KeyId, /) -> str:
        """Return the fingerprint of a signing key, which distinguishes it from another of the same
        id.
        """
        ...

    def is_destroyed(self, key_id: KeyId, /) -> bool:
        """Return True for a key version that was destroyed on purpose."""
        ...

    def revoked_from(self, key_id: KeyId, /) -> str:
        """Return the date from which a signing key's signatures are refused; empty if there is
        none.
        """
        ...

    def verify(self, key_id: KeyId, data: bytes, signature: bytes, /, *, at: str = "") -> None:
        """Check that the signature is valid and its key was not revoked ``at`` that time; otherwise
        raise KeysError.
        """
        ...


def opened_keyring(keyring: Keyring | str | None) -> Keyring:
    """Return a keyring as callers give it: opened already, or the URI of one; None is the default
    one.

    Raises:
        KeysError: it is not there, or does not open.
    """
    if keyring is not None and not isinstance(keyring, str):
        return keyring
    from anonymize.keys import open_keyring  # which who brings a keyring need not load

    return open_keyring(keyring)


def signed(keyring: Keyring, kind: bytes, content: bytes) -> dict[str, str]:
    """Return the signature of ``content``. ``kind`` is signed as a prefix, so that the signature is
    not valid for another kind of content.

    Raises:
        KeysError: the keyring cannot sign.
    """
    key_id, value = keyring.sign(kind + content)
    return {
        "algorithm": "Ed25519",
        "key": str(key_id),
        "fingerprint": keyring.fingerprint(key_id),
        "value": base64.b64encode(value).decode(),
    }


def check_signature(
    signature: Mapping[str, Any] | None,
    keyring: Keyring,
    kind: bytes,
    content: bytes,
    *,
    what: str,
    place: str,
    at: str,
) -> None:
    """Check that ``signature`` is that of ``content``, by a key of ``keyring`` that was not revoked
    ``at`` its time.

    Raises:
        DatasetError: there is no signature, or it is damaged or wrong; the message begins with
            ``what``.
        RefusedError: its key was revoked.
        KeysError: the key is not in the keyring, or is another keyring's of the same name.
    """
    if signature is None:
        raise DatasetError(
            f"{what} is not signed: written by hand, or by an older coatcheck", place=place
        )
    try:
        key_id, value = KeyId(str(signature["key"])), strictly_decoded(signature["value"])
        if (
            set(signature) != _FIELDS
            or signature["algorithm"] != "Ed25519"
            or not _FINGERPRINT.fullmatch(str(signature["fingerprint"]))
            or not _KEY.fullmatch(key_id)
        ):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise DatasetError(f"the signature of {what} is damaged", place=place) from None
    try:
        _check_keyring(keyring, key_id, str(signature["fingerprint"]), what, place)
    except KeysError:
        if _is_by_held_key(keyring, kind + content, value, at):
            raise DatasetError(
                f"the signature of {what} is damaged: it names another key than made it",
                place=place,
            ) from None
        raise
    try:
        keyring.verify(key_id, kind + content, value, at=at)
    except RevokedError as error:
        raise RefusedError(f"{what} is refused: {error.problems[0].what}", place=place) from None
    except KeysError:
        raise DatasetError(
            f"the signature is not right: {what} was changed, or '{key_id}' did not sign it",
            place=place,
        ) from None


def _is_by_held_key(keyring: Keyring, content: bytes, value: bytes, at: str) -> bool:
    """Return True if a key of the keyring made a signature that names another key: the name, which
    nothing signs, was changed, and the keyring is the right one.
    """
    for key_id in keyring.key_ids():
        if _KEY.fullmatch(key_id):
            with contextlib.suppress(KeysError):
                keyring.verify(key_id, content, value, at=at)
                return True
    return False


def _check_keyring(
    keyring: Keyring, key_id: KeyId, fingerprint: str, what: str, place: str
) -> None:
    held = keyring.fingerprint(key_id)
    if held != fingerprint:
        raise KeysError(
            f"{what} bears the signature of another keyring: its '{key_id}' has fingerprint"
            f" {fingerprint[:16]}, this keyring's has {held}; open it with the keyring of this"
            " dataset's owner or one shared from it",
            place=place,
        )
