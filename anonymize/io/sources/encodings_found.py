"""Finds the encoding of a text file that nobody stated."""

from __future__ import annotations

import codecs
import re
from typing import cast

from anonymize.errors import SourceError
from anonymize.io.sources.archives import DAMAGED, open_unpacked
from anonymize.io.sources.found import Found
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_streams import not_encoded, read_up_to

HEAD_BYTES = 1 << 20
FEW_BYTES = 400
WESTERN = "windows-1252"
_HIGH = re.compile(rb"[\x80-\xff]+")
_SEQUENCE = re.compile(rb"[\xc3-\xef][\x80-\xbf]+")
_MOST_IN_A_ROW = 2
"""Western texts seldom have more letters with accents in a row; Cyrillic, Greek or Asian texts have
words of them.
"""


def encoding_of(place: FilePlace, found: Found) -> str:
    """Return the encoding of a text file: utf-8 unless its first bytes say something else.

    A mark of UTF-16 proves that; so do zeros in every second byte. Text that is not UTF-8 is
    windows-1252 only as a guess, and only if it looks like a western language.

    Raises:
        SourceError: the text is not UTF-8 and guesses are not allowed, or it is not western.
    """
    try:
        with open_unpacked(place) as stream:
            head = read_up_to(cast(codecs.StreamReader, stream), HEAD_BYTES)  # type: ignore[arg-type]
    except DAMAGED:
        return "utf-8"  # said with the place when it is read
    if (wide := _wide(head)) is not None:
        found.setting("encoding", wide, "by the file's first bytes")
        return wide
    bad = _first_wrong(head)
    if bad is None:
        return "utf-8"
    refused = not_encoded(str(place), "utf-8", bad)
    if not _western(head):
        raise refused
    if not found.guess:
        what = f"not UTF-8 at byte {bad}; say encoding: NAME, here perhaps {WESTERN}"
        raise SourceError(what, place=str(place))
    found.setting(
        "encoding",
        WESTERN,
        f"is a guess, because byte {bad} is not UTF-8: check letters with accents",
    )
    return WESTERN


def _wide(head: bytes) -> str | None:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    few = head[: FEW_BYTES - FEW_BYTES % 2]
    even, odd = few[::2].count(0), few[1::2].count(0)
    if max(even, odd) * 2 > len(few) // 2 > 0 and min(even, odd) == 0:
        return "utf-16-le" if odd else "utf-16-be"
    return None


def _first_wrong(head: bytes) -> int | None:
    """Return the offset of the first byte that is not UTF-8; a character that the head's end cuts
    is right.
    """
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError as error:
        return error.start
    return None


def _western(head: bytes) -> bool:
    """Return True if the bytes beyond ASCII are like a western text's in windows-1252."""
    try:
        head.decode(WESTERN)
    except UnicodeDecodeError:
        return False
    runs = [found.group() for found in _HIGH.finditer(head)]
    longer = sum(len(run) > _MOST_IN_A_ROW for run in runs)
    sequences = sum(1 for _ in _SEQUENCE.finditer(head))
    letters = sum(run.decode(WESTERN)[0].isalpha() for run in runs)
    return longer * 10 <= len(runs) and sequences * 2 < len(runs) and letters * 2 >= len(runs)
