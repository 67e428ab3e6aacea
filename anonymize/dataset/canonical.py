"""One byte form for JSON: what is signed and hashed is exactly what lies on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from anonymize.errors import ArgumentError
from anonymize.io.sink.parts import sync_folder, write_error


def canonical(value: Any) -> bytes:
    """Return ``value`` as JSON: keys sorted, no spaces, UTF-8, no NaN; equal values give equal bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def parse_canonical(data: bytes) -> Any:
    """Return the value whose canonical form ``data`` is.

    Raises:
        ValueError: ``data`` is not JSON, or not in that form (so nothing may hide in its spelling).
    """
    value = json.loads(data)
    if canonical(value) != data:
        raise ValueError("not in canonical form")
    return value


def plain_json(value: Any, place: str) -> Any:
    """Return ``value`` as it reads back from JSON: text keys, lists; its canonical form is then stable.

    Raises:
        ArgumentError: it holds what JSON cannot (NaN, bytes, half a surrogate pair).
    """
    try:
        return json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False).encode())
    except (TypeError, ValueError, RecursionError):
        raise ArgumentError("holds something that JSON cannot, such as NaN or bytes", place=place) from None


class Prepared:
    """Bytes already on disk beside ``path``; putting them in place takes no more room."""

    def __init__(self, path: Path, data: bytes) -> None:
        """Write ``data`` to a temporary file beside ``path``.

        Raises:
            DatasetError: the disk is full or the folder cannot be written to; nothing is left.
        """
        self.path = path
        self.temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
        try:
            with open(self.temporary, "xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            self.discard()
            raise write_error(error, path) from None

    def put(self, *, sync: bool = True) -> None:
        """Replace ``path``: after a crash the old bytes or the new are there, whole.

        Without ``sync`` the folder's names are the caller's to bring to disk.

        Raises:
            DatasetError: the folder cannot be written to; the old file is untouched.
        """
        try:
            os.replace(self.temporary, self.path)
            if sync:
                sync_folder(self.path.parent)
        except OSError as error:
            self.discard()
            raise write_error(error, self.path) from None

    def discard(self) -> None:
        """Remove the temporary file if it is still there."""
        self.temporary.unlink(missing_ok=True)


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``: after a crash at any point the old bytes or the new are there, whole.

    Raises:
        DatasetError: the disk is full or the folder cannot be written to; the old file is untouched.
    """
    Prepared(path, data).put()
