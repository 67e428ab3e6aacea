"""Parquet's key management with a keyring: one data key per file (and column), wrapped by an
envelope key.

Parquet's own double wrapping makes envelope keys of 128 bits. Here they have 256 bits, so that the
data keys' strength is kept: ``wrap_key`` seals a data key with AES-256-GCM under an envelope key
made for the file, and the keyring wraps the envelope key once for each key name. A wrapped key has
the form ``coatcheck1.<envelope key as the keyring wrapped it>.<base64url of nonce, ciphertext,
tag>``.
"""

from __future__ import annotations

import base64
import os

import pyarrow.parquet.encryption as pe
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from anonymize.errors import DatasetError, KeysError
from anonymize.io.interface import KeyWrapper
from anonymize.keys.primitives.base64url import strictly_decoded
from anonymize.names import KeyName

PREFIX = "coatcheck1"
ENVELOPE_AAD = b"coatcheck parquet envelope key 1"
_DATA_AAD = b"coatcheck parquet data key 1\0"
_NONCE_BYTES = 12


class Envelopes:
    """Wraps and unwraps data keys. Keeps the envelope keys of the present files, in memory only."""

    def __init__(self, keyring: KeyWrapper) -> None:
        """Start without envelope keys."""
        self._keyring = keyring
        self._made: dict[str, tuple[AESGCM, str]] = {}
        self._opened: dict[str, AESGCM] = {}
        self._admitted: set[tuple[str, str]] = set()
        self.given = 0
        """How often Parquet was given a data key for reading."""

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse pickling, because keys must not leave the process."""
        raise TypeError("envelope keys are not pickled; open the keyring in each process")

    def wrap(self, data_key: bytes, name: str) -> str:
        """Return ``data_key`` sealed under key ``name``'s envelope key."""
        if name not in self._made:
            envelope_key = os.urandom(32)
            self._made[name] = (
                AESGCM(envelope_key),
                self._keyring.wrap(KeyName(name), envelope_key, ENVELOPE_AAD),
            )
        cipher, wrapped = self._made[name]
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + cipher.encrypt(nonce, data_key, _DATA_AAD + name.encode())
        return join(wrapped, sealed)

    def unwrap(self, wrapped: str, name: str) -> bytes:
        """Return the data key.

        Raises:
            KeysError: the keyring lacks the key, or the wrapped key is damaged or another's.
        """
        envelope, sealed = split(wrapped)
        cipher = self.opened(envelope)
        try:
            return cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _DATA_AAD + name.encode()
            )
        except (InvalidTag, ValueError):
            raise damaged() from None

    def admit(self, wrapped: str, name: str) -> None:
        """Let Parquet have the data key in ``wrapped``, a text whose signed digest was checked.

        Raises:
            KeysError: as ``unwrap``.
        """
        self.unwrap(wrapped, name)
        self._admitted.add((wrapped, name))

    def give(self, wrapped: str, name: str) -> bytes:
        """Return the data key to Parquet, which reads the file of wrapped keys once more.

        Each file has data keys of its own, and AES-GCM authenticates each of its modules with its
        place. So wrapped keys that are exchanged between their digest and their use do not open.
        Who holds a reader's keyring has the data keys, so this does not bind a part's bytes; its
        digest does (see `checked_copy`).

        Raises:
            KeysError: as ``unwrap``.
            DatasetError: it was not admitted.
        """
        key = self.unwrap(wrapped, name)
        if (wrapped, name) not in self._admitted:
            raise DatasetError("a part's wrapped keys were exchanged while it was read")
        self.given += 1
        return key

    def opened(self, envelope: str) -> AESGCM:
        """Return the cipher of a wrapped envelope key. The keyring is called once for each.

        Raises:
            KeysError: the keyring lacks the key, or the wrapped key is damaged or another's.
        """
        if envelope not in self._opened:
            try:
                self._opened[envelope] = AESGCM(self._keyring.unwrap(envelope, ENVELOPE_AAD))
            except ValueError:  # the key has a length that AES does not support
                raise damaged() from None
        return self._opened[envelope]


def damaged() -> KeysError:
    """Return the error for a wrapped key that does not open; it is the same for every cause."""
    return KeysError("a file's wrapped key does not open: damaged, or made with another key")


def join(envelope: str, sealed: bytes) -> str:
    """Return the text of a wrapped data key."""
    return ".".join((PREFIX, _encoded(envelope.encode()), _encoded(sealed)))


def split(wrapped: str) -> tuple[str, bytes]:
    """Return the wrapped envelope key and the sealed data key.

    Each pair has exactly one text: unused bits at the end of the base64 must be zero.

    Raises:
        KeysError: the text does not have this form.
    """
    try:
        prefix, envelope, sealed = wrapped.split(".")
        if prefix != PREFIX:
            raise damaged()
        return strictly_decoded(envelope, b"-_").decode(), strictly_decoded(sealed, b"-_")
    except ValueError:
        raise damaged() from None


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode()


class _KeyringClient(pe.KmsClient):  # type: ignore[misc]
    """The object that Parquet calls to wrap and unwrap."""

    def __init__(self, envelopes: Envelopes) -> None:
        super().__init__()
        self._envelopes = envelopes

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> str:
        return self._envelopes.wrap(bytes(key_bytes), master_key_identifier)

    def unwrap_key(self, wrapped_key: str | bytes, master_key_identifier: str) -> bytes:
        text = (
            wrapped_key.decode("ascii", "replace")
            if isinstance(wrapped_key, bytes)
            else wrapped_key
        )
        return self._envelopes.give(text, master_key_identifier)


def crypto_factory(envelopes: Envelopes) -> pe.CryptoFactory:
    """Return a factory of encryption and decryption properties. Make a new one, and its envelopes,
    for each file.
    """
    return pe.CryptoFactory(lambda _config: _KeyringClient(envelopes))
