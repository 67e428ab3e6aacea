"""Addresses of sources and sinks in object stores: ``s3://bucket/key``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from anonymize.policy.https_source import https_address
from anonymize.policy.local_paths import local_path, local_path_or_database

_ADDRESS = re.compile(r"(s3):/{1,2}(.*)", re.IGNORECASE | re.DOTALL)
"""Also with one slash, which is what `pathlib` makes of two."""
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class Address:
    """The address of an object, or of all objects below a prefix."""

    scheme: str
    """``s3``."""
    bucket: str
    key: str
    """Key, prefix or glob, without a slash at its beginning; empty for the whole bucket."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.bucket}/{self.key}"


def address_of(text: str) -> Address | None:
    """Return the address that ``text`` is, None for a path of this machine.

    Raises:
        ValueError: it is one of an object store, with a bucket that cannot be, or with credentials,
            which belong into the environment; the error quotes nothing of them.
    """
    found = _ADDRESS.match(text)
    if found is None:
        return None
    bucket, _, key = found.group(2).partition("/")
    if "@" in bucket or ":" in bucket:
        raise ValueError(
            "holds credentials or an endpoint; they belong into the environment (AWS_PROFILE,"
            " AWS_ENDPOINT_URL)"
        )
    if not _BUCKET.fullmatch(bucket):
        raise ValueError("names no bucket: 3 to 63 lower-case letters, digits, '.' and '-'")
    if not key.isprintable():
        raise ValueError("holds characters that cannot be printed")
    return Address(found.group(1).lower(), bucket, key)


def source_path(text: str) -> str:
    """Return ``text`` as a path of this machine, or an address of an object store, a database or
    an ``https://`` server.

    Raises:
        ValueError: it is an address of another service.
    """
    if (web := https_address(text)) is not None:
        return web
    address = address_of(text)
    return local_path_or_database(text) if address is None else str(address)


def sink_path(text: str) -> str:
    """Return ``text`` as a path of this machine or the address of a prefix in an object store.

    Raises:
        ValueError: it is an address of another service, or one without a prefix: a dataset shares
            no bucket's root with anything else.
    """
    address = address_of(text)
    if address is None:
        return local_path(text)
    key = address.key.strip("/")
    if not key or any(character in key for character in "*?[]") or "//" in key:
        raise ValueError("names no prefix for a dataset; write s3://bucket/prefix")
    return str(Address(address.scheme, address.bucket, key))
