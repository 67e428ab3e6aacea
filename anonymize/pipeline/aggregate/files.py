"""Makes the files of a release before anything is spent, and removes them if it fails."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from anonymize.errors import ArgumentError, DatasetError

_AT_ONCE = 1 << 20


@contextlib.contextmanager
def new_files(*paths: Path, again: bool = False) -> Iterator[tuple[BinaryIO, ...]]:
    """Make files before anything is spent, because what cannot be written would be lost; remove
    them if the work fails. Only this account may read them. With ``again`` an empty file of before
    is taken: a process that was killed had made it.

    Raises:
        ArgumentError: one is there already.
        DatasetError: one cannot be made.
    """
    made: list[Path] = []
    try:
        with contextlib.ExitStack() as opened:
            files = tuple(opened.enter_context(_new(path, made, again)) for path in paths)
            yield files
            for file in files:
                file.flush()
                os.fsync(file.fileno())
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _new(path: Path, made: list[Path], again: bool) -> BinaryIO:
    if again and path.is_file() and not path.is_symlink() and not path.stat().st_size:
        path.unlink(missing_ok=True)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ArgumentError("exists; name another file", place=str(path)) from None
    except OSError as error:
        what = f"cannot be written: {os.strerror(error.errno or 0).lower()}"
        raise DatasetError(what, place=str(path)) from None
    made.append(path)
    return os.fdopen(handle, "w+b")


def write_document(document: Mapping[str, Any], file: BinaryIO) -> None:
    """Write a signed document as people read it."""
    file.write(json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n")


def sha256_of(file: BinaryIO) -> str:
    """Return the SHA-256 of all that a file holds, hexadecimal."""
    file.flush()
    file.seek(0)
    digest = hashlib.sha256()
    while some := file.read(_AT_ONCE):
        digest.update(some)
    return digest.hexdigest()
