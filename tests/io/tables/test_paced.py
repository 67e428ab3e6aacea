"""Rows of any length are fetched in bounded steps, each once and in order."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import pytest

from anonymize.io.tables.paced import BYTES_AT_ONCE, ROWS_AT_ONCE, paced


class Cursor:
    """Rows that are made when they are fetched; counts the bytes of the largest step."""

    def __init__(self, rows: int, length: int) -> None:
        """Make ``rows`` rows, each with a text of ``length``."""
        self.left, self.rows, self.length, self.largest = rows, rows, length, 0

    def fetchmany(self, count: int) -> Sequence[Any]:
        """Return the next rows."""
        count = min(count, self.left)
        self.largest = max(self.largest, count * self.length)
        first, self.left = self.rows - self.left, self.left - count
        return [(first + at, "x" * self.length) for at in range(count)]


@pytest.mark.parametrize(
    ("rows", "length"), [(0, 1), (1, 1), (50_001, 3), (40, 4 << 20), (3000, 60_000)]
)
def test_batches_are_bounded_by_rows_and_bytes(rows: int, length: int) -> None:
    """Never more than a batch and one row over."""
    cursor, found = Cursor(rows, length), list[int]()
    for batch in paced(cursor):
        found += [row[0] for row in batch]
        assert len(batch) <= ROWS_AT_ONCE
        assert len(batch) * length <= BYTES_AT_ONCE + length
    assert found == list(range(rows))
    assert cursor.largest <= BYTES_AT_ONCE


def test_short_rows_come_in_few_batches() -> None:
    """A first batch of one row would show nothing in a plan."""
    database = sqlite3.connect(":memory:")
    rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 45000)"
    query = f"{rows} SELECT * FROM n"
    assert [len(batch) for batch in paced(database.execute(query))] == [20_000, 20_000, 5000]
