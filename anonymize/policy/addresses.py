"""Addresses in object stores: ``s3://bucket/key`` of sources and datasets, ``gs://bucket/key`` and
``az://container/key`` of sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from anonymize.policy.https_source import https_address
from anonymize.policy.local_paths import local_path, local_path_or_database

DATASET_SCHEME = "s3"
"""How addresses of datasets begin: what publishes them needs a conditional write, and encryption
that is asked for and checked, which are written for this store alone.
"""
_ADDRESS = re.compile(r"(s3|gs|az):/{1,2}(.*)", re.IGNORECASE | re.DOTALL)
"""Also with one slash, which is what `pathlib` makes of two."""
_SIGNATURE = re.compile(r"[?&](x-goog-)?sig(nature)?=", re.IGNORECASE)
"""What an address that somebody else may read by is signed with."""


@dataclass(frozen=True)
class _Store:
    """What addresses of a store look like."""

    bucket: re.Pattern[str]
    no_bucket: str
    """What is said of another name."""
    environment: str
    """Where credentials and endpoint belong."""


_STORES = {
    "s3": _Store(
        re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
        "names no bucket: 3 to 63 lower-case letters, digits, '.' and '-'",
        "AWS_PROFILE, AWS_ENDPOINT_URL",
    ),
    "gs": _Store(
        re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]"),
        "names no bucket: 3 to 222 lower-case letters, digits, '.', '_' and '-'",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ),
    "az": _Store(
        re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"),
        "names no container: 3 to 63 lower-case letters, digits and '-'; the account belongs into"
        " AZURE_STORAGE_ACCOUNT",
        "AZURE_STORAGE_ACCOUNT, AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN",
    ),
}


@dataclass(frozen=True)
class Address:
    """The address of an object, or of all objects below a prefix."""

    scheme: str
    """``s3``, ``gs`` or ``az``."""
    bucket: str
    """The bucket; in Azure the container."""
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
    scheme = found.group(1).lower()
    store, (bucket, _, key) = _STORES[scheme], found.group(2).partition("/")
    if "@" in bucket or ":" in bucket or _SIGNATURE.search(key):
        raise ValueError(
            "holds credentials or an endpoint; they belong into the environment"
            f" ({store.environment})"
        )
    if not store.bucket.fullmatch(bucket):
        raise ValueError(store.no_bucket)
    if not key.isprintable():
        raise ValueError("holds characters that cannot be printed")
    return Address(scheme, bucket, key)


def dataset_address(text: str) -> Address | None:
    """Return the address of a dataset that ``text`` is, None for a path of this machine.

    Raises:
        ValueError: as `address_of`; or it is one of a store that no dataset lies in.
    """
    address = address_of(text)
    if address is not None and address.scheme != DATASET_SCHEME:
        raise ValueError(
            f"{address.scheme}: holds sources, no datasets; a dataset lies in a folder of this"
            " machine or of one mounted here, or in s3://bucket/prefix"
        )
    return address


def source_path(text: str) -> str:
    """Return ``text`` as a path of this machine, or an address of an object store, of a database or
    of an ``https://`` server.

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
    address = dataset_address(text)
    if address is None:
        return local_path(text)
    key = address.key.strip("/")
    if not key or any(character in key for character in "*?[]") or "//" in key:
        raise ValueError("names no prefix for a dataset; write s3://bucket/prefix")
    return str(Address(address.scheme, address.bucket, key))
