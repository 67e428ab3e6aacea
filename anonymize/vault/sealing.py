"""How entries are found and encrypted: keyed digests, and values sealed together with their
token.
"""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from cryptography.exceptions import InvalidTag

from anonymize.errors import VaultError
from anonymize.keys import PurposeKey, Secret
from anonymize.keys.keyring.wrapping import open_sealed, random_key, seal
from anonymize.keys.primitives.byte_columns import Bytes, Checked, Ragged, flatten, groups
from anonymize.keys.primitives.cmac import Mac, tags_of
from anonymize.keys.primitives.derive import encode_parts, hkdf
from anonymize.keys.primitives.siv import Siv

WIDTH = 16
"""Length in bytes of a digest and of a token."""


Entry = tuple[bytes, bytes, bytes]
"""One row as the database stores it: digest, token, sealed value. A plain tuple for speed, because
there are millions.
"""


class Sealer:
    """Uses the secret of one namespace; the secret leaves the process only when locked."""

    def __init__(self, secret: Secret) -> None:
        """Derive the keys for digests, subjects and values."""
        self._digests = Mac(_part(secret, "digest", 32))
        self._subjects = Mac(_part(secret, "subject", 32))
        self._values = Siv(_part(secret, "value", 64), [b"coatcheck vault 1"])

    def digests(self, values: pa.Array) -> Bytes:
        """Return the (n, 16) digests of binary ``values``, by which entries are found."""
        return tags_of(self._digests, values)

    def subjects(self, subjects: pa.Array) -> Bytes:
        """Return the (n, 16) digests of binary ``subjects``."""
        return tags_of(self._subjects, subjects)

    def seal(self, tokens: Bytes, values: pa.Array) -> pa.Array:
        """Return binary ``values`` sealed, each with its token, so that equal values look
        different.
        """
        flat = flatten(
            pc.binary_join_element_wise(fixed(tokens), values, pa.scalar(b"", pa.large_binary()))
        )
        out = Ragged(flat.lengths + WIDTH, flat.valid)
        for rows, matrix in groups(flat):
            iv, text = self._values.seal(matrix)
            out.put(rows, np.concatenate([iv, text], axis=1))
        return out.array(pa.large_binary())

    def open(self, tokens: Bytes, sealed: pa.Array) -> Checked:
        """Return the binary values, and masks of the entries that are absent (null) or do not
        belong to their token.
        """
        flat = flatten(sealed)
        bad = ~flat.valid
        out = Ragged(np.maximum(flat.lengths - 2 * WIDTH, 0), flat.valid)
        for rows, matrix in groups(flat):
            if matrix.shape[1] < 2 * WIDTH:
                bad[rows] = True
                continue
            messages, forged = self._values.open(
                np.ascontiguousarray(matrix[:, :WIDTH]), matrix[:, WIDTH:]
            )
            bad[rows] = forged | (messages[:, :WIDTH] != tokens[rows]).any(axis=1)
            messages[bad[rows]] = 0
            out.put(rows, messages[:, WIDTH:])
        return Checked(out.array(pa.large_binary(), bad), pa.array(bad))


def new_secret(key: PurposeKey, namespace: str) -> bytes:
    """Return a new namespace secret, locked by ``key``."""
    return lock(key, namespace, random_key())


def lock(key: PurposeKey, namespace: str, secret: Secret) -> bytes:
    """Return ``secret`` locked by ``key`` for ``namespace``: AES-256-GCM."""
    return seal(
        key.derive("vault", length=32), secret.reveal(), encode_parts("vault 1", key.id, namespace)
    )


def unlock(key: PurposeKey, namespace: str, locked: bytes) -> Secret:
    """Return the secret that ``lock`` encrypted.

    Raises:
        VaultError: it does not open.
    """
    try:
        return Secret(
            open_sealed(
                key.derive("vault", length=32), locked, encode_parts("vault 1", key.id, namespace)
            )
        )
    except InvalidTag:
        raise VaultError(
            f"the vault's namespace '{namespace}' does not open with this keyring's '{key.id}'"
        ) from None


def new_tokens(count: int) -> Bytes:
    """Return (count, 16) bytes of the operating system's randomness."""
    return np.frombuffer(os.urandom(WIDTH * count), np.uint8).reshape(count, WIDTH)


def new_identity() -> str:
    """Return a new id of a vault: 32 hexadecimal digits."""
    return os.urandom(16).hex()


def fixed(rows: Bytes) -> pa.Array:
    """Return (n, 16) bytes as a large binary array."""
    data = pa.py_buffer(np.ascontiguousarray(rows))
    offsets = pa.py_buffer(np.arange(0, WIDTH * (len(rows) + 1), WIDTH, dtype=np.int64))
    return pa.Array.from_buffers(pa.large_binary(), len(rows), [None, offsets, data])


def as_objects(rows: Bytes) -> list[bytes]:
    """Return (n, 16) bytes as a list of bytes, the form that database drivers need."""
    return [bytes(item) for item in np.ascontiguousarray(rows).view(f"V{WIDTH}").ravel().tolist()]


def _part(secret: Secret, name: str, length: int) -> Secret:
    return hkdf(secret, info=encode_parts("vault 1", name), length=length)
