"""Recognizes a last row that holds totals of the rows above it."""

from __future__ import annotations

from collections.abc import Sequence

WORDS = frozenset(
    {
        "total", "totals", "sum", "sums", "subtotal", "average", "mean", "summe", "gesamt",
        "gesamtsumme", "insgesamt", "somme", "totale", "totaal", "suma", "razem", "итого",
        "всего", "合計", "总计", "總計", "합계",
    }
)  # fmt: skip
NOTE = "the last row looks like totals, not like a row of its own: take it out of the source"


def is_totals(row: Sequence[object]) -> bool:
    """Return True if the first text of a row is a word for totals, and a number follows."""
    cells = [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]
    if len(cells) < 2 or len(cells[0]) > 40:
        return False
    words = cells[0].casefold().rstrip(":").replace("grand ", "").split()
    return bool(words) and words[0] in WORDS and any(cell[-1:].isdigit() for cell in cells[1:])
