"""Compressed files: ``.zip`` with one data file inside, and whole files decompressed in memory for
formats that need to seek.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import BinaryIO, cast

import pyarrow as pa

from anonymize.errors import SourceError
from anonymize.io.sources.files import COMPRESSIONS, format_of
from anonymize.io.sources.places import FilePlace, PlaceState

MOST_UNPACKED_BYTES = 1 << 30
MOST_UNPACKED_TIMES = 250
"""A compressed file that exceeds both limits is refused as a decompression bomb. Tables shrink to a
third or a tenth, equal rows to a hundredth; the limit of gzip is 1,032 times.
"""
MOST_WHOLE_BYTES = 1 << 28
"""Maximum decompressed length of a file that is decompressed in memory as a whole."""
MOST_MEMBERS = 10_000
ENCRYPTED_FLAG = 0x1
DAMAGED = (
    OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, pa.ArrowInvalid,
    NotImplementedError,
)  # fmt: skip
"""What decompressors raise for bytes that they cannot read."""


class Unpacked(io.RawIOBase):
    """A decompressed stream that raises an error if it grows beyond the limits above."""

    def __init__(self, stream: BinaryIO, place: str, packed_bytes: int) -> None:
        """Read from ``stream``; ``packed_bytes`` is the length before decompression."""
        self._stream, self._place = stream, place
        self._left = max(MOST_UNPACKED_BYTES, MOST_UNPACKED_TIMES * packed_bytes)

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fill ``into`` from the stream; return the number of bytes."""
        got = cast(io.RawIOBase, self._stream).readinto(into) or 0
        self._left -= got
        if self._left < 0:
            what = f"becomes more than {MOST_UNPACKED_TIMES} times as long when decompressed"
            raise SourceError(
                f"{what}: damaged, or made to fill memory; decompress it first if it is right",
                place=self._place,
            )
        return got

    def close(self) -> None:
        """Close the stream too."""
        self._stream.close()
        super().close()


def open_unpacked(place: FilePlace) -> BinaryIO:
    """Return the bytes of ``place``, decompressed if its ending says that it is compressed.

    Raises:
        SourceError: the file cannot be opened; while it is read, that it is a decompression bomb.
    """
    kind = COMPRESSIONS.get(PurePath(place.name).suffix.lower())
    if not kind:
        return place.open()
    if kind == "zip":  # its members are places of their own
        raise SourceError("is an archive inside an archive; unpack it first", place=str(place))
    packed = place.state().size_bytes
    stream: BinaryIO
    if kind == "xz":
        packed_stream = io.BufferedReader(_raw(place.open()))
        stream = cast(BinaryIO, lzma.LZMAFile(packed_stream))  # noqa: SIM115 - the caller closes it
    elif kind == "bz2" and not place.local:
        stream = cast(BinaryIO, bz2.BZ2File(place.open()))
    else:  # Arrow reads a path faster than a stream of Python's
        try:
            stream = pa.input_stream(
                str(place.local) if place.local else pa.PythonFile(place.open(), "r"),
                compression=kind,
            )
        except OSError:
            place.open().close()  # says why
            raise SourceError("cannot be opened", place=str(place)) from None
    return cast(BinaryIO, Unpacked(stream, str(place), packed))


def _raw(stream: BinaryIO) -> io.RawIOBase:
    return cast(io.RawIOBase, stream)


@dataclass(frozen=True)
class ZipMember:
    """The one data file of a ZIP archive. Errors name the archive, because a member may be called
    like a person.
    """

    archive: FilePlace
    member: str
    packed_bytes: int

    def __str__(self) -> str:
        return str(self.archive)

    @property
    def name(self) -> str:
        """The archive's name with the ending of the file inside."""
        return self.archive.name + PurePath(self.member).suffix

    @property
    def folders(self) -> tuple[str, ...]:
        """The archive's folders."""
        return self.archive.folders

    @property
    def local(self) -> None:
        """None: no library reads it by a path."""
        return None

    def state(self) -> PlaceState:
        """Return the archive's state."""
        return self.archive.state()

    def check(self, state: PlaceState) -> None:
        """Refuse the archive if it changed."""
        self.archive.check(state)

    def mark(self) -> str:
        """Return the archive's facts and the member."""
        facts = self.archive.mark()
        return f"{facts} {self.member}" if facts else ""

    def spelled(self) -> str:
        """Return the archive's place."""
        return self.archive.spelled()

    def open(self) -> BinaryIO:
        """Return the member's bytes, decompressed."""
        with _damage_said(str(self)):
            archive = zipfile.ZipFile(self.archive.open())
            stream = cast(BinaryIO, archive.open(self.member))
        return cast(BinaryIO, Unpacked(stream, str(self), self.packed_bytes))

    def absolute(self) -> ZipMember:
        """Return the same member for a process in another folder."""
        return replace(self, archive=self.archive.absolute())

    def sha256(self) -> str:
        """Return the SHA-256 of the archive."""
        return self.archive.sha256()


