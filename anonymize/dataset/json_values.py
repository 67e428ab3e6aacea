"""Makes rows of JSON values of record batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.arrow.moments import moment_texts
from anonymize.arrow.plain_layouts import plain_batch


def json_rows(batch: pa.RecordBatch, nulled: Counter[str]) -> list[dict[str, Any]]:
    """Return a batch's rows as JSON values, and count in ``nulled`` what JSON cannot represent.

    NaN and infinities become null. Times of nanoseconds become text with all digits, because
    Python's have six; dates that Python cannot represent become text too.
    """
    columns = []
    for name, column in zip(batch.schema.names, plain_batch(batch).columns, strict=True):
        lost: list[int] = []
        columns.append(_values(column, lost))
        if sum(lost):
            nulled[name] += sum(lost)
    return [dict(zip(batch.schema.names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pa.Array, lost: list[int]) -> list[Any]:
    """Return the values of a column, and add to ``lost`` how many numbers became null."""
    kind = column.type
    if pt.is_dictionary(kind):
        return _values(column.dictionary_decode(), lost)
    if pt.is_struct(kind) and kind.num_fields:
        children = [_values(child, lost) for child in column.flatten()]
        names = [field.name for field in kind]
        rows = zip(column.is_valid().to_pylist(), zip(*children, strict=True), strict=True)
        return [dict(zip(names, row, strict=True)) if valid else None for valid, row in rows]
    if pt.is_list(kind) or pt.is_large_list(kind):
        inner = iter(_values(column.flatten(), lost))
        return list(_lists(pc.list_value_length(column).to_pylist(), inner))
    if pt.is_floating(kind):
        finite = pc.is_finite(column.cast(pa.float64()))
        lost.append(pc.sum(pc.invert(finite)).as_py() or 0)
        return list(pc.if_else(finite, column, pa.scalar(None, kind)).to_pylist())
    if kind == pa.time64("ns"):
        return [text and _time(text) for text in column.cast(pa.string()).to_pylist()]
    try:
        return list(column.to_pylist())
    except (OverflowError, ValueError):
        if not (pt.is_date(kind) or pt.is_timestamp(kind)):
            raise
        return [text and text.replace(" ", "T", 1) for text in moment_texts(column)]


def _lists(lengths: list[int | None], inner: Iterator[Any]) -> Iterator[list[Any] | None]:
    for length in lengths:
        yield None if length is None else list(islice(inner, length))


def _time(text: str) -> str:
    """Return a time of day as `datetime.time` writes it, and with nine digits where it has more
    than six.
    """
    for end in ("." + "0" * 9, "000"):
        if text.endswith(end):
            return text.removesuffix(end)
    return text
