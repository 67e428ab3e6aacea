"""Stores document templates as arrays (their tokens in sequence), and joins texts by offsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from anonymize.nested.positions import Positions, positions


def flat_templates(
    templates: Sequence[tuple[str | int, ...]], places: int
) -> tuple[pa.Array, Positions, Positions, Positions, Positions]:
    """Return the distinct pieces of text, and all templates' tokens in sequence.

    Per token: its source (0: a piece, n + 1: place n) and its number there. Per template: first
    token, number of tokens.
    """
    pieces: dict[str, int] = {}
    source, value = [], []
    for template in templates:
        for token in template:
            if isinstance(token, str):
                source.append(0)
                value.append(pieces.setdefault(token, len(pieces)))
            else:
                source.append(token % places + 1)
                value.append(token // places)
    counts = positions([len(template) for template in templates])
    texts = pa.array(list(pieces), pa.large_string())
    return texts, positions(source), positions(value), np.cumsum(counts) - counts, counts


def joined(flat: pa.Array, lengths: Positions, some: np.ndarray[Any, Any]) -> pa.Array:
    """Return consecutive texts of ``flat`` joined, ``lengths`` of them per row; null for rows that
    are not in ``some``.
    """
    offsets = np.frombuffer(
        flat.buffers()[1], dtype=np.int64, count=len(flat) + 1, offset=8 * flat.offset
    )
    ends = offsets[np.concatenate([[0], np.cumsum(lengths)])]
    data = flat.buffers()[2] or pa.py_buffer(b"")
    valid = pa.py_buffer(np.packbits(some, bitorder="little"))
    return pa.LargeStringArray.from_buffers(len(lengths), pa.py_buffer(ends), data, valid, -1)
