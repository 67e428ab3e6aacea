"""Generalizes postcodes, codes, internet addresses and categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.names import ColumnName
from anonymize.privacy.presets import FEW_PEOPLE
from anonymize.transform.blank import INVISIBLE, only_seen_ascii
from anonymize.transform.columns import (
    as_text,
    is_text,
    over_distinct,
    plain,
    raise_bad,
    seen_text,
    text_result,
    value_type,
)
from anonymize.transform.hosts import HOST
from anonymize.transform.interface import Row, UnsupportedTypeError

_LOST = "; where zeros in front were lost say width: (its digits)"


@dataclass(frozen=True)
class GeneralizePrefix:
    """The first characters of postcodes and codes, spaces removed, in capitals. Not reversible;
    leaks the prefix.
    """

    function_of_row: ClassVar[bool] = True
    length: int
    """Number of characters that are kept."""
    width: int | None = None
    """Digits of a full code: restores the leading zeros that codes lost as numbers."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts text, and numbers if ``width`` is given."""
        return _code_result(input_type, self.width)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the prefixes.

        Raises:
            BadValuesError: some values are no longer than the prefix, which would reveal them
                completely.
        """
        kind = self.output_type(column.type)
        return over_distinct(column, self._prefixes, kind)

    def _prefixes(self, values: pa.Array) -> pa.Array:
        codes = _widened(_upper(seen_text(values)), self.width)
        prefixes = pc.utf8_slice_codeunits(codes, 0, self.length)
        if self.width is None:
            short = pc.less_equal(pc.utf8_length(codes), self.length)
            return raise_bad(short, prefixes, f"has no more than {self.length} characters{_LOST}")
        odd = pc.invert(pc.match_substring_regex(codes, rf"^[0-9A-Z]{{{self.width}}}$"))
        return raise_bad(odd, prefixes, f"has not {self.width} characters")


def _upper(texts: pa.Array) -> pa.Array:
    """Return codes in capitals, without what cannot be seen in them."""
    if only_seen_ascii(texts):  # a fifth of the time of the general way, and most codes are so
        return pc.ascii_upper(texts)
    return pc.utf8_upper(pc.replace_substring_regex(texts, rf"[{INVISIBLE}]+", ""))


def _code_result(input_type: pa.DataType, width: int | None) -> pa.DataType:
    """Return the type of a shortened code.

    Raises:
        UnsupportedTypeError: it is neither text nor, if the ``width`` of a full code is given, a
            number.
    """
    kind, is_ = value_type(input_type), pa.types
    number = is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind)
    if number and width is None:
        raise UnsupportedTypeError(
            input_type, "text; for codes read as numbers say width: (its digits)"
        )
    if not (is_text(kind) or number or is_.is_null(kind)):
        raise UnsupportedTypeError(input_type, "text and whole numbers")
    return text_result(input_type)


def _widened(codes: pa.Array, width: int | None) -> pa.Array:
    """Return codes with the zeros that they lost as numbers: ``7030`` and ``7030.0`` become
    07030.
    """
    if width is None:
        return codes
    whole = pc.replace_substring_regex(codes, r"^(\d+)\.0*$", r"\1")
    short = pc.less(pc.utf8_length(whole), width)
    return pc.if_else(short, pc.utf8_lpad(whole, width, "0"), whole)


POSTCODE_PREFIX: Mapping[str, int] = MappingProxyType(
    {"US": 3, "CA": 3, "IE": 3, "JP": 3, "IN": 3, "BR": 3, "CN": 3, "KR": 3, "MX": 3}
)
"""Number of a postcode's characters that identify a region, by country; in other countries two, and
the outward letters in GB.
"""

_POSTCODE_FORM: Mapping[str, str] = MappingProxyType(
    {"US": r"^\d{5}(\d{4})?$", "GB": r"^[A-Z]{1,2}\d[0-9A-Z]{0,4}$"}
)
"""Pattern of a postcode without spaces and hyphens, for countries where it determines which part is
kept.
"""

_ANY_POSTCODE = r"^[0-9A-Z]*\d[0-9A-Z]*$"
"""Pattern for other countries: letters and digits, with at least one digit. Anything else is not a
postcode.
"""


@dataclass(frozen=True)
class GeneralizePostcode:
    """Postcodes by the region that their first characters identify, by country. Not reversible;
    leaks the region.
    """

    function_of_row: ClassVar[bool] = True
    country: str | None = None
    """Two-letter code of the country of every row."""
    by: ColumnName | None = None
    """The column with each row's country, if they differ."""
    width: int | None = None
    """Digits of a full code: restores the leading zeros that codes lost as numbers."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the country's column."""
        return (self.by,) if self.by is not None else ()

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts text, and numbers if ``width`` is given."""
        return _code_result(input_type, self.width)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the regions.

        Raises:
            BadValuesError: some values are not postcodes, or no longer than the part that
                identifies a region.
        """
        kind = self.output_type(column.type)
        codes = _widened(
            pc.utf8_upper(
                pc.replace_substring_regex(seen_text(plain(column)), rf"[{INVISIBLE}-]+", "")
            ),
            self.width,
        )
        countries = self._countries(row, len(column))
        lengths = np.array(
            [POSTCODE_PREFIX.get(name or "", 2) for name in countries.dictionary.to_pylist()] or [2]
        )
        wanted = (
            lengths[np.asarray(countries.indices.fill_null(0))]
            if len(countries)
            else np.zeros(0, np.int64)
        )
        names = countries.dictionary_decode()
        result, bad = (
            pa.nulls(len(column), pa.string()),
            pc.less_equal(pc.utf8_length(codes), pa.array(wanted)),
        )
        bad = pc.or_(bad, pc.invert(_well_formed(codes, names)))
        for length in np.unique(wanted).tolist():
            part = pc.utf8_slice_codeunits(codes, 0, length)
            result = pc.if_else(pa.array(wanted == length), part, result)
        british = pc.equal(names, "GB").fill_null(False)
        result = pc.if_else(
            british, pc.replace_substring_regex(codes, r"^([A-Z]{1,2}).*$", r"\1"), result
        )
        empty = pc.and_(
            pc.equal(names, "US"), pc.is_in(result, pa.array(sorted(FEW_PEOPLE)))
        ).fill_null(False)
        result = pc.if_else(empty, pa.scalar("000"), result)
        what = "is no postcode of its country" + (_LOST if self.width is None else "")
        return raise_bad(bad, result.cast(kind), what)

    def _countries(self, row: Row, length: int) -> pa.DictionaryArray:
        """Return each row's country in capitals."""
        if self.by is None:
            return pa.repeat(pa.scalar(self.country, pa.string()), length).dictionary_encode()
        return pc.utf8_upper(
            pc.utf8_trim_whitespace(as_text(plain(row.before[self.by])))
        ).dictionary_encode()


