"""Prepares rows for spreadsheets: marks text that one would run."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arrow.plain_layouts import plain_batch

_FORMULA = r"^[\s\x{00A0}\x{200B}\x{FEFF}]*[=+\-@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^[\t\r\n]"
_NUMBER = r"^[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?$|^[-+=@]+$"
"""Numbers, and signs that stand for a missing value. A spreadsheet runs nothing in them."""
_MASKED_PHONE = r"^\+[0-9*()./ \-]*\*\*[0-9*()./ \-]*$"
"""What `mask` makes of a phone number: ``+49 *** **12``. Two stars side by side are no operator, so
a spreadsheet cannot compute it; without letters, quotes, ``=``, ``|`` and ``!`` it names no
function, cell or program. ``+49 *12`` and ``+49-12`` are sums, and stay marked.
"""
_MAY_BEGIN = np.zeros(256, bool)
_MAY_BEGIN[[*b"\t\n\f\r =+-@", *range(0x80, 0x100)]] = True
"""First bytes of what `_FORMULA` matches. The others are nearly all texts, and a look at one byte
takes a tenth of the time of the expression.
"""
MARK = "'"
"""Prefix that makes spreadsheets read a cell as text. Source: OWASP, CSV Injection."""


def is_formula(name: str) -> bool:
    """Return True if a spreadsheet may run ``name``."""
    return bool(_formulas(pa.array([name], pa.large_string()))[0].as_py())


def without_formulas(batch: pa.RecordBatch) -> tuple[pa.RecordBatch, dict[str, int]]:
    """Return a batch with ``'`` before texts that a spreadsheet would run, and their number per
    column.

    These are texts that begin, after optional white space, with ``=``, ``+``, ``-``, ``@`` (full
    width too), a tab or a line end. Numbers and masked phone numbers are not changed. Column names
    are marked too.
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
    """Return which large texts a spreadsheet may run; false for null."""
    found = np.zeros(len(texts), bool)
    at = np.flatnonzero(_may_be_formulas(texts))
    if len(at):
        few = texts.take(pa.array(at))
        formulas = pc.match_substring_regex(few, _FORMULA)
        if pc.any(formulas).as_py():
            for harmless in (_NUMBER, _MASKED_PHONE):
                formulas = pc.and_not(formulas, pc.match_substring_regex(few, harmless))
        found[at] = formulas.to_numpy(zero_copy_only=False)
    return pa.array(found)


def _may_be_formulas(texts: pa.Array) -> npt.NDArray[np.bool_]:
    """Return which large texts begin with a byte that formulas begin with; false for null."""
    _, edges, data = texts.buffers()
    if data is None or not data.size or not len(texts):
        return np.zeros(len(texts), bool)
    offsets = np.frombuffer(edges, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    written = offsets[1:] > offsets[:-1]
    first = np.frombuffer(data, np.uint8)[np.where(written, offsets[:-1], 0)]
    may = _MAY_BEGIN[first] & written
    return may & texts.is_valid().to_numpy(zero_copy_only=False) if texts.null_count else may


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
    count = found.true_count
    if not count:
        return column, 0
    large = partial(pa.scalar, type=pa.large_string())
    marked = pc.binary_join_element_wise(large(MARK), texts, large(""))
    return pc.if_else(found, marked, texts), count
