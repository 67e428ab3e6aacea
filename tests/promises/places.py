"""What stands below a folder after commands ran there, and what stood there for a while; compressed
forms opened.
"""

from __future__ import annotations

import base64
import binascii
import io
import os
import re
import resource
import sqlite3
import threading
import zipfile
from collections.abc import Iterator, Set
from contextlib import closing, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

_CODECS = {
    b"\x1f\x8b": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\x42\x5a\x68": "bz2",
    b"\x04\x22\x4d\x18": "lz4",
}
_IN_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_EVERY_SECONDS = 0.02


class Watch(threading.Thread):
    """Opens each file that appears below a folder, so that its bytes stay when it is removed.

    A file that is made and removed between two looks is missed; so is one that never had a name.
    """

    def __init__(self, folder: Path) -> None:
        """Watch ``folder`` from ``start()`` to ``stop()``."""
        super().__init__(daemon=True)
        self.folder = folder
        self.open: dict[int, tuple[Path, int]] = {}
        self._done = threading.Event()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def run(self) -> None:
        """Look until told to stop."""
        while not self._done.wait(_EVERY_SECONDS):
            self.look()

    def look(self) -> None:
        """Open what is new."""
        folders = [str(self.folder)]
        while folders:
            with suppress(OSError), os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif entry.inode() not in self.open and entry.is_file(follow_symlinks=False):
                        self._take(entry)

    def _take(self, entry: os.DirEntry[str]) -> None:
        """Open a file, which holds its inode: no later file gets the number while it is watched."""
        with suppress(OSError):
            self.open[entry.inode()] = (
                Path(entry.path),
                os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW),
            )

    def stop(self) -> dict[Path, list[bytes]]:
        """Stop; return what each file holds that stands there or stood there, by the name it was
        first seen under.
        """
        self._done.set()
        self.join()
        self.look()
        held: dict[Path, list[bytes]] = {}
        for path, descriptor in self.open.values():
            with open(descriptor, "rb") as file:
                held.setdefault(path, []).append(file.read())
        return held


def names_below(folder: Path, but: Set[Path]) -> Iterator[bytes]:
    """Yield the name of each file, folder and link below ``folder``, and what links point to; not
    of ``but``.
    """
    known = {*but, *(parent for path in but for parent in path.parents)}
    for place, folders, files in os.walk(folder):
        for path in (Path(place, name) for name in (*folders, *files)):
            if path not in known:
                yield os.fsencode(path.name)
                if path.is_symlink():
                    yield os.fsencode(path.readlink())


def unpacked(data: bytes, depth: int = 2) -> Iterator[bytes]:
    """Yield ``data``, and what it holds in compressed form: whole, or within base64."""
    yield data
    if not depth:
        return
    for inner in _opened(data):
        yield from unpacked(inner, depth - 1)
    for match in _IN_BASE64.finditer(data):
        inner = _from_base64(match[0])
        if inner[:2] in _ZLIB or any(inner.startswith(head) for head in _CODECS):
            yield from unpacked(inner, depth - 1)


def _from_base64(text: bytes) -> bytes:
    plain = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    with suppress(binascii.Error):
        return base64.b64decode(plain[: len(plain) // 4 * 4])
    return b""


def _opened(data: bytes) -> Iterator[bytes]:
    """Yield what a compressed or columnar file holds; nothing where it is neither, or does not open
    without a key.
    """
    for head, codec in _CODECS.items():
        if data.startswith(head):
            with suppress(OSError, pa.ArrowException):
                yield pa.CompressedInputStream(pa.BufferReader(data), codec).read()
    if data[:2] in _ZLIB:
        import zlib

        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(data)
    if data.startswith(b"PK\x03\x04"):
        with (
            suppress(zipfile.BadZipFile, RuntimeError),
            zipfile.ZipFile(io.BytesIO(data)) as archive,
        ):
            yield from (archive.read(name) for name in archive.namelist())
    if data.startswith(b"PAR1"):
        with suppress(OSError, pa.ArrowException):
            yield repr(pq.read_table(pa.BufferReader(data)).to_pydict()).encode()
    if data.startswith(b"ARROW1"):
        with suppress(OSError, pa.ArrowException):
            yield repr(pa.ipc.open_file(pa.BufferReader(data)).read_all().to_pydict()).encode()


def rows_of(path: Path) -> Iterator[bytes]:
    """Yield each text and blob of a SQLite database whole: in the file a long one lies in
    pieces.
    """
    with (
        suppress(sqlite3.DatabaseError),
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database,
    ):
        database.text_factory = bytes
        tables = [
            name.decode()
            for (name,) in database.execute("select name from sqlite_master where type = 'table'")
        ]
        for table in tables:
            with suppress(
                sqlite3.DatabaseError
            ):  # a virtual table of an extension that is not there
                for row in database.execute(f'select * from "{table}"'):
                    yield from (value for value in row if isinstance(value, bytes))
