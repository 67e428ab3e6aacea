"""Infers the type of a text column: one that keeps every character, or else text.

A column becomes a number, date or Boolean only if writing the value gives the same text again
(except for the form of a float). So ``02139`` and ``+15551234`` stay text, as do 16-digit numbers,
and a column that writes one number in two ways: ``1.10`` and ``1.1`` may be two versions.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.io.sources.number_spellings import spelled_twice
from anonymize.io.sources.text_bytes import byte_at, text_bytes

TIMESTAMP = pa.timestamp("us")
INSTANT = pa.timestamp("us", "UTC")
TYPE_NAMES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "float": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": TIMESTAMP,
    "instant": INSTANT,
}
"""Allowed words in ``types:``; ``timestamp`` has no time zone, ``instant`` has one and is kept as
UTC.
"""
ALIASES = {
    "str": "string",
    "text": "string",
    "int": "integer",
    "int64": "integer",
    "double": "float",
    "float64": "float",
    "number": "float",
    "bool": "boolean",
    "date32": "date",
    "datetime": "timestamp",
}
"""Other words that people write for them."""

LONGEST_NUMBER = 15
"""Maximum digits of an inferred number: up to here a float is exact, and card numbers (16) stay
text.
"""
_FEW_BEFORE_THE_POINT = rf"^[-+]?[0-9]{{0,{LONGEST_NUMBER}}}\.|[eEnN]"

_INTEGER = r"^(?:-?[1-9][0-9]*|0)$"
_FLOAT = r"^(?:-?(?:0|[1-9][0-9]*)?\.[0-9]*(?:[eE][+-]?[0-9]+)?|-?(?:0|[1-9][0-9]*)(?:[eE][+-][0-9]+)?|[+-]?(?:nan|NaN|NAN|inf|Inf|INF|infinity|Infinity))$"  # noqa: E501
_MINUS, _DOT, _ZERO, _ONE, _NINE, _E = b"-.019e"
_LOWER = np.uint8(0x20)
_TRUTH = np.frombuffer(b"tTfF", np.uint8)
_DATE_LENGTH = len("2024-01-31")


class NotOfKind(ValueError):
    """Some values of a text column are not of its type; ``rows`` are their positions."""

    def __init__(self, rows: np.ndarray, of: pa.DataType) -> None:
        """Store the positions and the type, never a value."""
        self.rows, self.of = rows, of
        super().__init__(f"{len(rows)} values are not {type_name(of)}")


class SpelledTwice(NotOfKind):
    """Some values of a text column write a number that others write otherwise."""


def type_name(type_: pa.DataType) -> str:
    """Return the word for ``type_`` that ``types:`` uses, or Arrow's."""
    return next((name for name, known in TYPE_NAMES.items() if known.equals(type_)), str(type_))


def type_word(said: str) -> str:
    """Return the same for a type in Arrow's text form, which a manifest contains."""
    return next((name for name, known in TYPE_NAMES.items() if str(known) == said), said)


def infer_kind(values: pa.StringArray) -> pa.DataType:
    """Return the type that keeps every one of ``values``; text if none does, or if all are null."""
    values = values.drop_null()
    if not len(values):
        return pa.string()
    for kind in (pa.bool_(), pa.int64(), pa.date32(), TIMESTAMP, INSTANT, pa.float64()):
        if _fits(values, kind):
            return kind
    return pa.string()


def writes_twice(values: pa.StringArray) -> bool:
    """Return True if ``values`` are text for no other reason than a number in two spellings."""
    kind, values = pa.float64(), values.drop_null()
    for some in (values.slice(0, 100), values):
        try:
            some.cast(kind)
        except pa.ArrowInvalid:
            return False
        if len(_lossy_rows(some, kind)):
            return False
    return len(spelled_twice(values)) > 0


def _fits(values: pa.StringArray, kind: pa.DataType) -> bool:
    for some in (values.slice(0, 100), values):  # most columns are decided by their first values
        try:
            some.cast(kind)
        except pa.ArrowInvalid:
            return False
        if len(_lossy_rows(some, kind)):
            return False
    if pa.types.is_integer(kind):
        longest = pc.max(pc.binary_length(pc.utf8_ltrim(values, "-"))).as_py()
        return bool(longest <= LONGEST_NUMBER)
    if pa.types.is_floating(kind):  # 'nan' alone may be a name
        digits = bool(pc.any(pc.match_substring_regex(values, "[0-9]")).as_py())
        return digits and not len(spelled_twice(values))
    return True


