"""Records rows with bad values: position and reason, never the value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import DataError, Problem
from anonymize.names import ColumnName
from anonymize.nested.open_close import Opened
from anonymize.plan.model import QUARANTINE_SCHEMA

SHOWN_ROWS = 5
"""Maximum number of row numbers that an error about values quotes."""


@dataclass
class Bad:
    """Bad values of one column in one batch."""

    column: ColumnName
    rows: pa.Array
    """Positions in the batch, one per bad value."""
    why: str


def quarantined(bad: Sequence[Bad], numbers: pa.Array) -> pa.RecordBatch:
    """Return the quarantined rows, in the quarantine's schema; ``numbers`` gives the source's row
    number by position.
    """
    if not bad:
        return _nothing()
    rows = pa.concat_arrays([numbers.take(item.rows) for item in bad])
    columns = pa.concat_arrays(
        [pa.repeat(pa.scalar(str(item.column)), len(item.rows)) for item in bad]
    )
    reasons = pa.concat_arrays([pa.repeat(pa.scalar(item.why), len(item.rows)) for item in bad])
    return pa.RecordBatch.from_arrays([rows, columns, reasons], schema=QUARANTINE_SCHEMA)


def _nothing() -> pa.RecordBatch:
    empty = [pa.array([], field.type) for field in QUARANTINE_SCHEMA]
    return pa.RecordBatch.from_arrays(empty, schema=QUARANTINE_SCHEMA)


def counts_of(bad: Sequence[Bad]) -> dict[ColumnName, int]:
    """Return the number of bad values per column."""
    counts: Counter[ColumnName] = Counter()
    for item in bad:
        counts[item.column] += len(item.rows)
    return dict(counts)


def unfit_of(opened: Opened) -> list[Bad]:
    """Return nested values that could not be opened, as bad values."""
    return [
        Bad(found.column, opened.to_rows(pc.indices_nonzero(found.where), found.level), found.why)
        for found in opened.unfit
    ]


def whole_rows(rows: int, bad: list[Bad]) -> pa.BooleanArray:
    """Return a mask of the rows without bad values."""
    whole = np.ones(rows, dtype=bool)
    for item in bad:
        whole[item.rows.to_numpy(zero_copy_only=False)] = False
    return pa.array(whole)


def refuse_bad(bad: Sequence[Bad], numbers: pa.Array) -> None:
    """Refuse a batch with bad values; ``numbers`` gives the source's row number by position.

    Raises:
        DataError: per column the number of bad values, why, and the first rows' numbers.
    """
    problems = []
    for item in bad:
        rows = numbers.take(item.rows.slice(0, SHOWN_ROWS)).to_pylist()
        shown = ", ".join(map(str, rows)) + (", …" if len(item.rows) > SHOWN_ROWS else "")
        values, where = ("value", "row") if len(item.rows) == 1 else ("values", "rows")
        what = f"{len(item.rows)} {values}: {item.why} ({where} {shown})"
        problems.append(Problem(f"column {item.column}", what))
    if problems:
        raise DataError(problems)
