"""Refuses workbooks that would fill memory, or keep the reader busy for ever, before it opens
them.
"""

from __future__ import annotations

import re
import zipfile
from xml.parsers import expat

from anonymize.errors import SourceError
from anonymize.io.sources.archives import DAMAGED, MOST_UNPACKED_BYTES, MOST_UNPACKED_TIMES
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.xlsb_bounds import BEGIN, farthest

MOST_CELLS = 100_000_000
"""Maximum area of a sheet. The reader allocates a place for every cell between the first and the
last that hold something, and ends the process if there is no memory for them.
"""
MOST_COLUMNS = 16_384
"""Maximum of the file format."""
SCANNED_BYTES = 4 << 20
"""A sheet up to this length is searched for its outermost cells; of longer ones, which are dense
unless somebody made them otherwise, the area that the file states is used.
"""
DIMENSION_BYTES = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*\bref=\"(?:[A-Z]+\d+:)?([A-Z]+)(\d+)\"")
_SHEET = re.compile(rb"<(?:\w+:)?worksheet\b")
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
                _refuse_broken(archive)
                for info in archive.infolist():
                    _refuse_area(archive, info, place)
        except (*DAMAGED, expat.ExpatError):
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


def _refuse_broken(archive: zipfile.ZipFile) -> None:
    """Refuse an OpenDocument sheet whose XML is not closed: the reader would look for its end for
    ever.

    Raises:
        expat.ExpatError: it is broken.
    """
    if "content.xml" in archive.namelist():
        with archive.open("content.xml") as stream:
            expat.ParserCreate().ParseFile(stream)


def _refuse_area(archive: zipfile.ZipFile, info: zipfile.ZipInfo, place: FilePlace) -> None:
    """Refuse a member that is too large a sheet. A sheet may lie under any name in the archive."""
    with archive.open(info) as stream:
        head = stream.read(DIMENSION_BYTES)
        if head.startswith(BEGIN):
            rows, columns = farthest(head, stream)
        elif _SHEET.search(head) or re.fullmatch(r"xl/worksheets/[^/]+\.xml", info.filename):
            whole = info.file_size <= SCANNED_BYTES
            rows, columns = _spanned(head + (stream.read(SCANNED_BYTES) if whole else b""), whole)
        else:
            return
    if rows > 0 and columns > MOST_COLUMNS:
        raise SourceError(
            f"a sheet has more than the {MOST_COLUMNS} columns that a workbook may have: damaged,"
            " or made to fill memory",
            place=str(place),
        )
    if rows * columns > MOST_CELLS:
        raise SourceError(
            f"a sheet spans {rows} rows and {columns} columns, more than {MOST_CELLS} cells; remove"
            " what stands far from the table, or save it as CSV",
            place=str(place),
        )


def _spanned(data: bytes, whole: bool) -> tuple[int, int]:
    """Return the rows and columns that the XML of a sheet states, or that its cells have."""
    found = list(_DIMENSION.finditer(data, 0, DIMENSION_BYTES))
    found += list(_CELL.finditer(data)) if whole else []
    rows = max((int(match[2]) for match in found), default=0)
    return rows, max((_number(match[1]) for match in found), default=0)


def _number(letters: bytes) -> int:
    """Return the number of a column: A is 1."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
