"""A vault in the memory of one process, for previewing a policy."""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.names import KeyId
from anonymize.vault.bulk import BulkVault, Namespace
from anonymize.vault.sealing import Entry, new_identity


class MemoryVault(BulkVault):
    """A vault that stores nothing on disk; for one thread."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._identity = new_identity()
        self._kept: list[Namespace] = []
        self._entries: dict[tuple[int, bytes], Entry] = {}
        self._owners: set[tuple[int, bytes, bytes]] = set()

    def _namespaces(self) -> list[Namespace]:
        return list(self._kept)

    def _add_namespace(self, name: str, key_id: KeyId, locked: bytes) -> None:
        if not self._find(name):
            self._kept.append(Namespace(len(self._kept), name, key_id, locked))

    def _relock(self, before: Namespace, key_id: KeyId, locked: bytes) -> bool:
        if before not in self._kept:
            return False
        self._kept[before.number] = before._replace(key_id=key_id, locked=locked)
        return True

    def _get(self, number: int, digests: Sequence[bytes]) -> dict[bytes, Entry]:
        return {
            digest: self._entries[number, digest]
            for digest in digests
            if (number, digest) in self._entries
        }

    def _add(
        self, number: int, entries: Sequence[Entry], links: Sequence[tuple[bytes, bytes]]
    ) -> dict[bytes, Entry]:
        first = {entry[0]: self._entries.setdefault((number, entry[0]), entry) for entry in entries}
        self._owners |= {(number, owner, digest) for digest, owner in links}
        return first

    def _by_token(self, number: int, tokens: Sequence[bytes]) -> dict[bytes, bytes]:
        mine = {
            token: sealed
            for (held, _), (_, token, sealed) in self._entries.items()
            if held == number
        }
        return {token: mine[token] for token in tokens if token in mine}

    def _remove(self, number: int, digests: Sequence[bytes]) -> int:
        gone = {(number, digest) for digest in digests}
        self._owners = {link for link in self._owners if (link[0], link[2]) not in gone}
        return sum(self._entries.pop(key, None) is not None for key in gone)

    def _remove_subjects(self, number: int, subjects: Sequence[bytes]) -> int:
        theirs = {link for link in self._owners if link[0] == number and link[1] in subjects}
        self._owners -= theirs
        shared = {digest for held, _, digest in self._owners if held == number}
        return self._remove(number, [digest for _, _, digest in theirs if digest not in shared])

    def _linked(self, number: int, subjects: Sequence[bytes]) -> int:
        return sum(held == number and owner in subjects for held, owner, _ in self._owners)

    def _count(self, number: int) -> int:
        return sum(held == number for held, _ in self._entries)

    def identity(self) -> str:
        """Return the vault's id; see ``TokenVault``."""
        return self._identity

    def close(self) -> None:
        """Do nothing: there is no connection."""
