"""Fetches rows of Python objects so many at a time that long cells do not fill the memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

ROWS_AT_ONCE = 20_000
"""Most rows that are Python objects at one time."""
BYTES_AT_ONCE = 32 << 20
"""Bytes of texts after which a batch ends; one step may go beyond."""
_LOOKED_AT = 64
_GROWTH = 8


def paced(cursor: Any) -> Iterator[Sequence[Any]]:
    """Yield the rows of a cursor in batches of at most `ROWS_AT_ONCE`.

    Rows are fetched in steps that grow from one row, as long as those before were short.
    """
    step, some, held = 1, list[Any](), 0.0
    while rows := cursor.fetchmany(step):
        looked = rows[:_LOOKED_AT]
        mean = sum(_length(cell) for row in looked for cell in row) / len(looked)
        some.extend(rows)
        held += mean * len(rows)
        if len(some) >= ROWS_AT_ONCE or held >= BYTES_AT_ONCE:
            yield some
            some, held = [], 0.0
        left = (BYTES_AT_ONCE - held) / max(1.0, mean)
        step = max(1, min(step * _GROWTH, ROWS_AT_ONCE - len(some), int(left)))
    if some:
        yield some


def _length(cell: Any) -> int:
    return len(cell) if isinstance(cell, str | bytes) else 0