def _well_formed(codes: pa.Array, countries: pa.Array) -> pa.BooleanArray:
    """Return a mask of codes that have the form of their row's country."""
    formed = pc.match_substring_regex(codes, _ANY_POSTCODE)
    for country, form in _POSTCODE_FORM.items():
        there = pc.equal(countries, country).fill_null(False)
        if pc.any(there).as_py():
            formed = pc.if_else(there, pc.match_substring_regex(codes, form), formed)
    return formed


@dataclass(frozen=True)
class GeneralizePart:
    """The domain of an e-mail address, or the host of a URL, in small letters. Not reversible;
    leaks that part.
    """

    function_of_row: ClassVar[bool] = True
    part: str
    """``domain`` or ``host``."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts only text."""
        if not (is_text(value_type(input_type)) or pa.types.is_null(input_type)):
            raise UnsupportedTypeError(input_type, "text")
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the parts.

        Raises:
            BadValuesError: some values are not e-mail addresses, or not URLs.
        """
        return over_distinct(column, self._parts, self.output_type(column.type))

    def _parts(self, values: pa.Array) -> pa.Array:
        texts = pc.utf8_lower(pc.utf8_trim_whitespace(seen_text(values)))
        parts = pc.struct_field(pc.extract_regex(texts, _PART[self.part]), "part")
        if self.part == "host":
            parts = _without_sign_in(parts)
        parts = over_distinct(pc.replace_substring_regex(parts, r"\.$", ""), _only_hosts)
        why = "is not an e-mail address" if self.part == "domain" else "is not a URL with a host"
        return raise_bad(pc.and_(texts.is_valid(), parts.is_null()), parts, why)


_PART = {
    "domain": r"^[^@\s]+@(?P<part>[^@\s]+)$",
    "host": r"^[a-z][a-z0-9+.-]*://(?P<part>[^/?#]+)",
}


def _without_sign_in(authorities: pa.Array) -> pa.Array:
    """Return the hosts of ``jane:secret@host:80``: the text after the last at sign, without its
    port.
    """
    signed = pc.match_substring(authorities, "@")
    if pc.any(signed).as_py():
        authorities = pc.if_else(
            signed, pc.replace_substring_regex(authorities, r"^.*@", ""), authorities
        )
    return pc.replace_substring_regex(authorities, r":\d*$", "")


def _only_hosts(parts: pa.Array) -> pa.Array:
    """Return the ``parts`` that are hosts, null for the others."""
    return pc.if_else(
        pc.match_substring_regex(parts, f"^{HOST}$"), parts, pa.scalar(None, pa.string())
    )


@dataclass(frozen=True)
class GeneralizeHierarchy:
    """Values by their group in a hierarchy file. Not reversible; leaks the group."""

    function_of_row: ClassVar[bool] = True
    groups: Mapping[str, str] = field(repr=False)
    """Value → group."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the groups.

        Raises:
            BadValuesError: some values are not in the hierarchy.
        """
        return over_distinct(column, self._grouped, self.output_type(column.type))

    def _grouped(self, values: pa.Array) -> pa.Array:
        texts = pc.utf8_trim_whitespace(seen_text(values))
        places = pc.index_in(texts, pa.array(list(self.groups), pa.string()))
        groups = pa.array(list(self.groups.values()), pa.string()).take(places)
        return raise_bad(
            pc.and_(texts.is_valid(), groups.is_null()), groups, "is not in the hierarchy"
        )


def read_hierarchy(path: str, level: int) -> Mapping[str, str]:
    """Return value → group of ``level`` from a hierarchy file: value; level 1; level 2 …, no
    header, ``;`` or ``,``.

    Raises:
        ValueError: the file cannot be read, a line has no such level, or two lines give one value
            two groups.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ValueError(f"hierarchy file '{path}' cannot be read: {error.strerror}") from None
    return parsed_hierarchy(data, path, level)


def parsed_hierarchy(data: bytes, path: str, level: int) -> Mapping[str, str]:
    """Return the same as ``read_hierarchy`` from the bytes of the file at ``path``.

    Raises:
        ValueError: they are not UTF-8, a line has no such level, or two lines give one value two
            groups.
    """
    import csv

    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"hierarchy file '{path}' is not UTF-8") from None
    rows = [
        row for row in csv.reader(lines, delimiter=";" if lines and ";" in lines[0] else ",") if row
    ]
    short = next((number for number, row in enumerate(rows, 1) if len(row) <= level), None)
    if not rows or short is not None:
        least = min((len(row) - 1 for row in rows), default=0)
        raise ValueError(
            f"hierarchy file '{path}' has {least} levels (line {short or 1}), not {level}"
        )
    groups: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        if groups.setdefault(row[0].strip(), row[level].strip()) != row[level].strip():
            raise ValueError(
                f"hierarchy file '{path}' puts line {number}'s value into two groups of level"
                f" {level}"
            )
    return MappingProxyType(groups)
