"""Refuses workbooks that would fill memory, before the reader allocates it."""

from __future__ import annotations

import re
import zipfile

from anonymize.errors import SourceError
from anonymize.io.sources.archives import DAMAGED, MOST_UNPACKED_BYTES, MOST_UNPACKED_TIMES
from anonymize.io.sources.places import FilePlace

MOST_CELLS = 100_000_000
"""Maximum area of a sheet. The reader allocates a place for every cell between the first and the
last that hold something, and ends the process if there is no memory for them.
"""
SCANNED_BYTES = 4 << 20
"""A sheet up to this length is searched for its outermost cells; of longer ones, which are dense
unless somebody made them otherwise, the area that the file states is used.
"""
DIMENSION_BYTES = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*\bref=\"(?:[A-Z]+\d+:)?([A-Z]+)(\d+)\"")
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]+)(\d+)\"")


def refuse_large(place: FilePlace) -> None:
    """Refuse a decompression bomb, a sheet with too large an area, and an encrypted workbook.

    Raises:
        SourceError: with what is wrong.
    """
    with place.open() as stream:
        magic = stream.read(8)
        if magic == _OLE and place.name.lower().endswith((".xlsx", ".xlsm", ".xlsb")):
            raise SourceError(
                "is encrypted with a password, or an old .xls file under another ending; save it"
                " without a password",
                place=str(place),
            )
        if not magic.startswith(b"PK"):
            return
        try:
            stream.seek(0)
            with zipfile.ZipFile(stream) as archive:
                _refuse_bomb(archive, place)
                for info in archive.infolist():
                    if re.fullmatch(r"xl/worksheets/[^/]+\.xml", info.filename):
                        _refuse_area(archive, info, place)
        except DAMAGED:
            raise SourceError(
                "cannot be read as a workbook: damaged or cut short", place=str(place)
            ) from None


def _refuse_bomb(archive: zipfile.ZipFile, place: FilePlace) -> None:
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if unpacked > max(MOST_UNPACKED_BYTES, MOST_UNPACKED_TIMES * packed):
        what = f"becomes more than {MOST_UNPACKED_TIMES} times as long when decompressed"
        raise SourceError(f"{what}: damaged, or made to fill memory", place=str(place))


def _refuse_area(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: FilePlace) -> None:
    with archive.open(info) as stream:
        whole = info.file_size <= SCANNED_BYTES
        data = stream.read(SCANNED_BYTES + 1 if whole else DIMENSION_BYTES)
    found = list(_DIMENSION.finditer(data, 0, DIMENSION_BYTES))
    found += list(_CELL.finditer(data)) if whole else []
    rows = max((int(match[2]) for match in found), default=0)
    columns = max((_number(match[1]) for match in found), default=0)
    if rows * columns > MOST_CELLS:
        raise SourceError(
            f"a sheet spans {rows} rows and {columns} columns, more than {MOST_CELLS} cells; remove"
            " what stands far from the table, or save it as CSV",
            place=str(place),
        )


def _number(letters: bytes) -> int:
    """Return the number of a column: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
