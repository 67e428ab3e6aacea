"""A blob of Azure Blob Storage as a file of a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode
from xml.etree import ElementTree

from anonymize.errors import SourceError
from anonymize.io.stores.azure_account import azure_client
from anonymize.io.stores.objects import ObjectGoneError, ObjectState, StoredObject
from anonymize.io.stores.refusals import CHANGED
from anonymize.io.stores.rest_client import Answer
from anonymize.io.stores.rest_refusals import NOT_FOUND, Words, checked_range, is_done, refused
from anonymize.policy.addresses import Address

LISTED_BYTES = 64 << 20
"""Longest page of a listing: five thousand names of a kilobyte each are five megabytes."""
_BAD_CREDENTIALS = (
    "AuthenticationFailed",
    "InvalidAuthenticationInfo",
    "NoAuthenticationInformation",
    "AccountIsDisabled",
)
_WORDS = Words("container", "ContainerNotFound", _BAD_CREDENTIALS)


@dataclass(frozen=True)
class AzureObject(StoredObject):
    """A blob; the reads ask for its ETag, which each write gives anew. A bucket is a container of
    the storage account that the environment names.
    """

    scheme = "az"

    @classmethod
    def find(cls, address: Address) -> AzureObject | None:
        """Return the blob with exactly this key; see `StoredObject.find`."""
        answer = _head(address, str(address))
        if answer.status == NOT_FOUND or _is_folder(answer):  # of a container too: listing says
            return None
        size = int(answer.headers["Content-Length"])
        return cls(address.bucket, address.key, _etag(answer.headers["ETag"]), size)

    @classmethod
    def listed(cls, address: Address, prefix: str) -> Iterator[AzureObject]:
        """Yield the blobs of a container whose keys begin with ``prefix``; no folders."""
        wanted = {"restype": "container", "comp": "list", "include": "metadata", "prefix": prefix}
        while True:
            answer = _asked(address, str(address), f"?{urlencode(wanted)}")
            page = _xml(answer, str(address))
            for one in page.iterfind("Blobs/Blob"):
                if (found := cls._of(address.bucket, one)) is not None:
                    yield found
            marker = page.findtext("NextMarker") or ""
            if not marker:
                return
            wanted["marker"] = marker

    @classmethod
    def _of(cls, bucket: str, told: Any) -> AzureObject | None:
        """Return a listed blob, None for a folder of an account with a hierarchy of names."""
        about = told.find("Properties")
        marks = {one.tag.lower(): (one.text or "").lower() for one in told.iterfind("Metadata/*")}
        if marks.get("hdi_isfolder") == "true":
            return None
        if about.findtext("ResourceType") == "directory":
            return None
        name = told.find("Name")
        key = unquote(name.text) if name.get("Encoded") == "true" else name.text
        size = int(about.findtext("Content-Length") or 0)
        return cls(bucket, key, _etag(about.findtext("Etag") or ""), size)

    def state(self) -> ObjectState:
        """Return the present state; see `FilePlace.state`."""
        place = str(self)
        answer = _head(Address(self.scheme, self.bucket, self.key), place)
        if answer.status == NOT_FOUND:
            raise ObjectGoneError("there is no such object", place=place)
        told = answer.headers
        size, version = int(told["Content-Length"]), told.get("x-ms-version-id", "")
        return ObjectState(size, _etag(told["ETag"]), version)

    def _asked(self, first: int, end: int) -> bytes:
        """Return the bytes from ``first`` up to ``end``; another blob of this name is refused by
        the store, by its ETag.
        """
        place = str(self)
        headers = {"x-ms-range": f"bytes={first}-{end - 1}", "If-Match": f'"{self.etag}"'}
        address = Address(self.scheme, self.bucket, self.key)
        answer = _asked(address, place, f"/{_quoted(address)}", headers, end - first + 1)
        if answer.status == NOT_FOUND:
            raise SourceError(CHANGED, place=place)
        if not is_done(answer):
            raise refused(answer, _code(answer), place, _WORDS)
        if _etag(answer.headers.get("ETag", "")) != self.etag:
            raise SourceError(CHANGED, place=place)
        return checked_range(answer, first, end, self.size_bytes, place)


def _head(address: Address, place: str) -> Answer:
    """Return the answer to a HEAD, of which 404 is one."""
    answer = _asked(address, place, f"/{_quoted(address)}", method="HEAD")
    if not is_done(answer) and answer.status != NOT_FOUND:
        raise refused(answer, _code(answer), place, _WORDS)
    return answer


def _asked(
    address: Address,
    place: str,
    path: str,
    headers: dict[str, str] | None = None,
    most_bytes: int = LISTED_BYTES,
    method: str = "GET",
) -> Answer:
    sent = {"Accept-Encoding": "identity", **(headers or {})}
    whole = f"/{address.bucket}{path}"
    return azure_client(place).ask(place, whole, sent, method=method, most_bytes=most_bytes)


def _quoted(address: Address) -> str:
    """Return a key as a path.

    Raises:
        SourceError: a part of it is ``.`` or ``..``: libraries on the way take it for a folder, so
            that another blob would be read.
    """
    if any(part in (".", "..") for part in address.key.split("/")):
        raise SourceError("has a part '.' or '..', which is no folder here", place=str(address))
    return quote(address.key, safe="/~")


def _etag(said: str) -> str:
    """Return an ETag without its quotation marks, which headers have and listings do not."""
    return said.strip('"')


def _is_folder(answer: Answer) -> bool:
    return answer.headers.get("x-ms-meta-hdi_isfolder", "").lower() == "true"


def _code(answer: Answer) -> str:
    return answer.headers.get("x-ms-error-code", "")


def _xml(answer: Answer, place: str) -> Any:
    """Return a page of a listing. One that declares entities is refused: no store's does, and they
    may grow without bounds.
    """
    if not is_done(answer):
        raise refused(answer, _code(answer), place, _WORDS)
    if b"<!" not in answer.body:
        try:
            return ElementTree.fromstring(answer.body)  # noqa: S314 - without entities
        except ElementTree.ParseError:
            pass
    raise SourceError("the store's answer is not what Azure Blob Storage sends", place=place)
