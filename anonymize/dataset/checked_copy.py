"""Copies a part into memory, or into a file without a name, while its digest is computed.

A reader's keyring holds the data keys of a part, so its holder can encrypt other bytes that Parquet
accepts. With write access to the folder too, they can change a part at any moment. So what is
decoded must be the bytes that were hashed, not what the file holds later.

Parts of earlier releases are read so, which have no digests of their blocks; see `CheckedBlocks`.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import stat
import tempfile
from pathlib import Path

import pyarrow as pa

from anonymize.dataset.manifest import FileEntry
from anonymize.dataset.plainfile import open_to_read
from anonymize.errors import DatasetError
from anonymize.io.sink.parts import MAGIC

IN_MEMORY_BYTES = 128 << 20
"""Parts up to this size are copied into memory; larger ones into a file."""
_CHUNK_BYTES = 1 << 20
"""Small enough to be hashed while it is in the processor's cache."""


def checked_copy(path: Path, entry: FileEntry) -> pa.NativeFile:
    """Return a copy of the encrypted part at ``path`` that nobody else can change, after comparing
    its digest with ``entry``.

    A part of up to 128 MiB is held in memory. A larger one is copied to an unnamed file of this
    process in the folder for temporary files (``TMPDIR``), readable by the owner only; its bytes
    are encrypted there too, and are gone when the copy is released or the process ends.

    Raises:
        DatasetError: the part is missing, is not encrypted Parquet, or its bytes are not those that
            the manifest lists; or there is no room for the copy.
    """
    handle = open_to_read(path)
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size != entry.size_bytes:
            raise changed(path)
        in_memory = entry.size_bytes <= IN_MEMORY_BYTES
        copy, digest = _in_memory(handle, entry) if in_memory else _in_file(handle, entry, path)
    except OSError as error:
        raise cannot_be_read(path, error) from None
    finally:
        os.close(handle)
    if bytes(memoryview(copy)[:4]) != MAGIC:
        raise DatasetError("is not encrypted Parquet: refused", place=str(path))
    if digest != entry.sha256:
        raise changed(path)
    return pa.BufferReader(copy)


def _in_memory(handle: int, entry: FileEntry) -> tuple[pa.Buffer, str]:
    """Return the copy and its digest. It stops early where the file does, and then differs."""
    copy, digest, filled = pa.allocate_buffer(entry.size_bytes), hashlib.sha256(), 0
    view = memoryview(copy).cast("B")
    while read := os.readv(handle, [view[filled : filled + _CHUNK_BYTES]]):
        digest.update(view[filled : filled + read])
        filled += read
    return copy, digest.hexdigest()


def _in_file(handle: int, entry: FileEntry, path: Path) -> tuple[pa.Buffer, str]:
    chunk, digest, filled = memoryview(bytearray(_CHUNK_BYTES)), hashlib.sha256(), 0
    try:
        with tempfile.TemporaryFile(buffering=0) as file:
            file.truncate(entry.size_bytes)
            while read := os.readv(handle, [chunk[: entry.size_bytes - filled]]):
                digest.update(chunk[:read])
                _write(file.fileno(), chunk[:read])
                filled += read
            mapped = mmap.mmap(file.fileno(), entry.size_bytes, access=mmap.ACCESS_READ)
    except OSError as error:
        what = (
            f"the copy that is read cannot be made ({os.strerror(error.errno or 5).lower()});"
            f" name a folder with {entry.size_bytes} free bytes in TMPDIR"
        )
        raise DatasetError(what, place=str(path)) from None
    return pa.py_buffer(mapped), digest.hexdigest()


def _write(handle: int, data: memoryview) -> None:
    while data:
        data = data[os.write(handle, data) :]


def cannot_be_read(path: Path, error: OSError) -> DatasetError:
    """Return the error for a part that the disk does not give."""
    what = f"cannot be read: {os.strerror(error.errno or 5).lower()}"
    return DatasetError(what, place=str(path))


def changed(path: Path) -> DatasetError:
    """Return the error for a part whose bytes have another digest than the signed one."""
    return DatasetError("its bytes are not those the manifest lists: refused", place=str(path))
