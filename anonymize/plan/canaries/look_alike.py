"""Values of invented people that look like those of real ones: single columns, and pairs of them.

An invented row is a real row with three differences: ids of its own; in columns of few values some
of those of the most similar other row, as long as each pair of values occurs in the data; in
columns of many values a value between two neighbours of the real one. So no row is a copy that a
search for duplicates would find, unless its combination of values is common.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arrow.moments import per_day
from anonymize.keys.primitives.stream import KeyedStream
from anonymize.plan.canaries.forms import Forms
from anonymize.transform.columns import is_text

Numbers = npt.NDArray[np.int64]
PAIRS_ROWS = 20_000
"""Rows in which a pair of values must occur."""
NEAREST_OF = 300
"""Rows among which the most similar one is looked for."""
AT_ONCE = 16
"""Donors that look among the same rows: were it all of them, these rows' values would be frequent.
"""
_WIDE = 0.5
"""A column is one of many values if more than this share of its values differ."""
_MANY = 200
"""So is one of numbers with so many different ones: together with other columns they would tell a
row from its copy.
"""
_LEAST_ROWS = 20
_SAMPLED = 1_000
_MOST_DECIMALS = 6
_REACH = 100
"""A neighbour is at most this part of the column away, by rank: among close values the next ones
would be hit again too often.
"""


def is_wide(column: pa.Array) -> bool:
    """Return True if most values of a column differ, so that an equal one would be noticed."""
    valid = len(column) - column.null_count
    if valid < _LEAST_ROWS or not (_is_number(column.type) or is_text(column.type)):
        return False
    if pa.types.is_uint64(column.type) and pc.max(column).as_py() >= 1 << 63:
        return False  # no neighbours are computed beyond 63 bits: values of other rows are taken
    different = pc.count_distinct(column).as_py()
    many = different >= _MANY and not is_text(column.type)
    return bool(many or different > _WIDE * valid)


def _is_number(kind: pa.DataType) -> bool:
    is_ = pa.types
    return bool(
        is_.is_integer(kind)
        or is_.is_floating(kind)
        or is_.is_decimal(kind)
        or is_.is_timestamp(kind)
        or is_.is_date(kind)
        or is_.is_time(kind)
    )


def nearby(column: pa.Array, at: Numbers, stream: KeyedStream) -> pa.Array:
    """Return values like those of a wide ``column`` at the positions ``at``; null stays null."""
    if is_text(column.type):
        return _texts(column, at, stream)
    numbers = _numbers(column)
    missing = column.is_null().to_numpy(zero_copy_only=False)
    valid = np.sort(numbers[~missing])
    valid = valid[np.isfinite(valid)]
    chosen, gone = numbers[at], missing[at] | ~np.isfinite(numbers[at])
    if not len(valid):
        return column.take(pa.array(at))
    rank = np.searchsorted(valid, np.where(gone, valid[0], chosen))
    step = stream.below(max(4, len(valid) // _REACH), len(at)) + 1
    way = np.where(stream.uniform(len(at)) < 0.5, rank - step, rank + step)
    other, share = valid[np.clip(way, 0, len(valid) - 1)], stream.uniform(len(at))
    between = (other - np.where(gone, valid[0], chosen)) * share
    if numbers.dtype.kind == "f":
        made = _in_decimals(np.where(gone, valid[0], chosen) + between, valid)
        return _typed(made, missing[at], column.type)
    day = per_day(column.type) if pa.types.is_timestamp(column.type) else 0
    if day and (valid % day).any():  # days and times of day that occur, in another combination
        times = numbers[np.flatnonzero(~missing)][stream.below(int((~missing).sum()), len(at))]
        return _typed(chosen - chosen % day + times % day, gone, column.type)
    grain = _grain(valid)
    made = chosen + np.round(between / grain).astype(np.int64) * grain
    return _typed(made, gone, column.type)


def _numbers(column: pa.Array) -> Any:
    """Return a column as whole numbers of its unit, or as floats with NaN for null."""
    kind, is_ = column.type, pa.types
    if is_.is_floating(kind) or is_.is_decimal(kind):
        return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    width = pa.int32() if is_.is_date32(kind) or is_.is_time32(kind) else pa.int64()
    whole = column if is_.is_integer(kind) else column.cast(width)
    return np.asarray(pc.fill_null(whole, 0).to_numpy(zero_copy_only=False)).astype(np.int64)


def _typed(made: Any, missing: Any, kind: pa.DataType) -> pa.Array:
    is_ = pa.types
    mask = np.broadcast_to(np.asarray(missing, bool), made.shape)
    if is_.is_floating(kind) or is_.is_decimal(kind):
        return pa.array(made, pa.float64(), mask=mask).cast(kind, safe=False)
    whole = pa.array(made, pa.int64(), mask=mask)
    if is_.is_date32(kind) or is_.is_time32(kind):
        return whole.cast(pa.int32()).cast(kind)
    return whole.cast(kind)


def _in_decimals(made: Any, valid: Any) -> Any:
    """Return numbers with as many decimals as those of the column have."""
    sample = valid[:: max(1, len(valid) // _SAMPLED)]
    for decimals in range(_MOST_DECIMALS + 1):
        if np.array_equal(np.round(sample, decimals), sample):
            return np.round(made, decimals)
    return made


def _grain(valid: Numbers) -> int:
    """Return the greatest number that all differences of a column are multiples of."""
    sample = np.unique(valid[:: max(1, len(valid) // _SAMPLED)])
    found = 0
    for difference in np.diff(sample).tolist():
        found = gcd(found, difference)
    return found or 1


def _texts(column: pa.Array, at: Numbers, stream: KeyedStream) -> pa.Array:
    """Return texts: of several words, the first half of one and the second half of another; single
    words in the same form.
    """
    others = stream.below(len(column), len(at))
    forms = Forms(pc.unique(column).to_pylist())
    made: list[str | None] = []
    for one, other in zip(column.take(pa.array(at)), column.take(pa.array(others)), strict=True):
        text, second = one.as_py(), other.as_py()
        if text is None:
            made.append(None)
        elif " " in text.strip():
            words, rest = text.split(" "), (second or text).split(" ")
            made.append(" ".join([*words[: (len(words) + 1) // 2], *rest[len(rest) // 2 :]]))
        else:
            made.append(forms.like(text, stream))
    return pa.array(made, column.type)


def coded(columns: Sequence[pa.Array], rows: Numbers) -> Numbers:
    """Return a code per value, one column each: equal codes are equal values."""
    codes = []
    for column in columns:
        taken = column.take(pa.array(rows))
        if pa.types.is_dictionary(taken.type):
            taken = taken.cast(taken.type.value_type)
        indices = taken.dictionary_encode(null_encoding="encode").indices
        codes.append(np.asarray(indices.to_numpy(zero_copy_only=False)).astype(np.int64))
    return np.stack(codes, axis=1) if codes else np.zeros((len(rows), 0), np.int64)


def are_common(donors: Numbers, others: Numbers) -> npt.NDArray[np.bool_]:
    """Return which rows of codes are in ``others`` more than once: a copy of them is no sign."""
    both, where = np.unique(np.concatenate([others, donors]), axis=0, return_inverse=True)
    times = np.bincount(where.ravel()[: len(others)], minlength=len(both))
    return np.asarray(times[where.ravel()[len(others) :]] > 1)


def most_similar(donors: Numbers, others: Numbers, stream: KeyedStream, least: int = 1) -> Numbers:
    """Return, for each row of codes, the position of the row of ``others`` that differs from it in
    the fewest columns, and in ``least`` where there is such a row; of several any one.
    """
    nearest = np.zeros(len(donors), np.int64)
    if not len(others):
        return nearest
    for start in range(0, len(donors), AT_ONCE):
        some = donors[start : start + AT_ONCE]
        among = stream.below(len(others), NEAREST_OF)
        differ = (some[:, None, :] != others[among][None, :, :]).sum(axis=2)
        tie = stream.uniform(differ.size).reshape(differ.shape)
        found = (np.where(differ < least, 1e9, differ) + tie).argmin(axis=1)
        nearest[start : start + AT_ONCE] = among[found]
    return nearest


def mixed(
    donors: Numbers,
    nearest: Numbers,
    seen: Numbers,
    may: npt.NDArray[np.bool_],
    stream: KeyedStream,
) -> npt.NDArray[np.bool_]:
    """Return which columns take the value of the most similar row instead of the donor's.

    Each does with a probability of one half, if it may and if the value occurs in ``seen`` beside
    each other value of the row.

    Args:
        donors: Codes of the donors, one row each.
        nearest: Codes of the rows most similar to them.
        seen: Codes of rows of the data.
        may: Where a value may be replaced.
        stream: Decides.
    """
    now, taken = donors.copy(), np.zeros(donors.shape, np.bool_)
    for column in np.argsort(stream.uniform(donors.shape[1])):
        wanted = (stream.uniform(len(donors)) < 0.5) & may[:, column]
        wanted &= nearest[:, column] != donors[:, column]
        for other in range(donors.shape[1]):
            if other == column or not wanted.any():
                continue
            room = int(max(seen[:, other].max(initial=0), now[:, other].max(initial=0))) + 1
            known = np.unique(seen[:, column] * room + seen[:, other])
            wanted &= np.isin(nearest[:, column] * room + now[:, other], known)
        taken[:, column] = wanted
        now[wanted, column] = nearest[wanted, column]
    return taken
