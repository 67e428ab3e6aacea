"""Finds the objects of an address: one object, all below a prefix, or those of a glob."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator

from anonymize.errors import SourceError
from anonymize.io.stores.client import s3_client
from anonymize.io.stores.objects import S3Object
from anonymize.io.stores.refusals import is_missing, translated
from anonymize.policy.addresses import Address


def find_objects(address: Address) -> tuple[tuple[S3Object, ...], bool]:
    """Return the objects of an address, sorted by key, and whether it named a prefix.

    Below a prefix, and for a glob's wildcards, names that begin with ``.`` are skipped as on this
    machine, below a prefix those that begin with ``_`` too. S3 lists what was written before.

    Raises:
        SourceError: there are none, no such bucket, or no permission.
    """
    if address.key and not address.key.endswith("/"):
        one = _one(address)
        if one is not None:
            return (one,), False
        if glob.has_magic(address.key):
            return _matching(address), False
    prefix = f"{address.key.rstrip('/')}/" if address.key else ""
    found = [
        one
        for one in _listed(address, prefix)
        if not _hidden(one.key[len(prefix) :].split("/")) and one.name
    ]
    if not found:
        raise SourceError("there is no such object, nor any below it", place=str(address))
    return tuple(sorted(found, key=lambda one: one.key)), True


def _one(address: Address) -> S3Object | None:
    """Return the object with exactly this key, None if there is none."""
    client = s3_client(str(address))
    try:
        answer = client.head_object(Bucket=address.bucket, Key=address.key)
    except Exception as error:  # noqa: BLE001 - botocore's have no common base
        if is_missing(error):  # of a bucket too: the answer to HEAD does not say; listing does
            return None
        raise translated(error, str(address)) from None
    return S3Object(address.bucket, address.key, str(answer["ETag"]), int(answer["ContentLength"]))


def _matching(address: Address) -> tuple[S3Object, ...]:
    fixed = re.split(r"[*?\[]", address.key, maxsplit=1)[0]
    wanted = re.compile(_as_regex(address.key))
    found = [one for one in _listed(address, fixed) if one.name and wanted.fullmatch(one.key)]
    if not found:
        raise SourceError("matches no object", place=str(address))
    return tuple(sorted(found, key=lambda one: one.key))


def _listed(address: Address, prefix: str) -> Iterator[S3Object]:
    client = s3_client(str(address))
    try:
        pages = client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=address.bucket, Prefix=prefix):
            for one in page.get("Contents", ()):
                yield S3Object(address.bucket, one["Key"], one["ETag"], int(one["Size"]))
    except Exception as error:  # noqa: BLE001 - botocore's have no common base
        raise translated(error, str(address)) from None


def _hidden(parts: list[str]) -> bool:
    return any(part.startswith((".", "_")) for part in parts)


def _as_regex(pattern: str) -> str:
    """Return a glob as a regular expression: ``*`` and ``?`` stop at slashes, ``**`` is any number
    of folders, and no wildcard matches a ``.`` at the beginning of a name.
    """
    parts = []
    names = pattern.split("/")
    for at, name in enumerate(names):
        last = at == len(names) - 1
        if name == "**":
            parts.append("(?:[^/.][^/]*/)*" + ("[^/.][^/]*" if last else ""))
            continue
        begins = "(?!\\.)" if name[:1] in ("*", "?", "[") else ""
        parts.append(begins + _name_regex(name) + ("" if last else "/"))
    return "".join(parts)


def _name_regex(name: str) -> str:
    made, at = "", 0
    while at < len(name):
        end = name.find("]", at + 2)
        if name[at] == "*":
            made += "[^/]*"
        elif name[at] == "?":
            made += "[^/]"
        elif name[at] == "[" and end > 0:
            inside = name[at + 1 : end].replace("\\", "\\\\")
            made += f"[{'^/' + inside[1:] if inside[0] == '!' else inside}]"
            at = end
        else:
            made += re.escape(name[at])
        at += 1
    return made
