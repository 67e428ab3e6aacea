"""Where records of a text file end, found without reading cells: to divide it and to count rows.

A record ends at a line feed or a carriage return outside quotes, as for Arrow's parser. A quote
opens a cell only behind a delimiter or the end of a record; others are part of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from anonymize.io.sources.csv_cells import quotes_are_regular
from anonymize.io.sources.pieces import Span, SpanStream
from anonymize.io.sources.places import FilePlace

CHUNK_BYTES = 8 << 20
LONGEST_BYTES = 64 << 20
"""A file with a longer record is not divided: a quote may not be closed, which the reader says."""
_NEWLINE, _RETURN, _QUOTE = b'\n\r"'
Codes = npt.NDArray[np.uint8]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Records:
    """The records that end in one chunk."""

    ends: Offsets
    """Offset behind each record that counts as a row, in the chunk."""
    cut: int
    """Offset behind the last record, blank lines included; 0 if none ends."""


FindRecords = Callable[[bytes, bool], Records | None]
"""Finds the records in bytes that begin with one; True if no bytes follow them. None if the file
is not to be divided.
"""


def spans_of(
    place: FilePlace, first: int, size_bytes: int, count: int, find: FindRecords
) -> list[Span]:
    """Return ``count`` spans of about equal size that cover the records from byte ``first`` to the
    end of a file; fewer if records are long, and none if it cannot be divided.
    """
    bounds = [first + (size_bytes - first) * n // count for n in range(1, count)]
    spans, begin, rows, before = list[Span](), first, 0, 0
    for at, records in _chunks(place, first, size_bytes, find):
        if records is None:
            return []
        while bounds and bounds[0] <= at + records.cut:
            bound = bounds.pop(0)
            inside = int(np.searchsorted(records.ends, bound - at))
            end = at + int(records.ends[inside]) if inside < len(records.ends) else at + records.cut
            if end <= begin or end >= size_bytes:
                continue
            found = rows + min(inside + 1, len(records.ends))
            if found == before:
                continue
            spans.append(Span(begin, end, before, found - before, end - begin))
            begin, before = end, found
        rows += len(records.ends)
    if spans and rows == before:  # only blank lines are left
        last = spans.pop()
        begin, before = last.first, last.first_row
    return [*spans, Span(begin, size_bytes, before, rows - before, size_bytes - begin)]


def _chunks(
    place: FilePlace, first: int, size_bytes: int, find: FindRecords
) -> Iterator[tuple[int, Records | None]]:
    """Yield the file offset of each chunk, and its records; None at last if it cannot be
    divided.
    """
    at, rest = first, b""
    with SpanStream(place, first, size_bytes, hashed=True) as stream:
        while True:
            more = stream.read(max(CHUNK_BYTES, len(rest)))
            data, last = rest + (more or b""), not more
            if last and not data:
                return
            records = find(data, last)
            if records is None or (last and records.cut < len(data)):
                yield at, None
                return
            yield at, records
            at, rest = at + records.cut, data[records.cut :]
            if len(rest) > LONGEST_BYTES:
                yield at, None
                return


def lines(data: bytes, last: bool) -> Records:
    """Return the lines that are not blank, each a record."""
    codes = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(codes == _NEWLINE) + 1
    if last and (not len(ends) or ends[-1] < len(data)):
        ends = np.append(ends, len(data))
    cut = int(ends[-1]) if len(ends) else 0
    if _may_hold_blank_lines(data):
        starts = np.concatenate([[0], ends[:-1]])
        full = [bool(data[a:b].strip()) for a, b in zip(starts, ends, strict=True)]
        ends = ends[np.array(full, np.bool_)]
    return Records(ends, cut)


def _may_hold_blank_lines(data: bytes) -> bool:
    return data[:1] in b" \t\r\n" or any(
        blank in data for blank in (b"\n\n", b"\n\r", b"\n ", b"\n\t")
    )


@dataclass(frozen=True)
class CsvRecords:
    """Finds the records of CSV text."""

    delimiter: bytes
    one_column: bool
    """True if an empty line is a row whose only cell is empty; else it is none."""

    def __call__(self, data: bytes, last: bool) -> Records | None:
        """Return the records that end in ``data``; None if a quote is not closed."""
        codes = np.frombuffer(data, np.uint8)
        ends = _line_ends(data, codes)
        opens, closes = self._quoted(data, codes)
        if len(opens):
            ends = ends[_outside(opens, closes, ends)]
        if last and len(opens) > len(closes):
            return None
        if last and (not len(ends) or ends[-1] < len(data)):
            ends = np.append(ends, len(data))
        elif not last and len(ends) and ends[-1] == len(data) and data[-1] == _RETURN:
            ends = ends[:-1]  # a line feed may follow, which belongs to it
        cut = int(ends[-1]) if len(ends) else 0
        return Records(ends if self.one_column else _not_blank(codes, ends), cut)

    def _quoted(self, data: bytes, codes: Codes) -> tuple[Offsets, Offsets]:
        """Return where quoted cells begin, and where those that are closed end."""
        if b'"' not in data:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        quotes = np.flatnonzero(codes == _QUOTE)
        if quotes_are_regular(codes, quotes, self.delimiter):
            return quotes[::2], quotes[1::2]
        return self._quoted_one_by_one(data, quotes)

    def _quoted_one_by_one(self, data: bytes, quotes: Offsets) -> tuple[Offsets, Offsets]:
        """The same for text with quotes inside cells."""
        opening = b"\r\n" + self.delimiter
        opens, closes, passed = list[int](), list[int](), -1
        for at in quotes.tolist():
            if at <= passed:
                continue
            if len(opens) == len(closes):
                if at == 0 or data[at - 1] in opening:
                    opens.append(at)
            elif data[at + 1 : at + 2] == b'"':
                passed = at + 1
            else:
                closes.append(at)
        return np.array(opens, np.int64), np.array(closes, np.int64)


def _outside(opens: Offsets, closes: Offsets, ends: Offsets) -> npt.NDArray[np.bool_]:
    """Return which of ``ends`` are not inside quotes."""
    opened = np.searchsorted(opens, ends)
    closed = np.append(closes, np.iinfo(np.int64).max)[np.maximum(opened - 1, 0)] < ends
    outside: npt.NDArray[np.bool_] = (opened == 0) | closed
    return outside


def _line_ends(data: bytes, codes: Codes) -> Offsets:
    """Return the offsets behind line feeds, and behind carriage returns that none follows."""
    found = codes == _NEWLINE
    if b"\r" in data:
        alone = codes == _RETURN
        alone[:-1] &= codes[1:] != _NEWLINE
        found |= alone
    return np.flatnonzero(found) + 1


def _not_blank(codes: Codes, ends: Offsets) -> Offsets:
    """Return the ends of lines that are not empty."""
    lengths = np.diff(ends, prepend=0)
    short = np.flatnonzero(lengths <= 2)
    if not len(short):
        return ends
    begins = codes[ends[short] - lengths[short]]
    blank = np.isin(begins, [_NEWLINE, _RETURN])  # a line that begins with its end
    full: Offsets = np.delete(ends, short[blank])
    return full
