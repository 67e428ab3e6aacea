"""Files that cost seconds to make and nothing to lose: read only when whole, replaced
atomically.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

_DIGEST_BYTES = 32


def cache_dir() -> Path:
    """Return the folder of cached files: ``COATCHECK_CACHE``, else ``coatcheck`` in the user's
    cache folder.
    """
    own = os.environ.get("COATCHECK_CACHE")
    if own:
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "coatcheck"


def read_cached(key: str) -> bytes | None:
    """Return the bytes kept under ``key``, or None where there are none or a byte of them
    changed.
    """
    try:
        data = _path(key).read_bytes()
    except OSError:
        return None
    digest, body = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
    return body if hashlib.sha256(key.encode() + b"\0" + body).digest() == digest else None


def write_cached(key: str, body: bytes) -> None:
    """Keep ``body`` under ``key``; a folder that cannot be written is no error, the next run builds
    again.
    """
    path = _path(key)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as file:
            file.write(hashlib.sha256(key.encode() + b"\0" + body).digest() + body)
        os.replace(file.name, path)
    except OSError:
        return


def _path(key: str) -> Path:
    return cache_dir() / f"{key}.bin"
