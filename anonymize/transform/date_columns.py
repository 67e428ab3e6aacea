"""Reads dates and times in any form as Arrow timestamps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arrow.moments import out_of_range, wall_clock
from anonymize.transform.columns import is_text, seen_text, value_type
from anonymize.transform.date_formats import read_written
from anonymize.transform.interface import UnsupportedTypeError

TAKES_DATES = "dates, timestamps and text that holds dates"

_CLOCK = (
    r"^[T ]\d\d?:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[AaPp][Mm])?(?:"
    r" ?(?:Z|z|UTC|GMT|[+-]\d\d(?::?\d\d)?))?$"
)
"""Pattern of a time of day after a day. Anything else there would be text that no check has
seen.
"""

_DIGITS_AT = [0, 1, 2, 3, 5, 6, 8, 9]
_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_NOTHING = np.zeros(0, np.uint8)


def check_dates(input_type: pa.DataType) -> None:
    """Check that ``input_type`` can hold dates.

    Raises:
        UnsupportedTypeError: it cannot.
    """
    kind = value_type(input_type)
    if not (
        is_text(kind)
        or pa.types.is_date(kind)
        or pa.types.is_timestamp(kind)
        or pa.types.is_null(kind)
    ):
        raise UnsupportedTypeError(input_type, TAKES_DATES)


def as_dates(values: pa.Array, written: str | None) -> tuple[pa.Array, pa.Array]:
    """Return ``values`` as local dates and times, and a mask of values that are not dates.

    Text is read with the strptime format ``written``, or as ISO 8601 if None. Bad are: days that do
    not exist (30 February; they are not moved to the next month), text with anything except a time
    of day after the day, and days outside the years 1 to 9999. Timestamps with a zone give the
    local time there.
    """
    if is_text(values.type):
        texts = pc.utf8_trim_whitespace(seen_text(values))
        dates = _read_iso(texts) if written is None else read_written(texts, written)
        return dates, pc.and_(texts.is_valid(), dates.is_null())
    if pa.types.is_timestamp(values.type) and values.type.tz is not None:
        return wall_clock(values)
    far = out_of_range(values)
    values = pc.if_else(far, pa.scalar(None, values.type), values)
    return (values if pa.types.is_timestamp(values.type) else values.cast(pa.timestamp("s"))), far


def _read_iso(texts: pa.Array) -> pa.Array:
    """Return the days of ``texts``, parsed from their bytes; null if there is none, or if more than
    a time follows.
    """
    texts = texts.fill_null("")
    _, edges, data = texts.buffers()
    offsets = np.frombuffer(edges, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(
        np.int64
    )
    raw = np.concatenate(
        [np.frombuffer(data, np.uint8) if data is not None else _NOTHING, np.zeros(11, np.uint8)]
    )
    lengths, head = np.diff(offsets), raw[offsets[:-1, None] + np.arange(11)]
    digits = head[:, _DIGITS_AT].astype(np.int64) - ord("0")
    shaped = (
        (lengths >= 10)
        & ((digits >= 0) & (digits <= 9)).all(axis=1)
        & (head[:, [4, 7]] == ord("-")).all(axis=1)
    )
    shaped &= (lengths == 10) | (
        shaped & (lengths > 10) & _has_clock(texts, shaped & (lengths > 10))
    )
    year, month, day = (
        digits[:, :4] @ [1000, 100, 10, 1],
        digits[:, 4:6] @ [10, 1],
        digits[:, 6:] @ [10, 1],
    )
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    shaped &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)
    shaped &= day <= _DAYS[np.where(shaped, month, 0)] + (leap & (month == 2))
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    days = (first + (day - 1)).astype("datetime64[s]")
    return pa.array(days, pa.timestamp("s"), mask=~shaped)


def _has_clock(texts: pa.Array, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return a mask of the texts in ``wanted`` that have a time of day from the eleventh character
    on.
    """
    found = np.zeros(len(texts), np.bool_)
    if wanted.any():
        tails = pc.utf8_slice_codeunits(texts.filter(pa.array(wanted)), 10)
        found[wanted] = np.asarray(pc.match_substring_regex(tails, _CLOCK))
    return found
