"""Reads the cells of tables whose columns have fixed widths."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.io.sources.blocks import Block
from anonymize.io.sources.csv_cells import CellReader, RaggedRowsError
from anonymize.io.sources.csv_dialect import CsvDialect
from anonymize.io.sources.text_streams import not_encoded, utf8_error_offset

_NEWLINE, _RETURN = b"\n\r"


@dataclass(frozen=True)
class FixedCells(CellReader):
    """Reads a block's cells by their places in the line; widths count characters."""

    @property
    def room(self) -> int:
        """No spare bytes are needed."""
        return 1

    def __call__(self, block: Block) -> pa.RecordBatch:
        """Return ``wanted`` as text columns without spaces around the cells; blank lines are left
        out. A short line has null in the columns that it does not reach.

        Raises:
            RaggedRowsError: lines that are longer than all widths together.
            SourceError: not UTF-8.
        """
        bad = utf8_error_offset(block.text())
        if bad is not None:
            raise not_encoded(self.place, self.dialect.encoding, block.offset + bad)
        lines = pc.utf8_rtrim_whitespace(_lines(block))
        lines = lines.filter(pc.greater(pc.binary_length(lines), 0))
        whole = sum(self.dialect.widths)
        longer = np.flatnonzero(pc.greater(pc.utf8_length(lines), whole).to_numpy(False))
        if len(longer):
            raise RaggedRowsError([(int(row), whole + 1) for row in longer], whole)
        at, columns = 0, {}
        for name, width in zip(self.names, self.dialect.widths, strict=True):
            if name in self.wanted:
                columns[name] = self._cells(lines, at, at + width)
            at += width
        batch = pa.RecordBatch.from_arrays(
            [columns[name] for name in self.wanted], names=list(self.wanted)
        )
        return self._without_nulls(batch)

    def _cells(self, lines: pa.StringArray, start: int, stop: int) -> pa.StringArray:
        cells = pc.utf8_trim_whitespace(pc.utf8_slice_codeunits(lines, start, stop))
        nulls = pc.is_in(cells, value_set=pa.array(["", *self.dialect.null_values], pa.string()))
        return pc.if_else(nulls, pa.scalar(None, pa.string()), cells)


def _lines(block: Block) -> pa.StringArray:
    """Return the block's lines as one column, with the characters that end them."""
    codes = np.frombuffer(block.text(), np.uint8)
    ends = np.flatnonzero(codes == _NEWLINE) + 1
    if not len(ends) or ends[-1] != block.length:
        ends = np.append(ends, block.length)
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    data = pa.py_buffer(bytes(block.text()))
    return pa.StringArray.from_buffers(len(ends), pa.py_buffer(offsets), data)


def cell_reader(
    names: tuple[str, ...], wanted: tuple[str, ...], dialect: CsvDialect, place: str
) -> CellReader:
    """Return what reads the cells of a table of this dialect."""
    kind = FixedCells if dialect.widths else CellReader
    return kind(names, wanted, dialect, place)
