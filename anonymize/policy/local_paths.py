"""Paths of this machine, and what is none."""

from __future__ import annotations

import re

from anonymize.errors import SourceError

_ADDRESS = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]+):/")


def local_path(text: str) -> str:
    """Return ``text`` as a path of this machine, without ``file://``.

    As a path, ``s3://bucket/data`` would be a folder ``s3:``, which would be created without
    notice.

    Raises:
        ValueError: it is an address of an object store or of another service.
    """
    found = _ADDRESS.match(text)
    if found is None:
        return text
    scheme = found.group(1).lower()
    if scheme == "file" and text[5:].startswith("///"):
        return text[7:]
    raise ValueError(
        f"{scheme}: is not supported yet; name a file or folder of this machine, or of one mounted"
        " here"
    )


def local_path_or_database(text: str) -> str:
    """Return ``text`` as a path of this machine, or a database's address as it is.

    Raises:
        ValueError: it is another address, or a database's that is malformed or holds a password;
            the error quotes nothing of it.
    """
    from anonymize.addresses.databases import database_address, is_database

    if not is_database(text):
        return local_path(text)
    try:
        database_address(text)
    except SourceError as error:
        raise ValueError(error.problems[0].what) from None
    return text


def without_nul(path: str) -> str:
    """Return ``path`` if it has no NUL character, at which a system call would end it."""
    if "\0" in path:
        raise ValueError("holds a NUL character, which no path has")
    return path
