"""Spans of distinct texts as a table of the rows that hold them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
import pyarrow as pa

from anonymize.detect.interface import SPAN_SCHEMA

Span = tuple[int, int, str, float, str]
"""start, end, entity, score, recognizer"""


def span_table(indices: pa.Array, found: Sequence[Sequence[Span]]) -> pa.Table:
    """Return the span table for rows that point at distinct texts by ``indices``."""
    counts = np.fromiter(map(len, found), np.int64, len(found))
    flat = list(chain.from_iterable(found))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows = np.flatnonzero(indices.is_valid().to_numpy(zero_copy_only=False))
    which = indices.drop_null().to_numpy(zero_copy_only=False).astype(np.int64)
    repeat = counts[which] if len(which) else np.array([], np.int64)
    total = int(repeat.sum())
    offset = np.arange(total) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    take = pa.array(np.repeat(starts[which], repeat) + offset, pa.int64())
    columns = list(zip(*flat, strict=True)) if flat else [(), (), (), (), ()]
    table = [pa.array(np.repeat(rows, repeat), pa.int64())]
    table += [
        pa.array(values, kind.type).take(take)
        for values, kind in zip(columns, list(SPAN_SCHEMA)[1:], strict=True)
    ]
    return pa.table(table, schema=SPAN_SCHEMA)