@contextmanager
def _damage_said(place: str) -> Iterator[None]:
    try:
        yield
    except DAMAGED:
        raise SourceError(
            "cannot be read as a ZIP archive: damaged or cut short", place=place
        ) from None
    except (RuntimeError, KeyError):
        raise SourceError(
            "is a ZIP archive that cannot be opened without a password; unpack it first",
            place=place,
        ) from None


def unzipped(places: Sequence[FilePlace], member: str | None) -> tuple[FilePlace, ...]:
    """Return ``places`` with the data file inside in place of each ZIP archive.

    ``member`` names the file if an archive holds several.

    Raises:
        SourceError: not a ZIP archive, encrypted, no or several data files, no such member, a
            member that is itself compressed, or ``member`` without an archive.
    """
    if member is not None and not any(_is_zip(place) for place in places):
        raise SourceError("names a file inside a ZIP archive, and this is none", place="member")
    return tuple(_member(place, member) if _is_zip(place) else place for place in places)


def _is_zip(place: FilePlace) -> bool:
    return place.name.lower().endswith(".zip")


def _member(place: FilePlace, wanted: str | None) -> FilePlace:
    with _damage_said(str(place)), zipfile.ZipFile(place.open()) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS:
        raise SourceError(f"holds more than {MOST_MEMBERS} files", place=str(place))
    if wanted is not None:
        chosen = [info for info in infos if info.filename == wanted]
        if not chosen:
            what = f"holds no file of this name; it holds {len(infos)} files"
            raise SourceError(what, place=f"{place}: member")
    else:
        seen = [info for info in infos if not _hidden(info.filename)]
        chosen = [info for info in seen if format_of(info.filename)] or seen
        if len(chosen) != 1:
            what = f"holds {len(chosen)} data files" if chosen else "holds no file"
            raise SourceError(f"{what}; say member: NAME" if chosen else what, place=str(place))
    if chosen[0].flag_bits & ENCRYPTED_FLAG:
        raise SourceError("is encrypted with a password; unpack it first", place=str(place))
    if PurePath(chosen[0].filename).suffix.lower() in COMPRESSIONS:
        what = "holds a compressed file or an archive inside; unpack it first"
        raise SourceError(what, place=str(place))
    if not chosen[0].file_size:
        raise SourceError("holds an empty file", place=str(place))
    return ZipMember(place, chosen[0].filename, chosen[0].compress_size)


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in PurePath(name).parts)


@dataclass(frozen=True)
class WholeInMemory:
    """A compressed file of a format that is read by seeking: it is decompressed in memory whenever
    it is opened, so that no temporary file holds raw values.
    """

    inner: FilePlace

    def __str__(self) -> str:
        return str(self.inner)

    @property
    def name(self) -> str:
        """The file's name without the ending of its compression."""
        name = PurePath(self.inner.name)
        return name.stem if name.suffix.lower() in COMPRESSIONS else str(name)

    @property
    def folders(self) -> tuple[str, ...]:
        """The compressed file's folders."""
        return self.inner.folders

    @property
    def local(self) -> None:
        """None: it is read from memory."""
        return None

    def state(self) -> PlaceState:
        """Return the compressed file's state."""
        return self.inner.state()

    def check(self, state: PlaceState) -> None:
        """Refuse the compressed file if it changed."""
        self.inner.check(state)

    def mark(self) -> str:
        """Return the compressed file's facts."""
        return self.inner.mark()

    def spelled(self) -> str:
        """Return the compressed file's place."""
        return self.inner.spelled()

    def open(self) -> BinaryIO:
        """Return all bytes, decompressed."""
        try:
            with open_unpacked(self.inner) as stream:
                data = stream.read(MOST_WHOLE_BYTES + 1)
        except DAMAGED:
            raise SourceError(
                "cannot be decompressed: damaged or cut short", place=str(self)
            ) from None
        if len(data) > MOST_WHOLE_BYTES:
            raise SourceError(
                f"is longer than {MOST_WHOLE_BYTES >> 20} MiB when decompressed; formats other than"
                " text must be decompressed first",
                place=str(self),
            )
        return io.BytesIO(data)

    def absolute(self) -> WholeInMemory:
        """Return the same file for a process in another folder."""
        return replace(self, inner=self.inner.absolute())

    def sha256(self) -> str:
        """Return the SHA-256 of the compressed file."""
        return self.inner.sha256()


def in_memory_if_packed(places: Sequence[FilePlace]) -> tuple[FilePlace, ...]:
    """Return ``places``, each that is compressed as one that is decompressed in memory."""
    return tuple(
        WholeInMemory(place)
        if isinstance(place, ZipMember) or PurePath(place.name).suffix.lower() in COMPRESSIONS
        else place
        for place in places
    )
