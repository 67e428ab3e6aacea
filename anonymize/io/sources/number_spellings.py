"""Finds numbers that a text column writes in two ways: as a float ``1.10`` and ``1.1`` are one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.io.sources.text_bytes import byte_at, text_bytes

_ZERO, _DOT, _MINUS, _E = b"0.-e"
_LOWER = 0x20


def spelled_twice(values: pa.StringArray) -> np.ndarray:
    """Return the positions of the texts that write a number which another text writes otherwise.

    ``values`` are texts that Arrow reads as floats, or null. Looks closer only at numbers with
    zeros or nothing behind the last digit, without a digit before the point, or with an exponent:
    of two spellings at least one is such.
    """
    if values.null_count:
        valid = np.flatnonzero(np.asarray(values.is_valid().to_numpy(zero_copy_only=False)))
        return np.asarray(valid[spelled_twice(values.drop_null())])
    suspects = _unusual(values)
    if not len(suspects):
        return suspects
    numbers = values.cast(pa.float64())
    unusual = pc.unique(numbers.take(pa.array(suspects)))
    rows = np.flatnonzero(
        np.asarray(pc.is_in(numbers, value_set=unusual).to_numpy(zero_copy_only=False))
    )
    texts = values.take(pa.array(rows)).dictionary_encode()
    written = texts.dictionary.cast(pa.float64()).dictionary_encode()
    if len(written.dictionary) == len(written):
        return rows[:0]
    times = np.bincount(written.indices.to_numpy())
    twice = times[written.indices.to_numpy()] > 1
    return np.asarray(rows[twice[texts.indices.to_numpy()]])


def _unusual(values: pa.StringArray) -> np.ndarray:
    """Return the rows of numbers that may have a shorter spelling; none if all numbers have equally
    many decimals.
    """
    starts, lengths, data = text_bytes(values)
    if not len(values):
        return np.array([], np.int64)
    ends = starts + lengths
    used = data[starts[0] : ends[-1]]
    first = byte_at(data, starts)
    bare = first == _DOT
    if (signed := first == _MINUS).any():
        bare |= signed & (byte_at(data, starts + 1) == _DOT)
    raw = used.tobytes()
    powers = starts[:0]
    if b"e" in raw or b"E" in raw:  # far faster than to look for them in every value
        powers = np.flatnonzero((used | _LOWER) == _E) + starts[0]
    dots = np.flatnonzero(used == _DOT) + starts[0]
    dotted = np.searchsorted(ends, dots, "right")
    if not len(powers) and not bare.any() and len(dots) == len(values):
        decimals = ends - dots
        if decimals.min() == decimals.max():
            return np.array([], np.int64)
    last = byte_at(data, ends - 1)
    longer = np.zeros(len(values), bool)
    longer[dotted] = (last[dotted] == _ZERO) | (last[dotted] == _DOT)
    longer[np.searchsorted(ends, powers, "right")] = True
    return np.flatnonzero(longer | bare)
