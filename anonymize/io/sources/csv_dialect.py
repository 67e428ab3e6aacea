"""How a text table is written: `CsvDialect`, and the text it describes as a stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from anonymize.io.sources.column_names import Renames
from anonymize.io.sources.comment_lines import WithoutComments
from anonymize.io.sources.footer import WithoutFooter
from anonymize.io.sources.numbers_written import Numbers
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.text_streams import WithoutMark, open_text


@dataclass(frozen=True)
class CsvDialect:
    """Settings for reading a text table's cells."""

    encoding: str = "utf-8"
    delimiter: str = ","
    header: bool = True
    null_values: tuple[str, ...] = ()
    """Texts that mean null, in addition to the empty one."""
    column_nulls: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """The same for single columns."""
    sure: bool = False
    """True if the user stated that the first row names the columns; otherwise it is compared with
    the rows below it.
    """
    skip_rows: int = 0
    """Lines above the header, comment lines not counted."""
    comment: str = ""
    """Lines that begin with this character are left out."""
    numbers: Numbers = field(default_factory=Numbers)
    """How numbers are written."""
    widths: tuple[int, ...] = ()
    """Characters of each column of a table of fixed widths; empty for a table with delimiters."""
    renames: Renames = ()
    skip_footer: int = 0
    """Last lines that are no rows, comment lines and blank ones not counted."""

    def open(self, file: FilePlace) -> WithoutMark | WithoutComments | WithoutFooter:
        """Return the text of ``file`` as UTF-8 bytes without comment lines and without the last
        lines that are no rows; with title lines.
        """
        text: WithoutMark | WithoutComments = open_text(file, self.encoding)
        if self.comment:
            text = WithoutComments(text, self.comment, str(file))
        return WithoutFooter(text, self.skip_footer, str(file)) if self.skip_footer else text

    def rows_of(self, lines: Iterator[str]) -> Iterator[list[str]]:
        """Yield the cells of each row as text.

        Raises:
            csv.Error: a row cannot be read.
        """
        if not self.widths:
            yield from csv.reader(lines, delimiter=self.delimiter)
            return
        for line in lines:
            yield self.cut(line.rstrip("\r\n")) if line.strip() else []

    def cut(self, line: str) -> list[str]:
        """Return the cells of a line of fixed widths."""
        cells, at = [], 0
        for width in self.widths:
            cells.append(line[at : at + width].strip())
            at += width
        return cells


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of ``text`` with their ends."""
    return iter(io.StringIO(text, newline=""))
