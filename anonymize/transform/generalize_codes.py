"""Postcodes, codes, addresses on the net and categories made coarser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.names import ColumnName
from anonymize.transform.columns import as_text, is_text, over_distinct, plain, raise_bad, text_result, value_type
from anonymize.transform.interface import Row, UnsupportedTypeError


@dataclass(frozen=True)
class GeneralizePrefix:
    """The first characters of postcodes and codes, spaces removed, in capitals. Not reversible; leaks the prefix."""

    length: int
    """Characters that stay."""
    width: int | None = None
    """Digits of a full code, for codes kept as integers: leading zeros are put back."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; text is taken, and whole numbers when ``width`` is said."""
        kind = value_type(input_type)
        if pa.types.is_integer(kind) and self.width is None:
            raise UnsupportedTypeError(input_type, "text; for codes read as integers say width: (its digits)")
        if not (is_text(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
            raise UnsupportedTypeError(input_type, "text and whole numbers")
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the prefixes.

        Raises:
            BadValuesError: some values are no longer than the prefix, so it would tell them whole.
        """
        kind = self.output_type(column.type)
        return over_distinct(column, self._prefixes, kind)

    def _prefixes(self, values: pa.Array) -> pa.Array:
        codes = pc.utf8_upper(pc.replace_substring_regex(as_text(values), r"\s+", ""))
        if self.width is not None:
            codes = pc.utf8_lpad(codes, self.width, "0")
        bad = pc.less_equal(pc.utf8_length(codes), self.length)
        prefixes = pc.utf8_slice_codeunits(codes, 0, self.length)
        return raise_bad(bad, prefixes, f"has no more than {self.length} characters")


POSTCODE_PREFIX: Mapping[str, int] = MappingProxyType(
    {"US": 3, "CA": 3, "IE": 3, "JP": 3, "IN": 3, "BR": 3, "CN": 3, "KR": 3, "MX": 3}
)
"""Characters of a postcode that name a region, by country; in other countries two, and the outward letters in GB."""

_FEW_PEOPLE_TEXT = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893"

FEW_PEOPLE: frozenset[str] = frozenset(_FEW_PEOPLE_TEXT.split())
"""US three-digit areas with under 20,000 people: they become 000. Source: HHS guidance on HIPAA Safe Harbor."""


@dataclass(frozen=True)
class GeneralizePostcode:
    """Postcodes by the region their first characters name, country by country. Not reversible; leaks the region."""

    country: str | None = None
    """Two-letter code of the country of every row."""
    by: ColumnName | None = None
    """The column that holds each row's country, where they differ."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the country's column."""
        return (self.by,) if self.by is not None else ()

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; only text is taken."""
        if not (is_text(value_type(input_type)) or pa.types.is_null(input_type)):
            raise UnsupportedTypeError(input_type, "text")
        return text_result(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the regions.

        Raises:
            BadValuesError: some values are no longer than what names a region.
        """
        kind = self.output_type(column.type)
        codes = pc.utf8_upper(pc.replace_substring_regex(as_text(plain(column)), r"[\s-]+", ""))
        countries = self._countries(row, len(column))
        lengths = np.array([POSTCODE_PREFIX.get(name or "", 2) for name in countries.dictionary.to_pylist()] or [2])
        wanted = lengths[np.asarray(countries.indices.fill_null(0))] if len(countries) else np.zeros(0, np.int64)
        result, bad = pa.nulls(len(column), pa.string()), pc.less_equal(pc.utf8_length(codes), pa.array(wanted))
        for length in np.unique(wanted).tolist():
            part = pc.utf8_slice_codeunits(codes, 0, length)
            result = pc.if_else(pa.array(wanted == length), part, result)
        names = countries.dictionary_decode()
        british = pc.equal(names, "GB").fill_null(False)
        result = pc.if_else(british, pc.replace_substring_regex(codes, r"^([A-Z]{1,2}).*$", r"\1"), result)
        empty = pc.and_(pc.equal(names, "US"), pc.is_in(result, pa.array(sorted(FEW_PEOPLE)))).fill_null(False)
        result = pc.if_else(empty, pa.scalar("000"), result)
        return raise_bad(bad, result.cast(kind), "is too short for a postcode")

    def _countries(self, row: Row, length: int) -> pa.DictionaryArray:
        """Return each row's country in capitals."""
        if self.by is None:
            return pa.repeat(pa.scalar(self.country, pa.string()), length).dictionary_encode()
        return pc.utf8_upper(pc.utf8_trim_whitespace(as_text(plain(row.before[self.by])))).dictionary_encode()


@dataclass(frozen=True)
class GeneralizePart:
    """The domain of an e-mail address, or the host of a URL, in small letters. Not reversible; leaks that part."""

    part: str
    """``domain`` or ``host``."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; only text is taken."""
        if not (is_text(value_type(input_type)) or pa.types.is_null(input_type)):
            raise UnsupportedTypeError(input_type, "text")
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the parts.

        Raises:
            BadValuesError: some values are no e-mail addresses, or no URLs.
        """
        return over_distinct(column, self._parts, self.output_type(column.type))

    def _parts(self, values: pa.Array) -> pa.Array:
        texts = pc.utf8_lower(pc.utf8_trim_whitespace(as_text(values)))
        parts = pc.struct_field(pc.extract_regex(texts, _PART[self.part]), self.part)
        bad = pc.and_(texts.is_valid(), parts.is_null())
        why = "is not an e-mail address" if self.part == "domain" else "is not a URL with a host"
        return raise_bad(bad, parts, why)


_PART = {
    "domain": r"^[^@\s]+@(?P<domain>[^@\s]+)$",
    "host": r"^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?P<host>\[[^\]]+\]|[^/?#:@]+)",
}


@dataclass(frozen=True)
class GeneralizeHierarchy:
    """Values by the group that a hierarchy file puts them in. Not reversible; leaks the group."""

    groups: Mapping[str, str] = field(repr=False)
    """Value to group."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; every type with one text form is taken."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the groups.

        Raises:
            BadValuesError: some values are not in the hierarchy.
        """
        return over_distinct(column, self._grouped, self.output_type(column.type))

    def _grouped(self, values: pa.Array) -> pa.Array:
        texts = pc.utf8_trim_whitespace(as_text(values))
        places = pc.index_in(texts, pa.array(list(self.groups), pa.string()))
        groups = pa.array(list(self.groups.values()), pa.string()).take(places)
        return raise_bad(pc.and_(texts.is_valid(), groups.is_null()), groups, "is not in the hierarchy")


def read_hierarchy(path: str, level: int) -> Mapping[str, str]:
    """Return value to group of ``level`` from a hierarchy file: value; level 1; level 2 …, no header, ``;`` or ``,``.

    Raises:
        ValueError: the file cannot be read, or a line has no such level.
    """
    import csv

    try:
        with open(path, encoding="utf-8", newline="") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"hierarchy file '{path}' cannot be read: {error}") from None
    rows = [row for row in csv.reader(lines, delimiter=";" if lines and ";" in lines[0] else ",") if row]
    short = next((number for number, row in enumerate(rows, 1) if len(row) <= level), None)
    if not rows or short is not None:
        least = min((len(row) - 1 for row in rows), default=0)
        raise ValueError(f"hierarchy file '{path}' has {least} levels (line {short or 1}), not {level}")
    return MappingProxyType({row[0].strip(): row[level].strip() for row in rows})
