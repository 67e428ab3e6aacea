"""Arrow columns as text, as distinct values, as code points: the basis of all transforms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.blank import without_blanks
from anonymize.transform.interface import BadValuesError, UnsupportedTypeError

CodePoints = npt.NDArray[np.uint32]
Offsets = npt.NDArray[np.int64]

_PROBED_ROWS = 2048


def value_type(kind: pa.DataType) -> pa.DataType:
    """Return the value type of a dictionary type, and any other type unchanged."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def is_text(kind: pa.DataType) -> bool:
    """Return True if ``kind`` is text in any of Arrow's layouts."""
    return kind in (pa.string(), pa.large_string(), pa.string_view())


def is_scalar(kind: pa.DataType) -> bool:
    """Return True if values of ``kind`` have a unique text form: everything except bytes, lists,
    structs and maps.
    """
    is_ = pa.types
    if is_.is_interval(kind):
        return False
    return is_text(kind) or is_.is_primitive(kind) or is_.is_decimal(kind) or is_.is_null(kind)


def text_result(
    input_type: pa.DataType, takes: str = "text, numbers, dates, times and booleans"
) -> pa.DataType:
    """Return the text type of a result for ``input_type``: large text stays large.

    Raises:
        UnsupportedTypeError: values of ``input_type`` have no unique text form.
    """
    kind = value_type(input_type)
    if not is_scalar(kind):
        raise UnsupportedTypeError(input_type, takes)
    return kind if kind in (pa.large_string(), pa.string_view()) else pa.string()


def as_text(values: pa.Array) -> pa.Array:
    """Return plain ``values`` as a string array: the unique text form that keyed functions and
    labels use.

    Numbers have their shortest form, without exponent and without zeros at the end of the fraction,
    so that equal numbers of any two types have one text: 5, 5.0 and 5.00 are ``5``, and 0.1 of any
    float type is ``0.1``. Instants are in UTC with a ``Z``. Null for null, and for NaN.
    """
    kind, is_ = values.type, pa.types
    if is_text(kind):
        return values if kind == pa.string() else values.cast(pa.string())
    if is_.is_floating(kind):
        return _floats_as_text(values)
    if is_.is_timestamp(kind) and kind.tz is not None:
        values = values.cast(pa.timestamp(kind.unit, "UTC"))
    text = values.cast(pa.string())
    if is_.is_decimal(kind):
        return _without_trailing_zeros(_without_exponents(text))
    return _without_trailing_zeros(text) if is_.is_timestamp(kind) else text


def seen_text(values: pa.Array) -> pa.Array:
    """Return ``as_text(values)`` with null for blank text: for actions that treat blanks as
    missing.
    """
    return without_blanks(as_text(values))


def _without_trailing_zeros(texts: pa.Array) -> pa.Array:
    shorter = pc.replace_substring_regex(texts, r"(\.\d*?)0+(Z?)$", r"\1\2")
    return pc.replace_substring_regex(shorter, r"\.(Z?)$", r"\1")


def _without_exponents(texts: pa.Array) -> pa.Array:
    """Return numbers with an exponent (1.5E-7) written out, and others unchanged."""
    scientific = pc.match_substring(texts, "e", ignore_case=True).fill_null(False)
    if not pc.any(scientific).as_py():
        return texts
    from decimal import Decimal

    plain_ = [format(Decimal(text), "f") for text in texts.filter(scientific).to_pylist()]
    return pc.replace_with_mask(texts, scientific, pa.array(plain_, pa.string()))


def _floats_as_text(values: pa.Array) -> pa.Array:
    """Return the shortest digits that identify a float in its own type: a float of 32 bits is not
    widened first.
    """
    numbers = np.asarray(values.cast(pa.float64()).fill_null(0.5))
    whole = (np.abs(numbers) < 2**63) & (np.floor(numbers) == numbers)
    integers = pa.array(np.where(whole, numbers, 0).astype(np.int64)).cast(pa.string())
    finite = pa.array(np.isfinite(numbers))
    if whole.all():
        return (
            pc.if_else(values.is_valid(), integers, pa.scalar(None, pa.string()))
            if values.null_count
            else integers
        )
    kept = pc.if_else(pa.array(np.isnan(numbers)), pa.scalar(None, values.type), values)
    written = _floats_written(kept)
    texts = pc.if_else(
        finite,
        _without_exponents(pc.if_else(finite, written, pa.scalar(None, pa.string()))),
        written,
    )
    texts = pc.if_else(pa.array(whole), integers, texts)
    return (
        pc.if_else(values.is_valid(), texts, pa.scalar(None, pa.string()))
        if values.null_count
        else texts
    )


def _floats_written(values: pa.Array) -> pa.Array:
    """Return floats as Arrow writes them; floats of 16 bits as NumPy does, because Arrow widens
    them.
    """
    if not pa.types.is_float16(values.type):
        return values.cast(pa.string())
    numbers = values.to_numpy(zero_copy_only=False)
    return pa.array([None if np.isnan(number) else str(number) for number in numbers], pa.string())


