"""The vault's work on whole columns. A database only implements a few small operations on bytes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import VaultError
from anonymize.keys import Checked, PurposeKey
from anonymize.keys.primitives.byte_columns import (
    Bytes,
    Rows,
    as_bytes,
    build,
    distinct_of,
    flatten,
    groups,
)
from anonymize.keys.primitives.cmac import PSEUDONYM_LENGTH, base32, base32_decode
from anonymize.keys.primitives.siv import typed
from anonymize.names import KeyId
from anonymize.vault.interface import namespace_of
from anonymize.vault.sealing import (
    WIDTH,
    Entry,
    Sealer,
    as_objects,
    lock,
    new_secret,
    new_tokens,
    unlock,
)

Mask = npt.NDArray[np.bool_]


class Namespace(NamedTuple):
    """One namespace as the database stores it."""

    number: int
    name: str
    key_id: KeyId
    locked: bytes


class BulkVault(ABC):
    """A ``TokenVault`` that uses a database."""

    def __init__(self) -> None:
        """Start without opened namespaces."""
        self._open: dict[str, tuple[Namespace, Sealer]] = {}

    @abstractmethod
    def _namespaces(self) -> list[Namespace]:
        """Return all namespaces."""

    @abstractmethod
    def _add_namespace(self, name: str, key_id: KeyId, locked: bytes) -> None:
        """Store a namespace unless one of that name exists."""

    @abstractmethod
    def _relock(self, before: Namespace, key_id: KeyId, locked: bytes) -> bool:
        """Replace a namespace's lock if it still equals ``before``; return True if it did."""

    @abstractmethod
    def _get(self, number: int, digests: Sequence[bytes]) -> dict[bytes, Entry]:
        """Return the existing entries, by digest."""

    @abstractmethod
    def _add(
        self, number: int, entries: Sequence[Entry], links: Sequence[tuple[bytes, bytes]]
    ) -> dict[bytes, Entry]:
        """Store, in one transaction, the entries whose digests are new, and the links (digest,
        subject).

        Return the entries that other processes stored first, by digest.
        """

    @abstractmethod
    def _by_token(self, number: int, tokens: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the existing sealed values, by token."""

    @abstractmethod
    def _remove(self, number: int, digests: Sequence[bytes]) -> int:
        """Erase entries and their links in one transaction; return the number of entries."""

    @abstractmethod
    def _remove_subjects(self, number: int, subjects: Sequence[bytes]) -> int:
        """Erase the subjects' links and the entries that no other subject is linked to; return
        their number.
        """

    @abstractmethod
    def _linked(self, number: int, subjects: Sequence[bytes]) -> int:
        """Return the number of entries of the subjects, including shared ones."""

    def scrub(self) -> None:  # noqa: B027 - most have no log of ours
        """Remove erased data from the database's log, if the log is under this process's
        control.
        """

    @abstractmethod
    def identity(self) -> str:
        """Return the vault's id; see ``TokenVault``."""

    def require_writable(self) -> None:  # noqa: B027 - a file that opens can be written to
        """Check that new tokens can be stored; see ``TokenVault``."""

    @abstractmethod
    def _count(self, number: int) -> int:
        """Return the number of entries of a namespace."""

    def tokens(
        self,
        key: PurposeKey,
        values: pa.Array | pa.ChunkedArray,
        subjects: pa.Array | pa.ChunkedArray | None = None,
    ) -> pa.StringArray:
        """Return the tokens of ``values``, created if missing; see ``TokenVault``."""
        distinct, indices = _distinct(values)
        namespace, sealer = self._opened(key)
        digests = sealer.digests(distinct)
        order = _sorted_order(digests)
        names = as_objects(digests[order])
        found = self._get(namespace.number, names)
        links = [] if subjects is None else _links(sealer, subjects, indices, digests)
        missing = np.array(
            [row for row, name in zip(order, names, strict=True) if name not in found], np.int64
        )
        if len(missing) or links:
            entries = _new_entries(sealer, digests[missing], distinct.take(pa.array(missing)))
            found.update(zip((entry[0] for entry in entries), entries, strict=True))
            found.update(self._add(namespace.number, entries, links))
        tokens = _checked_tokens(
            sealer, distinct.take(pa.array(order)), [found[name] for name in names]
        )
        placed = np.empty_like(tokens)
        placed[order] = tokens
        return _as_text(placed).take(indices)

    def reveal(
        self, key: PurposeKey, tokens: pa.Array | pa.ChunkedArray, kind: pa.DataType | None = None
    ) -> Checked:
        """Return the values of ``tokens``; see ``TokenVault``."""
        distinct, indices = _distinct(tokens)
        namespace, sealer = self._opened(key)
        raw, malformed = _from_text(distinct)
        names = as_objects(raw)
        sealed = self._by_token(namespace.number, sorted(set(names)))
        column = pa.array([sealed.get(name) for name in names], pa.large_binary())
        opened = sealer.open(raw, column)
        bad: Mask = np.asarray(opened.bad) | malformed
        kept = pc.if_else(pa.array(bad), pa.scalar(None, pa.large_binary()), opened.values)
        result = typed(kept, bad, kind or pa.string())
        return Checked(result.values.take(indices), result.bad.take(indices).fill_null(False))

    def forget_values(self, key: PurposeKey, values: pa.Array | pa.ChunkedArray) -> int:
        """Erase the entries of ``values``; see ``TokenVault``."""
        namespace, sealer = self._opened(key)
        removed = self._remove(
            namespace.number, sorted(as_objects(sealer.digests(_distinct(values)[0])))
        )
        self.scrub()
        return removed

    def forget_subjects(
        self, key: PurposeKey, subjects: pa.Array | pa.ChunkedArray, *, scrub: bool = True
    ) -> int:
        """Erase the entries of ``subjects`` that no other subject shares; see ``TokenVault``."""
        namespace, sealer = self._opened(key)
        removed = self._remove_subjects(
            namespace.number, sorted(as_objects(sealer.subjects(_distinct(subjects)[0])))
        )
        if scrub:
            self.scrub()
        return removed

    def linked(self, key: PurposeKey, subjects: pa.Array | pa.ChunkedArray) -> int:
        """Return the number of entries of ``subjects``; see ``TokenVault``."""
        namespace, sealer = self._opened(key)
        return self._linked(
            namespace.number, sorted(as_objects(sealer.subjects(_distinct(subjects)[0])))
        )

    def count(self, key: PurposeKey) -> int:
        """Return the number of values in the namespace of ``key``."""
        return self._count(self._opened(key)[0].number)

    def key_ids(self) -> dict[str, KeyId]:
        """Return each namespace and the id of the key that locks it."""
        return {namespace.name: namespace.key_id for namespace in self._namespaces()}

    def rewrap(self, old: PurposeKey, new: PurposeKey) -> None:
        """Lock the namespace with ``new`` instead of ``old``; see ``TokenVault``."""
        name = namespace_of(old)
        if name != namespace_of(new):
            raise VaultError(f"a namespace keeps its domain: '{name}' is not '{namespace_of(new)}'")
        self._open.pop(name, None)
        namespace, _ = self._opened(old)
        secret = unlock(old, name, namespace.locked)
        if not self._relock(namespace, new.id, lock(new, name, secret)):
            raise VaultError(
                f"the vault's namespace '{name}' was locked anew by another process; look again"
            )
        self._open.pop(name, None)

    def _opened(self, key: PurposeKey) -> tuple[Namespace, Sealer]:
        name = namespace_of(key)
        if name not in self._open:
            if not self._find(name):
                self._add_namespace(name, key.id, new_secret(key, name))
            namespace = self._find(name)[0]
            if namespace.key_id != key.id:
                raise _locked_by(namespace)
            self._open[name] = (namespace, Sealer(unlock(key, name, namespace.locked)))
        namespace, sealer = self._open[name]
        if namespace.key_id != key.id:
            raise _locked_by(namespace)
        return namespace, sealer

    def _find(self, name: str) -> list[Namespace]:
        return [namespace for namespace in self._namespaces() if namespace.name == name]

    def __reduce__(self) -> NoReturn:
        """Refuse pickling."""
        raise TypeError("vaults are not pickled; send the URI and open it there")


def _locked_by(namespace: Namespace) -> VaultError:
    what = (
        f"the vault's namespace '{namespace.name}' is locked by key '{namespace.key_id}': use that"
        " version"
    )
    return VaultError(what)


def _distinct(values: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Return the distinct values as large binary without null, and each row's index among them."""
    plain, indices = distinct_of(values)
    encoded = as_bytes(plain).cast(pa.large_binary()).dictionary_encode()
    rows = encoded.indices if indices is None else encoded.indices.take(indices)
    return encoded.dictionary, rows


def _sorted_order(digests: Bytes) -> Rows:
    words = digests.view(">u8").astype(np.uint64).reshape(len(digests), 2)
    return np.lexsort((words[:, 1], words[:, 0])).astype(np.int64)


def _new_entries(sealer: Sealer, digests: Bytes, values: pa.Array) -> list[Entry]:
    tokens = new_tokens(len(digests))
    sealed = sealer.seal(tokens, values).to_pylist()
    return list(zip(as_objects(digests), as_objects(tokens), sealed, strict=True))


def _checked_tokens(sealer: Sealer, values: pa.Array, entries: Sequence[Entry]) -> Bytes:
    """Return the entries' tokens, after checking that each opens to the value that it was found
    for.
    """
    tokens = np.frombuffer(b"".join([token for _, token, _ in entries]), np.uint8)
    if tokens.size != WIDTH * len(entries):
        raise _changed()
    tokens = tokens.reshape(len(entries), WIDTH)
    opened = sealer.open(tokens, pa.array([sealed for _, _, sealed in entries], pa.large_binary()))
    if opened.values.null_count or not opened.values.equals(values):
        raise _changed()
    return tokens


def _changed() -> VaultError:
    return VaultError("entries of the vault were changed outside of it; restore the database")


def _links(
    sealer: Sealer, subjects: pa.Array | pa.ChunkedArray, indices: pa.Array, digests: Bytes
) -> list[tuple[bytes, bytes]]:
    whose, rows = _distinct(subjects)
    pairs = (
        pa.table({"value": indices, "subject": rows})
        .drop_null()
        .group_by(["value", "subject"])
        .aggregate([])
    )
    values, owners = (
        digests[np.asarray(pairs["value"])],
        sealer.subjects(whose)[np.asarray(pairs["subject"])],
    )
    return sorted(zip(as_objects(values), as_objects(owners), strict=True))


def _as_text(tokens: Bytes) -> pa.StringArray:
    offsets = np.arange(0, PSEUDONYM_LENGTH * (len(tokens) + 1), PSEUDONYM_LENGTH, dtype=np.int64)
    return build(pa.string(), offsets, base32(tokens).ravel(), np.ones(len(tokens), np.bool_))


def _from_text(texts: pa.Array) -> tuple[Bytes, Mask]:
    flat = flatten(texts)
    raw, bad = np.zeros((len(flat), WIDTH), np.uint8), np.ones(len(flat), np.bool_)
    for rows, matrix in groups(flat):
        if matrix.shape[1] == PSEUDONYM_LENGTH:
            raw[rows], bad[rows] = base32_decode(matrix)
    return raw, bad


def chunks(items: Sequence[bytes], size: int) -> Iterable[Sequence[bytes]]:
    """Yield ``items`` in chunks of ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
