"""A file's text as a stream of UTF-8 bytes: decompressed, recoded, without a byte order mark."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, cast

from anonymize.errors import SourceError
from anonymize.io.sources.archives import DAMAGED, open_unpacked
from anonymize.io.sources.places import FilePlace


class _Recoded(io.RawIOBase):
    """A stream of another encoding, read as UTF-8."""

    def __init__(self, stream: BinaryIO, encoding: str, place: str) -> None:
        self._stream, self._place, self._encoding = stream, place, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""
        self._read_bytes = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        while not self._ready:
            raw = self._stream.read(1 << 20)
            self._ready = self._decode(raw)
            if not raw:
                break
        taken = self._ready[: len(into)]
        into[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)

    def _decode(self, raw: bytes) -> bytes:
        try:
            text = self._decoder.decode(raw, final=not raw)
        except UnicodeDecodeError as error:
            raise not_encoded(self._place, self._encoding, self._read_bytes + error.start) from None
        self._read_bytes += len(raw)
        return text.encode("utf-8", "strict")


def not_encoded(place: str, encoding: str, offset: int) -> SourceError:
    """Return the error for bytes that are not valid in ``encoding``, with their position and the
    fix.
    """
    return SourceError(
        f"not {encoding.upper()} at byte {offset}; say encoding: NAME, of which windows-1252 and"
        " iso-8859-1 are common",
        place=place,
    )


def utf8_error_offset(data: memoryview) -> int | None:
    """Return the offset of the first byte of ``data`` that is not UTF-8, or None."""
    try:
        str(data, "utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def is_utf8(encoding: str) -> bool:
    """Return True if ``encoding`` names UTF-8.

    Raises:
        SourceError: Python has no such encoding.
    """
    try:
        "".encode(encoding)  # base64 and its like are codecs too, but of no text
        return codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}
    except (LookupError, ValueError):
        raise SourceError(
            f"unknown encoding '{encoding}'; utf-8, windows-1252, iso-8859-1 and utf-16 are common",
            place="encoding",
        ) from None


def open_text(place: FilePlace, encoding: str) -> WithoutMark:
    """Return the file's text as a stream of UTF-8 bytes: decompressed, re-encoded, without a
    byte-order mark.

    Raises:
        SourceError: the file cannot be opened, or its encoding is unknown.
    """
    raw = open_unpacked(place)
    return WithoutMark(
        raw if is_utf8(encoding) else _Recoded(raw, encoding, str(place)), str(place)
    )


def read_up_to(stream: io.RawIOBase, size: int) -> bytes:
    """Return the next ``size`` bytes of ``stream``, fewer only at its end."""
    data = bytearray(size)
    view, length = memoryview(data), 0
    while length < size and (got := stream.readinto(view[length:])):
        length += got
    return bytes(view[:length])


def skip(stream: io.RawIOBase, size: int) -> None:
    """Read ``size`` bytes of ``stream`` and discard them."""
    while size > 0 and (got := len(read_up_to(stream, min(size, 1 << 20)))):
        size -= got


class WithoutMark(io.RawIOBase):
    """A stream without UTF-8's byte-order mark at its beginning."""

    def __init__(self, stream: BinaryIO | io.RawIOBase, place: str) -> None:
        self._stream, self._place, self._head = stream, place, b""
        self.mark_bytes = 0
        head = b""
        while len(head) < 3 and (more := self._read(3 - len(head))):
            head += more
        if head == codecs.BOM_UTF8:
            self.mark_bytes, head = 3, b""
        elif head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise SourceError(
                "not UTF-8 at byte 0 but UTF-16 by its mark; say encoding: utf-16", place=place
            )
        self._head = head

    def readable(self) -> bool:
        """Return True."""
        return True

    def _read(self, size: int) -> bytes:
        try:
            return bytes(self._stream.read(size) or b"")
        except DAMAGED:
            raise SourceError(
                "cannot be decompressed: damaged or cut short", place=self._place
            ) from None

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        """Fill ``into`` from the stream; return the number of bytes."""
        if self._head:
            taken = self._head[: len(into)]
            into[: len(taken)] = taken
            self._head = self._head[len(taken) :]
            return len(taken)
        try:
            return cast(io.RawIOBase, self._stream).readinto(into) or 0
        except DAMAGED:
            raise SourceError(
                "cannot be read to its end: damaged or cut short", place=self._place
            ) from None

    def close(self) -> None:
        """Close the stream too."""
        self._stream.close()
        super().close()
