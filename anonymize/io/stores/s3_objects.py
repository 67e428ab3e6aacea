"""An object of S3 as a file of a source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from anonymize.errors import SourceError
from anonymize.io.stores.client import s3_client, whole_answer
from anonymize.io.stores.objects import ObjectGoneError, ObjectState, StoredObject
from anonymize.io.stores.refusals import CHANGED, is_missing, translated
from anonymize.policy.addresses import Address


@dataclass(frozen=True)
class S3Object(StoredObject):
    """An object of S3; the reads ask for its ETag."""

    scheme = "s3"

    @classmethod
    def find(cls, address: Address) -> S3Object | None:
        """Return the object with exactly this key; see `StoredObject.find`."""
        client = s3_client(str(address))
        try:
            answer = client.head_object(Bucket=address.bucket, Key=address.key)
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            if is_missing(error):  # of a bucket too: the answer to HEAD does not say; listing does
                return None
            raise translated(error, str(address)) from None
        return cls(address.bucket, address.key, str(answer["ETag"]), int(answer["ContentLength"]))

    @classmethod
    def listed(cls, address: Address, prefix: str) -> Iterator[S3Object]:
        """Yield the objects of a bucket whose keys begin with ``prefix``."""
        client = s3_client(str(address))
        try:
            pages = client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=address.bucket, Prefix=prefix):
                for one in page.get("Contents", ()):
                    yield cls(address.bucket, one["Key"], one["ETag"], int(one["Size"]))
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            raise translated(error, str(address)) from None

    def state(self) -> ObjectState:
        """Return the present state; see `FilePlace.state`."""
        return head(self.bucket, self.key)

    def _asked(self, first: int, end: int) -> bytes:
        """Return the bytes from ``first`` up to ``end`` from the store.

        Who wrote the object meanwhile is noticed by its ETag.
        """
        asked = {
            "Bucket": self.bucket,
            "Key": self.key,
            "IfMatch": self.etag,
            "Range": f"bytes={first}-{end - 1}",
        }
        try:
            _, data = whole_answer(s3_client(str(self)), asked, end - first + 1)
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            if is_missing(error):
                raise SourceError(CHANGED, place=str(self)) from None
            raise translated(error, str(self)) from None
        if len(data) == end - first:
            return data
        raise translated(ConnectionError(), str(self))


def head(bucket: str, key: str) -> ObjectState:
    """Return the state of an object.

    Raises:
        SourceError: it is missing, or may not be read.
    """
    place = f"s3://{bucket}/{key}"
    client = s3_client(place)
    try:
        answer: dict[str, Any] = client.head_object(Bucket=bucket, Key=key)
    except Exception as error:  # noqa: BLE001 - botocore's have no common base
        if is_missing(error):
            raise ObjectGoneError("there is no such object", place=place) from None
        raise translated(error, place) from None
    version = str(answer.get("VersionId") or "")
    return ObjectState(
        int(answer["ContentLength"]), str(answer["ETag"]), "" if version == "null" else version
    )
