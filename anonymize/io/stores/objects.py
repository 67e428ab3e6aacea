"""An object of a store as a file of a source, and its state; how bytes are asked for, each store
says itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar, Self, cast

from anonymize.errors import SourceError
from anonymize.io.stores.hashed_stream import DIGESTS, HashedStream
from anonymize.io.stores.kept_blocks import KEPT, KEPT_BYTES
from anonymize.io.stores.ranges import BLOCK_BYTES, RangedStream
from anonymize.io.stores.refusals import CHANGED
from anonymize.policy.addresses import Address


class ObjectGoneError(SourceError):
    """The store says that there is no such object. Missing credentials, or a store that is away,
    say nothing of the object and are other errors.
    """


@dataclass(frozen=True)
class ObjectState:
    """State of an object."""

    size_bytes: int
    """Length in bytes."""
    etag: str
    """The store's digest, or number, of the content."""
    version_id: str = ""
    """Version of the object, if the bucket keeps versions."""

    def facts(self) -> dict[str, object]:
        """Return size, ETag and version; what the store does not say is left out."""
        facts = {"size_bytes": self.size_bytes, "etag": self.etag, "version_id": self.version_id}
        return {name: fact for name, fact in facts.items() if fact != ""}


@dataclass(frozen=True)
class StoredObject:
    """An object as it was when it was found: reads are refused once it is another one. Holds no
    credentials: each process opens its own.

    Implements `anonymize.io.sources.places.FilePlace`; `find`, `listed`, `state` and `_asked` are
    each store's own.
    """

    scheme: ClassVar[str]
    """How addresses of this store begin."""

    bucket: str
    key: str
    etag: str
    """The store's digest, or number, of the content: reads ask for the object with it alone."""
    size_bytes: int
    folders: tuple[str, ...] = ()
    """The folders between the prefix that the user gave and the object."""
    shown: str = ""
    """What errors say in place of the key, if folders are named like values."""

    @classmethod
    def find(cls, address: Address) -> Self | None:
        """Return the object with exactly the key of an address, None if there is none.

        Raises:
            SourceError: it may not be read, or the store cannot be used.
        """
        raise NotImplementedError

    @classmethod
    def listed(cls, address: Address, prefix: str) -> Iterator[Self]:
        """Yield the objects of an address's bucket whose keys begin with ``prefix``.

        Raises:
            SourceError: there is no such bucket, or it may not be listed.
        """
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}/{self.shown or self.key}"

    @property
    def name(self) -> str:
        """The last part of the key."""
        return self.key.rpartition("/")[2]

    @property
    def local(self) -> Path | None:
        """None: it is not on this machine."""
        return None

    def state(self) -> ObjectState:
        """Return the present state; see `FilePlace.state`."""
        raise NotImplementedError

    def check(self, state: object) -> None:
        """Refuse the object if it is no longer in ``state``; see `FilePlace.check`."""
        try:
            if self.state() == state:
                return
        except ObjectGoneError:
            pass
        raise SourceError(CHANGED, place=str(self))

    def mark(self) -> str:
        """Return size and ETag, which changes with the content."""
        return f"{self.size_bytes} {self.etag}" if self.etag else ""

    def spelled(self) -> str:
        """Return the address."""
        return f"{self.scheme}://{self.bucket}/{self.key}"

    def open(self) -> BinaryIO:
        """Return the object's bytes; see `FilePlace.open`."""
        return cast(
            BinaryIO,
            RangedStream(self._fetch, self.size_bytes, whole=self.size_bytes <= KEPT_BYTES),
        )

    def open_span(self, first: int, end: int) -> BinaryIO:
        """Return the bytes from ``first`` up to ``end``; see `Ranged.open_span`."""
        return cast(BinaryIO, RangedStream(self._fetch, end, first=first))

    def open_hashed(self, first: int) -> BinaryIO:
        """Return the bytes from ``first`` on; see `Ranged.open_hashed`."""
        stream = RangedStream(self._fetch, self.size_bytes, first=0)
        return cast(BinaryIO, HashedStream(stream, first, self.size_bytes, self._content()))

    def absolute(self) -> Self:
        """Return the same object: an address is the same everywhere."""
        return self

    def sha256(self) -> str:
        """Return the SHA-256 of the object's bytes, which are not read for it if `open_hashed`'s
        reader came to their end.
        """
        if self.etag and (known := DIGESTS.get(self._content())):
            return known
        digest = hashlib.sha256()
        with self.open() as stream:
            while chunk := stream.read(BLOCK_BYTES):
                digest.update(chunk)
        return digest.hexdigest()

    def _content(self) -> tuple[str, str, str]:
        """Return what names the object's bytes: all reads are of this ETag."""
        return (f"{self.scheme}://{self.bucket}", self.key, self.etag)

    def _fetch(self, first: int, end: int) -> bytes:
        """Return the bytes from ``first`` up to ``end``, those of small objects from memory: whole
        blocks are kept there, and parts of one are taken from it.
        """
        if self.size_bytes > KEPT_BYTES:
            return self._asked(first, end)
        begin = first // BLOCK_BYTES * BLOCK_BYTES
        block = (*self._content(), begin, min(begin + BLOCK_BYTES, self.size_bytes))
        if (first, end) == block[3:]:
            return KEPT.get(block, lambda: self._asked(first, end))
        if end <= block[4] and (kept := KEPT.peek(block)) is not None:
            return kept[first - begin : end - begin]
        return self._asked(first, end)

    def _asked(self, first: int, end: int) -> bytes:
        """Return the bytes from ``first`` up to ``end`` from the store, of this very object.

        Raises:
            SourceError: it was replaced or removed, or cannot be read; SourceAwayError if that may
                pass.
        """
        raise NotImplementedError