def plain(column: pa.Array) -> pa.Array:
    """Return ``column`` without dictionary encoding, and without view types, because Arrow cannot
    select rows of views.
    """
    column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    return column.cast(pa.string()) if column.type == pa.string_view() else column


def over_distinct(
    column: pa.Array, function: Callable[[pa.Array], pa.Array], kind: pa.DataType | None = None
) -> pa.Array:
    """Return ``function`` of ``column`` as ``kind``; if values repeat, it is called on the distinct
    values only.

    ``function`` must work on each value alone. It gets no value without a row: the dictionary of a
    filtered column still has the other rows' values. Bad values are reported for every row with
    one.
    """
    indices = None
    if pa.types.is_dictionary(column.type) or _repeats(column):
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        column, indices = _used(encoded)
    try:
        return _as(kind, _spread(function(column), indices))
    except BadValuesError as error:
        where = _spread(error.where, indices).fill_null(False)
        raise BadValuesError(where, _as(kind, _spread(error.values, indices)), error.why) from None


def _used(encoded: pa.DictionaryArray) -> tuple[pa.Array, pa.Array]:
    """Return the dictionary values that occur in rows, and their index for each row."""
    used = pc.unique(encoded.indices.drop_null())
    if len(used) == len(encoded.dictionary):
        return encoded.dictionary, encoded.indices
    return encoded.dictionary.take(used), pc.index_in(
        encoded.indices, value_set=used, skip_nulls=True
    )


def _spread(values: pa.Array, indices: pa.Array | None) -> pa.Array:
    return values if indices is None else values.take(indices)


def _as(kind: pa.DataType | None, values: pa.Array) -> pa.Array:
    return values if kind is None or values.type == kind else values.cast(kind)


def _repeats(column: pa.Array) -> bool:
    """Return True if a slice from the middle of a long column has mostly repeated values."""
    if len(column) < 2 * _PROBED_ROWS or pa.types.is_null(column.type):
        return False
    probe = column.slice((len(column) - _PROBED_ROWS) // 2, _PROBED_ROWS)
    try:
        return bool(pc.count_distinct(probe).as_py() * 4 < _PROBED_ROWS)
    except pa.ArrowNotImplementedError:
        return False


def raise_bad(where: pa.Array, values: pa.Array, why: str) -> pa.Array:
    """Return ``values`` if ``where`` is never true.

    Raises:
        BadValuesError: it is true somewhere; those values become null.
    """
    where = where.fill_null(False)
    if not pc.any(where).as_py():
        return values
    kept = pc.if_else(where, pa.scalar(None, plain(values).type), plain(values))
    raise BadValuesError(where, kept.cast(values.type), why)


def code_points(texts: pa.Array) -> tuple[CodePoints, Offsets]:
    """Return the concatenated code points of a string array, and the offset of each value; nulls
    are empty.
    """
    points, offsets = narrow_points(texts)
    return points.astype(np.uint32, copy=False), offsets


def narrow_points(texts: pa.Array) -> tuple[CodePoints | npt.NDArray[np.uint8], Offsets]:
    """Return ``code_points(texts)``, with one byte each if all are ASCII."""
    filled = texts.fill_null("")
    _, edges, data = filled.buffers()
    offsets = np.frombuffer(edges, np.int32)[
        filled.offset : filled.offset + len(filled) + 1
    ].astype(np.int64)
    raw = (
        np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
        if data is not None
        else np.zeros(0, np.uint8)
    )
    offsets -= offsets[0]
    if not (raw & 0x80).any():
        return raw, offsets
    points = np.frombuffer(raw.tobytes().decode("utf-8").encode("utf-32-le"), np.uint32)
    starts = np.zeros(len(raw) + 1, np.int64)
    np.cumsum((raw & 0xC0) != 0x80, out=starts[1:])
    return points, starts[offsets]


def from_code_points(
    points: CodePoints | npt.NDArray[np.uint8], offsets: Offsets, valid: pa.Array
) -> pa.Array:
    """Return the string array of ``points`` split at ``offsets``, null where ``valid`` is false."""
    if points.size and points.max() > 0x7F:
        widths = 1 + (points > 0x7F).astype(np.int64) + (points > 0x7FF) + (points > 0xFFFF)
        ends = np.zeros(points.size + 1, np.int64)
        np.cumsum(widths, out=ends[1:])
        data, edges = points.tobytes().decode("utf-32-le").encode("utf-8"), ends[offsets]
    else:
        data, edges = points.astype(np.uint8, copy=False).tobytes(), offsets
    buffers = [None, pa.py_buffer(edges.astype(np.int32)), pa.py_buffer(data)]
    result = pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers)
    return result if valid is None else pc.if_else(valid, result, pa.scalar(None, pa.string()))
