"""The interface of a token vault, independent of the database."""

from __future__ import annotations

from typing import Protocol

import pyarrow as pa

from anonymize.keys import Checked, PurposeKey
from anonymize.names import KeyId


class TokenVault(Protocol):
    """Stores random tokens for values. A token contains no information about its value, and is
    meaningless once its entry is erased.

    A namespace is the domain and entity of the purpose key it is used with. Within it a value has
    one token, in all processes. Values are stored encrypted and found by keyed digest, with a
    secret of the namespace that the purpose key locks. An entry that was changed in the database is
    refused. Can be used from several threads and processes; cannot be pickled (send the URI
    instead).
    """

    def tokens(
        self,
        key: PurposeKey,
        values: pa.Array | pa.ChunkedArray,
        subjects: pa.Array | pa.ChunkedArray | None = None,
    ) -> pa.StringArray:
        """Return the tokens of ``values``, created if missing: 26 characters of ``a-z2-7``, null
        for null.

        All new tokens of a call are stored in one transaction before it returns. ``subjects``, of
        the same length, gives the subject of each value, so that ``forget_subjects`` finds it.
        Values are compared byte by byte (numbers and dates as their text); nothing is normalised.

        Raises:
            VaultError: the database is unavailable, busy for minutes, damaged, or locked by another
                key.
        """
        ...

    def reveal(
        self, key: PurposeKey, tokens: pa.Array | pa.ChunkedArray, kind: pa.DataType | None = None
    ) -> Checked:
        """Return the values of ``tokens`` as ``kind`` (text by default); unknown and forgotten ones
        are bad.
        """
        ...

    def forget_values(self, key: PurposeKey, values: pa.Array | pa.ChunkedArray) -> int:
        """Erase the entries of ``values`` and return how many there were; their tokens become
        meaningless.
        """
        ...

    def forget_subjects(
        self, key: PurposeKey, subjects: pa.Array | pa.ChunkedArray, *, scrub: bool = True
    ) -> int:
        """Erase the entries that belong to ``subjects`` and to no other; return their number.

        ``scrub`` also removes them from the database's log; when erasing in several namespaces,
        pass it in the last call.

        Raises:
            VaultLogError: they are erased, but not from the database's log: see ``scrub``.
        """
        ...

    def linked(self, key: PurposeKey, subjects: pa.Array | pa.ChunkedArray) -> int:
        """Return the number of entries of ``subjects``, including shared ones; changes nothing."""
        ...

    def scrub(self) -> None:
        """Remove erased data from the database's own log too, if it has one beside it; waits for
        its readers.

        Raises:
            VaultLogError: a reader did not end in time, so the log still holds the data.
        """
        ...

    def count(self, key: PurposeKey) -> int:
        """Return the number of values in the namespace of ``key``."""
        ...

    def key_ids(self) -> dict[str, KeyId]:
        """Return each namespace and the id of the key that locks it."""
        ...

    def rewrap(self, old: PurposeKey, new: PurposeKey) -> None:
        """Lock the namespace with ``new`` instead of ``old``, both of one domain and entity; tokens
        do not change.
        """
        ...

    def identity(self) -> str:
        """Return the vault's random id, which was made with its tables and distinguishes it from
        another vault at the same place.

        32 hexadecimal digits. A copy or a restored backup has the id of the original.
        """
        ...

    def require_writable(self) -> None:
        """Check that new tokens can be stored.

        Raises:
            VaultError: the role lacks a right, or the server is read-only.
        """
        ...

    def close(self) -> None:
        """Close the connections of this process."""
        ...


def namespace_of(key: PurposeKey) -> str:
    """Return the namespace for ``key``: its domain, and its entity if it has one."""
    return f"{key.domain}/{key.entity}" if key.entity else key.domain
