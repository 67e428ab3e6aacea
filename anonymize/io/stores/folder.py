"""A folder of objects that a dataset lies in: every object encrypted on request and checked after
it was written, and one of them replaced only by who saw its last state.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from anonymize.errors import DatasetError
from anonymize.io.stores.client import s3_client, whole_answer
from anonymize.io.stores.refusals import is_lost_race, is_missing, is_unchanged, time_of, translated
from anonymize.policy.addresses import Address

PART_BYTES = 8 << 20
"""Bytes of a request of a multipart upload; smaller files are one request."""
_DELETED_AT_ONCE = 1000


class LostRaceError(Exception):
    """The object is not what it was: another process replaced it first."""


@dataclass(frozen=True)
class Written:
    """An object that was written and checked."""

    key: str
    """Below the folder."""
    size_bytes: int


@dataclass(frozen=True)
class StoreFolder:
    """All objects below an address."""

    address: Address
    bucket_key: str | None = None
    """The KMS key that encrypts every object; None for the store's own keys (AES256)."""

    def __str__(self) -> str:
        return str(self.address).rstrip("/")

    def key_of(self, name: str) -> str:
        """Return the whole key of ``name``."""
        prefix = self.address.key.strip("/")
        return f"{prefix}/{name}" if prefix else name

    def read(self, name: str, most_bytes: int, unless: str = "") -> tuple[bytes, str] | None:
        """Return an object's bytes and ETag; None if there is none, or it still has the ETag
        ``unless``.

        Raises:
            DatasetError: it may not be read, or is larger than ``most_bytes``.
        """
        known = {"IfNoneMatch": unless} if unless else {}
        asked = {"Bucket": self.address.bucket, "Key": self.key_of(name), **known}
        try:
            answer, data = whole_answer(self._client(), asked, most_bytes + 1)
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            if is_missing(error) or is_unchanged(error):
                return None
            raise self._told(error, name) from None
        if len(data) > most_bytes:
            raise DatasetError(f"is larger than {most_bytes} bytes", place=f"{self}/{name}")
        return data, str(answer["ETag"])

    def exists(self, name: str) -> bool:
        """Return True if there is such an object."""
        try:
            self._client().head_object(Bucket=self.address.bucket, Key=self.key_of(name))
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            if is_missing(error):
                return False
            raise self._told(error, name) from None
        return True

    def download(self, name: str, path: Path) -> bool:
        """Write an object's bytes to ``path``; return False if there is no such object."""
        try:
            self._client().download_file(self.address.bucket, self.key_of(name), str(path))
        except OSError as error:
            if error.errno:
                raise DatasetError(
                    f"cannot be written: {error.strerror}", place=str(path)
                ) from None
            raise self._told(error, name) from None
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            if is_missing(error):
                return False
            raise self._told(error, name) from None
        return True

    def write_new(self, name: str, path: Path) -> Written:
        """Write a file to a new object, in parts if it is large, and check what the store has.

        Raises:
            DatasetError: no permission, or the store has other bytes or no encryption; the object
                is removed then.
        """
        from boto3.s3.transfer import TransferConfig

        config = TransferConfig(multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES)
        size, checksum = _checksum(path)
        try:
            self._client().upload_file(
                str(path),
                self.address.bucket,
                self.key_of(name),
                ExtraArgs={**self._encryption(), "ChecksumAlgorithm": "SHA256"},
                Config=config,
            )
        except Exception as error:  # noqa: BLE001 - S3UploadFailedError holds the cause
            raise self._told(error.__context__ or error, name) from None
        self._check(name, path, size, checksum)
        return Written(name, size)

    def _check(self, name: str, path: Path, size: int, checksum: bytes) -> None:
        """Refuse an object that is not what was written, or is not encrypted as asked."""
        try:
            head: dict[str, Any] = self._client().head_object(
                Bucket=self.address.bucket, Key=self.key_of(name), ChecksumMode="ENABLED"
            )
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            raise self._told(error, name) from None
        said = str(head.get("ChecksumSHA256", "")).partition("-")[0]
        wanted = self._encryption()["ServerSideEncryption"]
        what = ""
        if head.get("ContentLength") != size:
            what = "has another size in the store than was written"
        elif said and said != base64.b64encode(checksum).decode():
            what = "has another checksum in the store than what was written"
        elif not said and self._digest(name) != _digest_of(path):
            what = "has other bytes in the store than were written"
        elif head.get("ServerSideEncryption") != wanted:
            what = f"was not encrypted as asked ({wanted}); the store does not do it"
        if what:
            self.delete([name])
            raise DatasetError(f"{what}; nothing was published", place=f"{self}/{name}")

    def _digest(self, name: str) -> bytes:
        """Return the SHA-256 of an object by reading it; for stores that keep no checksums."""
        digest = hashlib.sha256()
        try:
            body = self._client().get_object(Bucket=self.address.bucket, Key=self.key_of(name))[
                "Body"
            ]
            while chunk := body.read(PART_BYTES):
                digest.update(chunk)
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            raise self._told(error, name) from None
        return digest.digest()

    def replace(self, name: str, data: bytes, etag: str) -> str:
        """Replace the object that has ``etag`` (empty: create it) by ``data``; return its new ETag.

        Of several processes that saw one state, one gets through.

        Raises:
            LostRaceError: another process replaced, created or removed it.
            DatasetError: no permission.
        """
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            answer = self._client().put_object(
                Bucket=self.address.bucket,
                Key=self.key_of(name),
                Body=data,
                ChecksumAlgorithm="SHA256",
                **self._encryption(),
                **condition,
            )
            return str(answer["ETag"])
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            lost = is_lost_race(error) or (is_missing(error) and bool(etag))
            told = self._told(error, name)
        if not (lost or told.passes):
            raise told
        # the answer to a request that was done may have been lost, and the next try refused
        found = self.read(name, len(data))
        if found is not None and found[0] == data:
            return found[1]
        raise LostRaceError if lost else told

    def delete(self, names: Iterable[str]) -> None:
        """Remove objects; those that are gone count as removed."""
        keys = [{"Key": self.key_of(name)} for name in names]
        for at in range(0, len(keys), _DELETED_AT_ONCE):
            some = {"Objects": keys[at : at + _DELETED_AT_ONCE], "Quiet": True}
            try:
                answer = self._client().delete_objects(Bucket=self.address.bucket, Delete=some)
            except Exception as error:  # noqa: BLE001 - botocore's have no common base
                raise self._told(error, "") from None
            if answer.get("Errors"):
                raise DatasetError("objects cannot be removed: no permission", place=str(self))

    def older_than(self, age: timedelta) -> Iterator[str]:
        """Yield the names of the objects that were written longer ago than ``age``, by the store's
        clock: this machine's may be wrong. None if the store does not say its time.
        """
        whole = self.key_of("")
        try:
            pages = self._client().get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.address.bucket, Prefix=whole):
                now = time_of(page)
                for one in page.get("Contents", ()):
                    if now is not None and one["LastModified"] < now - age:
                        yield one["Key"][len(whole) :]
        except Exception as error:  # noqa: BLE001 - botocore's have no common base
            raise self._told(error, "") from None

    def _encryption(self) -> dict[str, str]:
        if self.bucket_key is None:
            return {"ServerSideEncryption": "AES256"}
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.bucket_key}

    def _client(self) -> Any:
        return s3_client(str(self), DatasetError)

    def _told(self, error: BaseException, name: str) -> DatasetError:
        told = translated(error, f"{self}/{name}".rstrip("/"), DatasetError)
        assert isinstance(told, DatasetError)
        return told


def _checksum(path: Path) -> tuple[int, bytes]:
    """Return a file's size and what the store keeps as its SHA-256: for an object in parts that of
    the parts' SHA-256.
    """
    size = path.stat().st_size
    if size < PART_BYTES:
        return size, _digest_of(path)
    parts = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(PART_BYTES):
            parts.update(hashlib.sha256(chunk).digest())
    return size, parts.digest()


def _digest_of(path: Path) -> bytes:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
