"""An object of Google Cloud Storage as a file of a source."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from anonymize.errors import SourceError
from anonymize.io.stores.gcs_client import gcs_client
from anonymize.io.stores.objects import ObjectGoneError, ObjectState, StoredObject
from anonymize.io.stores.refusals import CHANGED
from anonymize.io.stores.rest_client import Answer
from anonymize.io.stores.rest_refusals import NOT_FOUND, Words, checked_range, is_done, refused
from anonymize.policy.addresses import Address

LISTED_BYTES = 64 << 20
"""Longest page of a listing: a thousand names of a kilobyte each are a megabyte."""
_WORDS = Words("bucket", "", ())
_FIELDS = "name,size,generation"
_RAW = {"Accept-Encoding": "gzip"}
"""The bytes as they are stored: without it the store opens objects whose Content-Encoding is gzip,
and ranges have no meaning.
"""


@dataclass(frozen=True)
class GcsObject(StoredObject):
    """An object of Google Cloud Storage. Its generation, a number that each write gives anew, is
    in place of an ETag: it is what reads ask for.
    """

    scheme = "gs"

    @classmethod
    def find(cls, address: Address) -> GcsObject | None:
        """Return the object with exactly this key; see `StoredObject.find`."""
        return cls._found(address, str(address))

    @classmethod
    def _found(cls, address: Address, place: str) -> GcsObject | None:
        answer = _asked(address, place, f"/o/{_quoted(address)}?fields={_FIELDS}")
        if answer.status == NOT_FOUND:  # of a bucket too; listing says which
            return None
        return cls._of(address.bucket, _json(answer, place))

    @classmethod
    def listed(cls, address: Address, prefix: str) -> Iterator[GcsObject]:
        """Yield the objects of a bucket whose keys begin with ``prefix``."""
        wanted = {"prefix": prefix, "fields": f"items({_FIELDS}),nextPageToken"}
        while True:
            answer = _asked(address, str(address), f"/o?{urlencode(wanted)}")
            if answer.status == NOT_FOUND:
                raise SourceError("there is no such bucket", place=str(address))
            page = _json(answer, str(address))
            for one in page.get("items", ()):
                yield cls._of(address.bucket, one)
            if not page.get("nextPageToken"):
                return
            wanted["pageToken"] = page["nextPageToken"]

    @classmethod
    def _of(cls, bucket: str, told: dict[str, Any]) -> GcsObject:
        return cls(bucket, str(told["name"]), str(told["generation"]), int(told["size"]))

    def state(self) -> ObjectState:
        """Return the present state; see `FilePlace.state`."""
        found = self._found(Address(self.scheme, self.bucket, self.key), str(self))
        if found is None:
            raise ObjectGoneError("there is no such object", place=str(self))
        return ObjectState(found.size_bytes, found.etag)

    def _asked(self, first: int, end: int) -> bytes:
        """Return the bytes from ``first`` up to ``end``; another generation is refused by the
        store, and noticed here where a store does not.
        """
        address, place = Address(self.scheme, self.bucket, self.key), str(self)
        query = f"alt=media&ifGenerationMatch={self.etag}"
        answer = _asked(
            address,
            place,
            f"/o/{_quoted(address)}?{query}",
            {"Range": f"bytes={first}-{end - 1}", **_RAW},
            end - first + 1,
        )
        if answer.status == NOT_FOUND:
            raise SourceError(CHANGED, place=place)
        if not is_done(answer):
            raise refused(answer, _code(answer), place, _WORDS)
        if answer.headers.get("X-Goog-Generation", self.etag) != self.etag:
            raise SourceError(CHANGED, place=place)
        return checked_range(answer, first, end, self.size_bytes, place)


def _asked(
    address: Address,
    place: str,
    path: str,
    headers: dict[str, str] | None = None,
    most_bytes: int = LISTED_BYTES,
) -> Answer:
    whole = f"/storage/v1/b/{quote(address.bucket, safe='')}{path}"
    return gcs_client(place).ask(place, whole, headers or {}, most_bytes=most_bytes)


def _quoted(address: Address) -> str:
    """Return a key as one part of a path.

    Raises:
        SourceError: it is ``.`` or ``..``, which any library on the way takes for a folder.
    """
    if address.key in (".", ".."):
        raise SourceError("is no name of an object", place=str(address))
    return quote(address.key, safe="")


def _json(answer: Answer, place: str) -> dict[str, Any]:
    if not is_done(answer):
        raise refused(answer, _code(answer), place, _WORDS)
    try:
        told = json.loads(answer.body)
        if isinstance(told, dict):
            return told
    except (ValueError, RecursionError):
        pass
    raise SourceError("the store's answer is not what Google Cloud Storage sends", place=place)


def _code(answer: Answer) -> str:
    """Return the reason of a refusal: one word, if the store says one."""
    try:
        return str(json.loads(answer.body)["error"]["errors"][0]["reason"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
