"""Samples a large table of PostgreSQL by blocks all over it, because reading 100 GB to look at some
thousand rows would take hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from anonymize.io.spread import MOST_ROWS, Chosen, SpreadRows, chosen_numbers
from anonymize.io.tables.postgres_relation import Relation
from anonymize.io.tables.postgres_session import Session

FEWEST_BLOCKS = 4096
"""Blocks (32 MiB, usually) up to which a table is read as a whole."""
FEWEST_ROWS = 2048
"""Rows below which a sample is none: the table was emptied since its statistics were made."""
_ROWS_WANTED = 1.5 * MOST_ROWS
_SEED = 1
"""The same blocks every time, as long as the table is the same."""


@dataclass(frozen=True)
class Sample:
    """A sample of blocks."""

    share: float
    """Share of the blocks, above 0, at most 1."""

    @classmethod
    def of(cls, session: Session, relation: Relation) -> Sample | None:
        """Return how to sample a relation; None for what is small, or has no blocks of its own.

        The planner's estimate of the rows decides the share only; how many rows there are is then
        estimated from the rows found.
        """
        if not relation.by_blocks or relation.blocks < FEWEST_BLOCKS:
            return None
        import json

        plan = session.row(f"EXPLAIN (FORMAT JSON) SELECT FROM {relation.origin}")[0]
        rows = float(json.loads(plan)[0]["Plan"]["Plan Rows"])
        share = _ROWS_WANTED / max(1.0, rows)
        return cls(max(share, 64 / relation.blocks)) if share < 0.5 else None

    @property
    def clause(self) -> str:
        """Return what follows the table's name."""
        return f"TABLESAMPLE SYSTEM ({self.share * 100:.9f}) REPEATABLE ({_SEED})"


def sampled(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, sample: Sample, first: int
) -> Chosen | None:
    """Return the rows of a sample in the places of those that ``chosen_rows`` would choose, and the
    estimated number of rows that they stand for; None if the blocks held too few.
    """
    found = SpreadRows(schema)
    for batch in batches:
        found.add(batch)
    if found.total_rows < FEWEST_ROWS:
        return None
    rows, total = found.batch(), max(round(found.total_rows / sample.share), found.total_rows)
    places = chosen_numbers(first, total)
    count = min(len(places), rows.num_rows)
    taken = rows.take(pa.array(_evenly(rows.num_rows, count)))
    return taken, places[_evenly(len(places), count)], total


def _evenly(of: int, count: int) -> np.ndarray:
    """Return ``count`` positions spread evenly over ``of``."""
    return np.arange(count, dtype=np.int64) * of // max(1, count)
