"""Codes by their first characters: postcodes, industries, any code whose beginning is a group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import PlanError
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies.levels import Known, by_text
from anonymize.privacy.hierarchies.texts import as_texts, is_text, joined, plain_values

_NOT_SEEN = r"[\s\p{Z}\p{Cc}\p{Cf}]+"
"""White space and characters that cannot be seen, anywhere in a code."""


@dataclass(frozen=True)
class Prefixes:
    """Codes by their first characters, in capitals and without white space: ``981**``.

    A label has a star for each character that it lacks of ``width``, or of the length that all
    codes have; one star if lengths differ. A code that is shorter than a level's prefix stays
    itself there. With ``width``, codes of digits that are shorter get zeros in front.

    A leaf is a value of the column.
    """

    lengths: tuple[int, ...]
    """Numbers of characters from fine to coarse, descending."""
    width: int | None = None
    """Characters of a full code."""
    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of blank codes, and of those longer than ``width``."""

    def __post_init__(self) -> None:
        """Refuse lengths that do not descend.

        Raises:
            PlanError: they do not, or are not shorter than the width.
        """
        if (
            not self.lengths
            or self.lengths[-1] < 1
            or list(self.lengths) != sorted(set(self.lengths), reverse=True)
        ):
            raise PlanError(
                "prefix: numbers of characters are above 0 and fall, for example 4, 3, 1"
            )
        if self.width is not None and self.width < self.lengths[0]:
            raise PlanError(f"width: is not below the longest prefix, {self.lengths[0]}")

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with a level per length.

        Raises:
            PlanError: the values are no text, nor whole numbers beside ``width``.
            DataError: values are blank, or longer than ``width``.
        """
        values = plain_values(name, values)
        codes = _codes(name, values, self.width)
        size = pc.utf8_length(codes)
        most = self.width if self.width is not None else 2**31 - 1
        mask = pc.and_(pc.greater(size, 0), pc.less_equal(size, most)).fill_null(False)
        said = "have no characters"
        if self.width is not None:
            said = f"have none or more than {self.width} characters"
        known = Known.of(name, values, mask, self.unknown, f"{said}; make them missing, or say")
        own = _with_zeros(as_texts(values), self.width)
        codes = codes.filter(pa.array(known.mask))
        full = self.width or _common_length(codes)
        levels = [by_text(prefixes(codes, length, full)) for length in self.lengths]
        return known.column(levels, own=own)


def prefixes(codes: pa.StringArray, length: int, full: int | None) -> pa.StringArray:
    """Return the first characters of codes, with stars up to ``full``; one if it is None."""
    stars = "*" if full is None else "*" * max(full - length, 0)
    short = pc.less(pc.utf8_length(codes), length)
    return pc.if_else(short, codes, joined(pc.utf8_slice_codeunits(codes, 0, length), stars))


def _codes(name: str, values: pa.Array, width: int | None) -> pa.StringArray:
    """Return values as codes in one spelling.

    Raises:
        PlanError: they are no text, nor whole numbers beside ``width``.
    """
    kind = values.type
    if is_text(kind) or pa.types.is_null(kind):
        codes = one_spelling(as_texts(values))
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise PlanError(f"is {kind}, and prefix: takes text", place=f"column {name}")
    elif width is None:
        raise PlanError(
            f"is {kind}, and prefix: takes text; for codes read as numbers say width: (characters"
            " of a full code)",
            place=f"column {name}",
        )
    else:
        codes = as_texts(values)
    return _with_zeros(codes, width)


def _with_zeros(codes: pa.StringArray, width: int | None) -> pa.StringArray:
    """Return codes of digits alone with zeros in front, up to ``width`` characters."""
    if width is None:
        return codes
    digits = pc.match_substring_regex(codes, r"^\d+$")
    return pc.if_else(digits, pc.utf8_lpad(codes, width, "0"), codes)


def one_spelling(texts: pa.StringArray) -> pa.StringArray:
    """Return codes in capitals, without white space and what cannot be seen."""
    return pc.utf8_upper(pc.replace_substring_regex(texts, _NOT_SEEN, ""))


def _common_length(codes: pa.StringArray) -> int | None:
    lengths = pc.min_max(pc.utf8_length(codes)).as_py()
    return lengths["min"] if lengths["min"] == lengths["max"] else None


_LENGTHS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"US": (5, 3, 1), "CA": (3, 1), "IE": (3, 1), "NL": (4, 2, 1), "PT": (4, 2, 1), "PL": (3, 2, 1)}
)
"""Characters of a postcode that are an area, by country; (3, 2, 1) elsewhere, and by letters in GB.
"""

_BRITISH = r"^(?P<outward>(?P<area>[A-Z]{1,2})\d[A-Z\d]?)(?P<inward>\d[A-Z]{2})?$"
_POSTCODE = r"^[0-9A-Z]*\d[0-9A-Z]*$"
_WHAT = "are no postcodes of their country; make them missing, or say"


@dataclass(frozen=True)
class Postcodes:
    """Postcodes by the areas that their first characters are: ZIP code, three digits, one in the
    US; district and area (``SW1A``, ``SW``) in GB. Spaces and hyphens do not count.

    A leaf is a value of the column.
    """

    country: str
    """Two-letter code of the country, in capitals."""
    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of values that are no postcodes."""

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with a level per kind of area.

        Raises:
            PlanError: the values are no text.
            DataError: values are no postcodes.
        """
        values = plain_values(name, values)
        if not (is_text(values.type) or pa.types.is_null(values.type)):
            raise PlanError(
                f"is {values.type}, and postcodes: takes text; read the column as text by types:"
                f" {{{name}: string}} in source:, which keeps zeros in front",
                place=f"column {name}",
            )
        codes = pc.replace_substring(one_spelling(as_texts(values)), "-", "")
        form = _BRITISH if self.country == "GB" else _POSTCODE
        mask = pc.match_substring_regex(codes, form).fill_null(False)
        known = Known.of(name, values, mask, self.unknown, _WHAT)
        codes = codes.filter(pa.array(known.mask))
        if self.country == "GB":
            parts = pc.extract_regex(codes, _BRITISH)
            levels = [pc.struct_field(parts, part) for part in ("outward", "area")]
            return known.column([by_text(level) for level in levels])
        full = _common_length(codes)
        lengths = _LENGTHS.get(self.country, (3, 2, 1))
        return known.column([by_text(prefixes(codes, length, full)) for length in lengths])


@dataclass(frozen=True)
class Naics:
    """Industries by NAICS: 5, 4 and 3 digits (``54151*``), then the sector: ``54``, and ``31–33``,
    ``44–45``, ``48–49`` for those that have several numbers. A leaf is a value of the column.

    Source: NAICS 2022, US Census Bureau: sectors are the first two digits, but for
    manufacturing (31 to 33), retail trade (44, 45), transportation and warehousing (48, 49).
    """

    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of values that are not two to six digits."""

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with four levels.

        Raises:
            PlanError: the values are neither text nor whole numbers.
            DataError: values are not two to six digits.
        """
        values = plain_values(name, values)
        kind = values.type
        if not (is_text(kind) or pa.types.is_integer(kind) or pa.types.is_null(kind)):
            raise PlanError(
                f"is {kind}, and codes: naics takes text and whole numbers", place=f"column {name}"
            )
        codes = one_spelling(as_texts(values))
        mask = pc.match_substring_regex(codes, r"^[1-9]\d{1,5}$").fill_null(False)
        what = "are not two to six digits of a NAICS code; make them missing, or say"
        known = Known.of(name, values, mask, self.unknown, what)
        codes = codes.filter(pa.array(known.mask))
        levels = [by_text(prefixes(codes, length, 6)) for length in (5, 4, 3)]
        sectors = pc.utf8_slice_codeunits(codes, 0, 2)
        for pattern, sector in (("^3[123]$", "31–33"), ("^4[45]$", "44–45"), ("^4[89]$", "48–49")):
            sectors = pc.replace_substring_regex(sectors, pattern, sector)
        return known.column([*levels, by_text(sectors)])
