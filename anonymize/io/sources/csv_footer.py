"""Finds totals at the end of a text table, and refuses rows of the table among what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from anonymize.io.sources.blocks import Block
from anonymize.io.sources.csv_cells import CellReader, RaggedRowsError
from anonymize.io.sources.csv_dialect import CsvDialect, lines_of
from anonymize.io.sources.csv_head import CsvHead
from anonymize.io.sources.csv_types import sampled
from anonymize.io.sources.footer import WithoutFooter, refuse_rows, why_left_out
from anonymize.io.sources.found import Found
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.totals_row import is_nothing_but_totals, rows_of_totals, summaries

_SHORT = (1, 2, 3)
"""Rows from the end in which totals are looked for that have fewer cells than the table."""


def without_totals(
    files: Sequence[FilePlace],
    heads: Sequence[CsvHead],
    dialect: CsvDialect,
    samples: list[pa.RecordBatch],
    found: Found,
) -> tuple[CsvDialect, list[pa.RecordBatch]]:
    """Say which rows at the end summarize others, and leave totals out if guesses are allowed.

    Only of one file: of several the last alone was looked at, and a row of another would be left
    out unseen. The file is read to its end once more, because of a long one samples may not be it.
    """
    counts = (rows_of_totals(samples[-1]),) if samples else _SHORT  # a short row gives no sample
    for count in counts if found.guess and len(files) == 1 and not dialect.skip_footer else ():
        shorter = replace(dialect, skip_footer=count)
        if count and (first := _line_of_totals(files[0], shorter)) is not None:
            at = "" if dialect.comment else "line"
            found.setting("skip_footer", count, why_left_out(at, first, count))
            dialect, samples = shorter, sampled(files, heads, shorter)
            break
    for note in summaries(samples[-1], dialect.skip_footer) if samples else ():
        found.note(note)
    return dialect, samples


def _line_of_totals(file: FilePlace, dialect: CsvDialect) -> int | None:
    """Return the number of the first line that ``dialect`` leaves out, from 1; None if it is not
    certainly totals.
    """
    lines = 1
    with dialect.open(file) as stream:
        assert isinstance(stream, WithoutFooter)
        while data := stream.read(1 << 20):
            lines += data.count(b"\n") or data.count(b"\r")
        rows = _rows(stream.left_out, dialect)
    footers = all(sum(map(bool, row)) == 1 or is_nothing_but_totals(row) for row in rows[1:])
    return lines if rows and is_nothing_but_totals(rows[0]) and footers else None


def footer_hint(cells: CellReader, block: Block, ragged: RaggedRowsError) -> str:
    """Return a hint if the one row with another number of cells is the last of a block: it may be
    no row of the table.
    """
    text = bytes(block.text()).decode("utf-8", "replace").rstrip()
    last = [*cells.dialect.rows_of(iter([*lines_of(text)][-1:]))]
    if len(ragged.rows) > 1 or [len(row) for row in last] != [ragged.rows[0][1]]:
        return ""
    return "; if it is the last and no row of the table, say skip_footer: 1"


def refuse_lines(
    left_out: bytes, dialect: CsvDialect, head: CsvHead, rows: int, place: str
) -> None:
    """Refuse rows of the table among the last lines of a file; ``rows`` were read before them.

    Raises:
        SourceError: see `refuse_rows`.
    """
    refuse_rows(_rows(left_out, dialect), len(head.names), rows, place)


def _rows(lines: bytes, dialect: CsvDialect) -> list[list[str]]:
    text = lines.decode("utf-8", "replace")
    return [row for row in dialect.rows_of(lines_of(text)) if any(row)]
