"""Dates in text with strptime formats: which formats are supported, reading, and writing them
again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Part = Literal["year", "month", "day"]

_DAYS, _NUMBER, _WORD = r" ?\d{1,2}", r"\d{1,2}", r"[A-Za-z]+"
_DIRECTIVES: Mapping[str, tuple[str, tuple[Part, ...]]] = {
    "Y": (r"\d{1,4}", ("year",)),
    "y": (_NUMBER, ("year",)),
    "m": (_NUMBER, ("month",)),
    "b": (_WORD, ("month",)),
    "B": (_WORD, ("month",)),
    "h": (_WORD, ("month",)),
    "d": (_DAYS, ("day",)),
    "e": (_DAYS, ("day",)),
    "j": (r"\d{1,3}", ("month", "day")),
    "a": (_WORD, ()),
    "A": (_WORD, ()),
    "H": (_NUMBER, ()),
    "I": (_NUMBER, ()),
    "M": (_NUMBER, ()),
    "S": (_NUMBER, ()),
    "p": (r"[AaPp][Mm]", ()),
    "T": (r"\d{1,2}:\d{1,2}:\d{1,2}", ()),
    "R": (r"\d{1,2}:\d{1,2}", ()),
    "D": (r"\d{1,2}/\d{1,2}/\d{1,2}", ("year", "month", "day")),
    "F": (r"\d{1,4}-\d\d?-\d\d?", ("year", "month", "day")),
    "%": ("%", ()),
}
"""Directives that Arrow's strptime and strftime treat alike, with their pattern and the parts of a
day that they give.

Arrow accepts others, but ignores them (``%f``), misreads them (``%G``), or gives the day in another
zone (``%z``).
"""

_TOKEN = re.compile(r"%(.?)", re.DOTALL)
_FRACTION = re.compile(r"(?<=%[ST])([.,])%f")
_SHORT_YEARS = ("%y", "%D")


def format_problem(written: str, needed: tuple[Part, ...]) -> str | None:
    """Return why dates in a format cannot be read, or which part of ``needed`` the format lacks;
    None if there is no problem.
    """
    found = _TOKEN.findall(_FRACTION.sub("", written, count=1))
    unknown = [f"%{letter}" for letter in dict.fromkeys(found) if letter not in _DIRECTIVES]
    if unknown:
        known = ", ".join(f"%{letter}" for letter in _DIRECTIVES)
        return (
            f"format: {', '.join(unknown)} cannot be read; it takes {known}, and %f behind %S."
            " or %S,"
        )
    said = {part for letter in found for part in _DIRECTIVES[letter][1]}
    missing = [part for part in needed if part not in said]
    if missing:
        return (
            f"format: '{written}' does not say the {' and the '.join(missing)}, which this action"
            " needs"
        )
    return None


def has_short_years(written: str) -> bool:
    """Return True if the year has two digits, so that only 1969 to 2068 can be represented."""
    return any(f"%{letter}" in _SHORT_YEARS for letter in _TOKEN.findall(written))


def read_written(texts: pa.Array, written: str) -> pa.Array:
    """Return the dates in ``texts``, to the second; null if they have another format or do not
    exist.

    A year under 1000 needs leading zeros: otherwise ``%Y`` would read 24 as the year 24.
    """
    encoded = texts.dictionary_encode()
    distinct, written = _without_fractions(encoded.dictionary, written)
    dates = pc.strptime(distinct, format=written, unit="s", error_is_null=True)
    back = pc.strftime(dates, format=written)
    same = pc.equal(_unpadded(back), _unpadded(distinct))
    ancient = pc.less(pc.year(dates), 1000).fill_null(False)
    if pc.any(ancient).as_py():
        padded = pc.equal(_one_spaced(back), _one_spaced(distinct))
        same = pc.if_else(ancient, padded, same)
    return pc.if_else(same, dates, pa.scalar(None, dates.type)).take(encoded.indices)


def write_as(dates: pa.Array, written: str, texts: pa.Array, *, exact: bool) -> pa.Array:
    """Return ``dates`` in the format of ``texts``, with fractions of a second; the fraction's
    digits are zeros unless ``exact``.
    """
    split = _split(written)
    if split is None:
        return pc.utf8_trim_whitespace(pc.strftime(dates, format=written))
    head, mark, tail = split
    fractions = pc.struct_field(_parted(texts, written), "f")
    if not exact:
        fractions = pc.replace_substring_regex(fractions, r"\d", "0")
    parts = [pc.strftime(dates, format=head), pa.repeat(mark, len(dates)), fractions]
    return pc.utf8_trim_whitespace(
        pc.binary_join_element_wise(
            *parts, pc.strftime(dates, format=tail) if tail else pa.repeat("", len(dates)), ""
        )
    )


def _split(written: str) -> tuple[str, str, str] | None:
    """Return the texts before a fraction of a second, its separator, and after it; None without a
    fraction.
    """
    found = _FRACTION.search(written)
    return (written[: found.start()], found.group(1), written[found.end() :]) if found else None


def _parted(texts: pa.Array, written: str) -> pa.Array:
    """Return texts as structs: before their fraction, the fraction, and after it; null
    without one.
    """
    head, mark, tail = _split(written) or (written, "", "")
    return pc.extract_regex(
        texts,
        rf"(?i)^(?P<h>{_pattern(head)}){re.escape(mark)}(?P<f>\d{{1,9}})(?P<t>{_pattern(tail)})$",
    )


def _without_fractions(texts: pa.Array, written: str) -> tuple[pa.Array, str]:
    """Return texts and format without fractions of a second, which Arrow cannot read; null for
    texts without one.
    """
    split = _split(written)
    if split is None:
        return texts, written
    parts = _parted(texts, written)
    bare = pc.binary_join_element_wise(pc.struct_field(parts, "h"), pc.struct_field(parts, "t"), "")
    return pc.if_else(parts.is_valid(), bare, pa.scalar(None, bare.type)), split[0] + split[2]


def _pattern(written: str) -> str:
    """Return a format as a regular expression of the texts that it accepts."""
    parts, at = [], 0
    for match in _TOKEN.finditer(written):
        parts += [_literal(written[at : match.start()]), _DIRECTIVES[match.group(1)][0]]
        at = match.end()
    return "".join([*parts, _literal(written[at:])])


def _literal(text: str) -> str:
    return "".join(
        r"\s+" if part.isspace() else re.escape(part) for part in re.findall(r"\s+|\S", text)
    )


def _one_spaced(texts: pa.Array) -> pa.Array:
    return pc.utf8_trim_whitespace(pc.replace_substring_regex(pc.utf8_lower(texts), r"\s+", " "))


def _unpadded(texts: pa.Array) -> pa.Array:
    """Return ``texts`` in lower case, with single spaces and no leading zero in any number."""
    return pc.replace_substring_regex(_one_spaced(texts), r"(^|\D)0+(\d)", r"\1\2")


def not_read_back(texts: pa.Array, dates: pa.Array, written: str) -> pa.BooleanArray:
    """Return a mask of texts that are read as another date than they were made from: two-digit
    years of another century.
    """
    if not has_short_years(written):
        return pa.array(np.zeros(len(texts), np.bool_))
    again = read_written(texts, written)
    return pc.and_(dates.is_valid(), pc.not_equal(again, dates.cast(again.type)).fill_null(True))