def convert(values: pa.StringArray, kind: pa.DataType, *, lossless: bool = True) -> pa.Array:
    """Return ``values`` as ``kind``: same length, null for null.

    With ``lossless``, a value whose text would change (leading zeros, ``0x1F``, a plus sign, a date
    in a column of timestamps) is refused, and so is a float in two spellings; without, everything
    that Arrow can parse is accepted.

    Raises:
        NotOfKind: with the positions of the values that do not fit.
        SpelledTwice: with the positions of the numbers in two spellings.
    """
    if pa.types.is_string(kind):
        return values
    if lossless:
        bad = _lossy_rows(values, kind)
        if len(bad):
            raise NotOfKind(bad, kind)
    try:
        converted = values.cast(kind)
    except pa.ArrowInvalid:
        raise NotOfKind(_unparsable_rows(values, kind), kind) from None
    if lossless and pa.types.is_floating(kind) and len(twice := spelled_twice(values)):
        raise SpelledTwice(twice, kind)
    return converted


def _unparsable_rows(values: pa.StringArray, kind: pa.DataType) -> np.ndarray:
    """Return the positions that Arrow cannot parse. Bisects, so that a few among many are found
    fast.
    """
    found: list[int] = []
    stack = [(0, len(values))]
    while stack and len(found) < 100:
        start, length = stack.pop()
        try:
            values.slice(start, length).cast(kind)
        except pa.ArrowInvalid:
            if length == 1:
                found.append(start)
            else:
                half = length // 2
                stack += [(start + half, length - half), (start, half)]
    return np.array(found, np.int64)


def _lossy_rows(values: pa.StringArray, kind: pa.DataType) -> np.ndarray:
    if pa.types.is_integer(kind):
        return _refused(values, _unproved(values, floats=False), _INTEGER)
    if pa.types.is_floating(kind):
        rows = _refused(values, _unproved(values, floats=True), _FLOAT)
        return rows if len(rows) else _long_digits(values)
    if pa.types.is_boolean(kind):
        starts, lengths, data = text_bytes(values)
        return np.flatnonzero((lengths > 0) & ~np.isin(byte_at(data, starts), _TRUTH))
    if pa.types.is_timestamp(kind):
        _, lengths, _ = text_bytes(values)
        return np.flatnonzero((lengths > 0) & (lengths <= _DATE_LENGTH))
    return np.array([], np.int64)


def _refused(values: pa.StringArray, suspects: np.ndarray, pattern: str) -> np.ndarray:
    """Return the rows among ``suspects`` whose text does not match ``pattern``."""
    if not len(suspects):
        return suspects
    some = values if len(suspects) == len(values) else values.take(pa.array(suspects))
    matches = pc.match_substring_regex(some, pattern).fill_null(True)
    return np.asarray(suspects[~np.asarray(matches.to_numpy(zero_copy_only=False))])


def _unproved(values: pa.StringArray, *, floats: bool) -> np.ndarray:
    """Return the rows whose first bytes do not prove a plain number already. Only these need a
    regular expression.
    """
    starts, lengths, data = text_bytes(values)
    first = byte_at(data, starts)
    plain = (first >= _ONE) & (first <= _NINE) | (lengths == 0)
    if not plain.all():
        second = byte_at(data, starts + 1)
        plain |= (first == _ZERO) & ((lengths == 1) | (second == _DOT if floats else False))
        plain |= (first == _MINUS) & (lengths > 1) & (second >= _ONE) & (second <= _NINE)
    if floats:
        plain[_rows_with_exponent(starts, lengths, data)] = False
    return np.flatnonzero(~plain)


def _rows_with_exponent(starts: np.ndarray, lengths: np.ndarray, data: np.ndarray) -> np.ndarray:
    if not len(starts):
        return starts
    used = data[starts[0] : starts[-1] + lengths[-1]]
    found = np.flatnonzero((used | _LOWER) == _E) + starts[0]
    return np.asarray(np.searchsorted(starts, found, "right") - 1)


def _long_digits(values: pa.StringArray) -> np.ndarray:
    """Return the rows of a float column with more digits before the point than a float holds: its
    last ones would change.
    """
    _, lengths, _ = text_bytes(values)
    long = np.flatnonzero(lengths > LONGEST_NUMBER)
    if not len(long):
        return long
    some = values if len(long) == len(values) else values.take(pa.array(long))
    dotted = np.asarray(
        pc.match_substring(some, ".").fill_null(True).to_numpy(zero_copy_only=False)
    )
    whole = _refused(values, long[~dotted], "[eEnN]")
    return np.union1d(whole, _refused(values, long[dotted], _FEW_BEFORE_THE_POINT))
