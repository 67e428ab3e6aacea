"""Finds the objects of an address: one object, all below a prefix, or those of a glob."""

from __future__ import annotations

import glob
import re
from collections.abc import Mapping

from anonymize.errors import SourceError
from anonymize.io.stores.azure_objects import AzureObject
from anonymize.io.stores.gcs_objects import GcsObject
from anonymize.io.stores.objects import StoredObject
from anonymize.io.stores.s3_objects import S3Object
from anonymize.policy.addresses import Address

STORES: Mapping[str, type[StoredObject]] = {
    store.scheme: store for store in (S3Object, GcsObject, AzureObject)
}
"""What an object is, by the scheme of its address."""


def find_objects(address: Address) -> tuple[tuple[StoredObject, ...], bool]:
    """Return the objects of an address, sorted by key, and whether it named a prefix.

    Below a prefix, and for a glob's wildcards, names that begin with ``.`` are skipped as on this
    machine, below a prefix those that begin with ``_`` too. The stores list what was
    written before.

    Raises:
        SourceError: there are none, no such bucket, or no permission.
    """
    store = STORES[address.scheme]
    if address.key and not address.key.endswith("/"):
        one = store.find(address)
        if one is not None:
            return (one,), False
        if glob.has_magic(address.key):
            return _matching(store, address), False
    prefix = f"{address.key.rstrip('/')}/" if address.key else ""
    found = [
        one
        for one in store.listed(address, prefix)
        if not _hidden(one.key[len(prefix) :].split("/")) and one.name
    ]
    if not found:
        raise SourceError("there is no such object, nor any below it", place=str(address))
    return tuple(sorted(found, key=lambda one: one.key)), True


def _matching(store: type[StoredObject], address: Address) -> tuple[StoredObject, ...]:
    fixed = re.split(r"[*?\[]", address.key, maxsplit=1)[0]
    wanted = re.compile(_as_regex(address.key))
    found = [one for one in store.listed(address, fixed) if one.name and wanted.fullmatch(one.key)]
    if not found:
        raise SourceError("matches no object", place=str(address))
    return tuple(sorted(found, key=lambda one: one.key))


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
