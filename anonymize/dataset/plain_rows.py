"""Prepares rows for spreadsheets: marks text that one would run."""

from __future__ import annotations

from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arrow.plain_layouts import plain_batch

_FORMULA = r"^[\s\x{00A0}\x{200B}\x{FEFF}]*[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]"
_NUMBER = r"^[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?$|^[-+=@]+$"
"""Numbers, and signs that stand for a missing value. A spreadsheet runs nothing in them."""
MARK = "'"
"""Prefix that makes spreadsheets read a cell as text. Source: OWASP, CSV Injection."""


def is_formula(name: str) -> bool:
    """Return True if a spreadsheet may run ``name``."""
    return bool(_formulas(pa.array([name], pa.string()))[0].as_py())


def without_formulas(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, dict[str, int]]:
    """Return a batch with ``'`` before texts that a spreadsheet would run, and their number per
    column.

    These are texts that begin, after optional white space, with ``=``, ``+``, ``-``, ``@`` (full
    width too), a tab or a line end. Numbers are not changed. Column names are marked too.
    """
    batch = plain_batch(batch)
    columns, marked, names = [], {}, []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        made, count = _marked(column)
        columns.append(made)
        names.append(MARK + name if is_formula(name) else name)
        if count:
            marked[name] = count
    return pa.RecordBatch.from_arrays(columns, names=names), marked


def _formulas(texts: pa.Array) -> pa.BooleanArray:
    found = pc.match_substring_regex(texts, _FORMULA)
    return pc.and_not(found, pc.match_substring_regex(texts, _NUMBER)).fill_null(False)


def _marked(column: pa.Array) -> tuple[pa.Array, int]:
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    is_ = pa.types
    if (
        is_.is_binary(kind)
        or is_.is_large_binary(kind)
        or is_.is_fixed_size_binary(kind)
        or is_.is_binary_view(kind)
    ):
        column = column.cast(pa.large_binary()).cast(pa.large_string())
    elif not (is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind)):
        return column, 0
    texts = column.cast(pa.large_string())
    found = _formulas(texts)
    count = pc.sum(found).as_py() or 0
    if not count:
        return column, 0
    large = partial(pa.scalar, type=pa.large_string())
    marked = pc.binary_join_element_wise(large(MARK), texts, large(""))
    return pc.if_else(found, marked, texts), count
