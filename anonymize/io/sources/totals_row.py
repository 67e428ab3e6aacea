"""Recognizes rows that summarize the rows above them, and footers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

WORDS = frozenset(
    {
        "total", "totals", "sum", "sums", "subtotal", "sub-total", "average", "mean", "summe",
        "gesamt", "gesamtsumme", "insgesamt", "zwischensumme", "teilsumme", "ergebnis",
        "mittelwert", "durchschnitt", "somme", "sous-total", "moyenne", "totale", "subtotale",
        "totaal", "subtotaal", "suma", "razem", "итого", "всего", "合計", "总计",
        "總計", "합계", "endsumme", "gesamtbetrag", "summa", "totalt", "celkem",
        "spolu", "ukupno", "összesen", "yhteensä", "toplam", "σύνολο", "kokku", "kopā",
        "skupaj", "общо", "усього",
    }
)  # fmt: skip
_BESIDE = frozenset({"grand", "general", "général", "generale"})
"""Words that stand beside one for totals."""
_NUMBER = re.compile(r"\W*(?:[^\W\d]{1,3}\W*)?\d[\d.,'’ \u00a0\u202f]*\W*(?:[^\W\d]{1,3})?\W*")
_FEW, _SHARE = 20, 0.1
"""Rows with few values are looked at only if they are few, or few among the rows."""


def is_totals(row: Sequence[object], *, sparse: bool = False) -> bool:
    """Return True if the first text of a row is a word for totals, and a number follows.

    In a ``sparse`` row, with few values, the word may also stand last: ``Bern Total``.
    """
    cells = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
    if len(cells) < 2 or len(cells[0]) > 40:
        return False
    words = _words(cells[0])
    named = is_word_for_totals(cells[0]) or (sparse and bool(words) and words[-1] in WORDS)
    return named and any(map(is_number, cells[1:]))


def is_word_for_totals(cell: str) -> bool:
    """Return True if a text begins with a word for totals."""
    words = _words(cell)
    return bool(words) and words[0] in WORDS


def is_number(cell: str) -> bool:
    """Return True if a text is a number, perhaps with a unit of up to three letters."""
    return _NUMBER.fullmatch(cell) is not None


def _words(cell: str) -> list[str]:
    return [word.strip(":") for word in cell.casefold().replace("grand ", "").split()]


def is_nothing_but_totals(row: Sequence[object]) -> bool:
    """Return True if the first text of a row is a word for totals and nothing else, and all other
    cells are empty or numbers: no name, no date, no word stands beside it, as beside a person's.
    """
    cells = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
    if not is_totals(row) or not all(map(is_number, cells[1:])):
        return False
    words = [word.strip(":") for word in cells[0].casefold().split()]
    return all(w in WORDS or w in _BESIDE or not w.strip("0123456789") for w in words)


def rows_of_totals(rows: pa.Table | pa.RecordBatch) -> int:
    """Return how many of the last ``rows`` are totals and the footers below them, 0 if they are not
    certainly totals.
    """
    if rows.num_columns < 2 or not rows.num_rows:
        return 0
    last = _above_footers(rows, _missing(rows))
    if last < 0 or not is_nothing_but_totals(_values(rows, last)):
        return 0
    while last and is_nothing_but_totals(_values(rows, last - 1)):
        last -= 1  # a subtotal or another total stands above it
    return int(rows.num_rows) - last


def summaries(rows: pa.Table | pa.RecordBatch, left_out: int = 0) -> Iterator[str]:
    """Yield notes on totals, subtotals and footers among the last ``rows`` of a table, which are
    kept: a row that summarizes others is one too many, and a footer's text may name anybody.
    ``left_out`` is the number of rows below them that ``skip_footer`` leaves out already.
    """
    columns, count = rows.num_columns, rows.num_rows
    if columns < 2 or not count:
        return
    missing = _missing(rows)
    last = _above_footers(rows, missing)
    totals = last >= 0 and is_totals(
        _values(rows, last), sparse=bool(missing[last] >= max(1, columns // 2))
    )
    if last < count - 1:
        one = last == count - 2
        what = "row looks" if one else f"{count - 1 - last} rows look"
        out = (
            ""
            if totals
            else f": say skip_footer: {left_out + count - 1 - last} to leave {_it(one)} out"
        )
        yield f"the last {what} like a footer{out}"
    if totals:
        at = "the last row" if last == count - 1 else "the row above it"
        out = f"say skip_footer: {left_out + count - last} to leave {_it(last == count - 1)} out"
        yield f"{at} looks like totals, not like a row of its own: {out}"
    sparse = missing >= max(1, columns // 2)
    between = np.flatnonzero(sparse[: max(last, 0)])
    if len(between) > max(_FEW, _SHARE * count):
        return
    found = sum(is_totals(_values(rows, int(at)), sparse=True) for at in between)
    if found:
        what = "1 row looks like a subtotal" if found == 1 else f"{found} rows look like subtotals"
        yield f"{what} of the rows above: take what summarizes other rows out of the source"


def _it(one: bool) -> str:
    return "it" if one else "them"


def _missing(rows: pa.Table | pa.RecordBatch) -> npt.NDArray[np.int32]:
    """Return the number of empty cells of each row."""
    missing = np.zeros(rows.num_rows, np.int32)
    for column in rows.columns:
        if column.null_count:
            missing += np.asarray(column.is_null().to_numpy(zero_copy_only=False))
    return missing


def _above_footers(rows: pa.Table | pa.RecordBatch, missing: npt.NDArray[np.int32]) -> int:
    """Return the position of the last row that is no footer: one sentence and nothing else."""
    columns = rows.num_columns
    last: int = rows.num_rows - 1
    lone = np.flatnonzero(missing == columns - 1)
    if columns > 2 and len(lone) <= 3:
        while last in lone and _is_sentence(_values(rows, last)):
            last -= 1
    return last


def _values(rows: pa.Table | pa.RecordBatch, at: int) -> list[object]:
    return [column[at].as_py() for column in rows.columns]


def _is_sentence(row: Sequence[object]) -> bool:
    """Return True for one text of several words: a table's rows have more, or a shorter one."""
    (cell,) = (cell for cell in row if cell is not None)
    return isinstance(cell, str) and len(cell.split()) > 1
