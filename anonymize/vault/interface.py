"""What a token vault does, whichever database keeps it."""

from __future__ import annotations

from typing import Protocol

import pyarrow as pa

from anonymize.keys import Checked, PurposeKey
from anonymize.names import KeyId


class TokenVault(Protocol):
    """Random tokens for values, remembered: the token says nothing, and erasing its entry makes it
    meaningless.

    A namespace is the domain and entity of the purpose key it is used with; one value has one
    token within it, whichever process asks. Values are stored encrypted and found by keyed
    digest, under a secret of the namespace that the purpose key locks. An entry that was changed
    in the database is refused. Used from several threads and processes; not pickled: send the URI.
    """

    def tokens(
        self,
        key: PurposeKey,
        values: pa.Array | pa.ChunkedArray,
        subjects: pa.Array | pa.ChunkedArray | None = None,
    ) -> pa.StringArray:
        """Return the tokens of ``values``, made where missing: 26 characters of ``a-z2-7``, null
        where null.

        All new ones of a call are stored in one transaction before it returns. ``subjects``, of the
        same length, says whose the values are, so that ``forget_subjects`` finds them. Values are
        taken byte for byte (numbers and dates as their text); nothing is normalised.

        Raises:
            VaultError: the database is unavailable, busy for minutes, damaged, or under another
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
        """Erase the entries that belong to ``subjects`` and to nobody else; return how many there
        were.

        ``scrub``: whether to take them out of the database's log too; who erases in several
        namespaces does it last.

        Raises:
            VaultLogError: they are erased, but not out of the database's log: see ``scrub``.
        """
        ...

    def linked(self, key: PurposeKey, subjects: pa.Array | pa.ChunkedArray) -> int:
        """Return how many entries belong to ``subjects``, alone or with others; nothing is
        changed.
        """
        ...

    def scrub(self) -> None:
        """Take what was erased out of the database's own log too, where it has one beside it; wait
        for its readers.

        Raises:
            VaultLogError: a reader did not end in time, so the log still holds it.
        """
        ...

    def count(self, key: PurposeKey) -> int:
        """Return how many values the namespace of ``key`` holds."""
        ...

    def key_ids(self) -> dict[str, KeyId]:
        """Return each namespace and the id of the key that locks it."""
        ...

    def rewrap(self, old: PurposeKey, new: PurposeKey) -> None:
        """Lock the namespace by ``new`` instead of ``old``, both of one domain and entity; tokens
        stay as they are.
        """
        ...

    def identity(self) -> str:
        """Return the vault's random id, made with its tables: it tells it from another one at the
        same place.

        32 hexadecimal digits; a copy or a restored backup has the id of what it was made of.
        """
        ...

    def require_writable(self) -> None:
        """Return if new tokens can be stored.

        Raises:
            VaultError: the role lacks a right, or the server takes no writes.
        """
        ...

    def close(self) -> None:
        """Let go of the connections of this process."""
        ...


def namespace_of(key: PurposeKey) -> str:
    """Return the namespace in which ``key`` is used: its domain, and its entity where it has
    one.
    """
    return f"{key.domain}/{key.entity}" if key.entity else key.domain
