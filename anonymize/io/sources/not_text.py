"""Recognizes files that are no text by their first bytes. Read as text in an encoding of single
bytes they would become columns of raw bytes, in which no detection finds anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.archives import DAMAGED, open_unpacked
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_streams import read_up_to

_COMPRESSED = "unpack it first, or give it the ending {}"
_FORMAT = "say format: {}"
_FIRST_BYTES = (
    (b"\x1f\x8b\x08", "compressed by gzip", _COMPRESSED.format(".gz")),
    (b"\xfd7zXZ\x00", "compressed by xz", _COMPRESSED.format(".xz")),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", _COMPRESSED.format(".zst")),
    (b"\x04\x22\x4d\x18", "compressed by lz4", _COMPRESSED.format(".lz4")),
    (b"BZh91AY&SY", "compressed by bzip2", _COMPRESSED.format(".bz2")),
    (
        b"PK\x03\x04",
        "a ZIP archive or a workbook",
        "give it the ending .zip or .xlsx, or say format: excel",
    ),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old workbook", _FORMAT.format("excel")),
    (b"PAR1", "Parquet", _FORMAT.format("parquet")),
    (b"ARROW1\x00", "Arrow", _FORMAT.format("arrow")),
    (b"Obj\x01", "Avro", _FORMAT.format("avro")),
    (b"%PDF-", "a PDF", "export a table from it"),
    (b"SQLite format 3\x00", "an SQLite database", "name it as sqlite:///PATH with table:"),
)
_MOST = max(len(first) for first, _, _ in _FIRST_BYTES)


def refuse_no_text(places: Sequence[FilePlace]) -> None:
    """Refuse files that are to be read as text and begin like something else.

    Raises:
        SourceError: with each of them, what it is, and what to do.
    """
    problems = [
        Problem(str(place), f"is no text but {kind}; {remedy}")
        for place, head in ((place, _head(place)) for place in places)
        for first, kind, remedy in _FIRST_BYTES
        if head.startswith(first)
    ]
    if problems:
        raise SourceError(problems)


def _head(place: FilePlace) -> bytes:
    try:
        with open_unpacked(place) as stream:
            return read_up_to(cast(Any, stream), _MOST)
    except DAMAGED:
        return b""  # told where it is read
