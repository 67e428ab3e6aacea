"""Finds how far the cells of a binary sheet (.xlsb) reach, without making any of them.

Source: [MS-XLSB] sections 2.1.4 (records), 2.4.747 (BrtRowHdr) and 2.5.10 (Cell).
"""

from __future__ import annotations

from typing import IO

BEGIN = b"\x81\x01\x00"
"""The record that begins a sheet."""
_ROW, _CELLS = 0, range(1, 12)
_MOST_BYTES = 1 << 30


def farthest(head: bytes, rest: IO[bytes]) -> tuple[int, int]:
    """Return how many rows and columns the cells of a sheet need, from A1 to the outermost.

    Goes through the records one by one, a second for a few million cells. What ends inside a
    record counts up to there; the reader refuses it.
    """
    data = head + rest.read(_MOST_BYTES)
    at, end, row, rows, columns = 0, len(data), 0, 0, 0
    while at + 1 < end:
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | ((data[at] & 0x7F) << 7)
            at += 1
        size = shift = 0
        while at < end:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift > 21:
                break
        if kind == _ROW:
            row = int.from_bytes(data[at : at + 4], "little") + 1
        elif kind in _CELLS:
            rows = max(rows, row, 1)
            columns = max(columns, int.from_bytes(data[at : at + 4], "little") + 1)
        at += size
    return rows, columns
