"""Reads chosen rows of a CSV file: parses only their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from anonymize.errors import SourceError
from anonymize.io.sources.blocks import Block, Recut, Splitter
from anonymize.io.sources.csv_cells import RaggedRowsError, quotes_are_regular
from anonymize.io.spread import Chosen, Rows, chosen_rows, runs_of

_QUOTE = 0x22

Parse = Callable[[Block], pa.RecordBatch | None]
"""Returns a block's rows in their types; None if something in it must be refused."""


class NotPlainError(ValueError):
    """Lines are not rows, or something must be refused; the rest of the file must be read
    completely.
    """


def chosen_lines(
    splitter: Splitter, parse: Parse, delimiter: bytes, first: int, room: int
) -> Iterator[Chosen]:
    """Yield the chosen rows of each block; ``first`` is the number of the first row in the source.

    Treats lines as rows, and parses only the chosen ones. That is wrong if a cell contains a line
    break. So in every run that is read, the quotes must be in pairs that open cells, and each line
    must give a row.

    Raises:
        NotPlainError: one of these is not so, or something in a block must be refused. The rows of
            earlier blocks were right.
    """
    while block := _next(splitter):
        codes = np.frombuffer(block.text(), np.uint8)
        ends = np.flatnonzero(codes == splitter.newline[0]) + 1
        if not len(ends) or ends[-1] != block.length:
            ends = np.append(ends, block.length)
        positions = chosen_rows(first, len(ends))
        batch = _parsed(parse, _some(block, ends, positions, delimiter, room))
        if batch.num_rows != len(positions):
            raise NotPlainError
        yield batch, positions, len(ends)
        first += len(ends)


def _next(splitter: Splitter) -> Block | None:
    try:
        return splitter.next()
    except SourceError:
        raise NotPlainError from None


def _some(block: Block, ends: Rows, positions: Rows, delimiter: bytes, room: int) -> Block:
    """Return a block with the lines at ``positions`` only."""
    if len(positions) == len(ends):
        return block
    text, begins = block.text(), np.concatenate([[0], ends])
    runs = [text[int(begins[a]) : int(begins[b])] for a, b in runs_of(positions)]
    data = bytearray().join(runs)
    length = len(data)
    codes = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(codes == _QUOTE)
    if len(quotes):
        inside = np.searchsorted(quotes, np.cumsum([len(run) for run in runs])) % 2
        if inside.any() or not quotes_are_regular(codes, quotes, delimiter):
            raise NotPlainError
    del codes  # a bytearray with an exported buffer cannot be resized
    data.extend(bytes(room + 1))
    return Block(data, length, block.offset)


def _parsed(parse: Parse, block: Block) -> pa.RecordBatch:
    try:
        batch = parse(block)
    except (Recut, RaggedRowsError, SourceError):
        batch = None
    if batch is None:
        raise NotPlainError
    return batch
