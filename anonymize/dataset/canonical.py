"""One byte form for JSON: what is signed and hashed is exactly what lies on disk."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from anonymize.io.parts import sync_folder, write_error


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


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``: after a crash at any point the old bytes or the new are there, whole.

    Raises:
        DatasetError: the disk is full or the folder cannot be written to; the old file is untouched.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise write_error(error, path) from None
