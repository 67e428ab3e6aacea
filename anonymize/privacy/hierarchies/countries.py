"""Countries by the United Nations' sub-regions and regions."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import PlanError
from anonymize.privacy.coded import CodedColumn
from anonymize.privacy.hierarchies.levels import Grouping, Known, shares
from anonymize.privacy.hierarchies.texts import as_texts, is_text, plain_values
from anonymize.word_lists import word_lists

_WHAT = (
    "are neither ISO 3166 codes nor names of countries that are known; use a hierarchy file, or say"
)


@dataclass(frozen=True)
class Countries:
    """Country → sub-region (``Western Europe``) → region (``Europe``) → everything.

    Takes ISO 3166-1 codes of two and three letters, and English names, whatever their case, accents
    and punctuation. A leaf is a country or area of ``countries.txt``, whether the column has it or
    not.

    Source: UN M49; what differs is in the head of ``countries.txt``.
    """

    unknown: Literal["refuse", "root"] = "refuse"
    """What becomes of values that are no countries."""

    def coded(self, name: str, values: pa.Array) -> CodedColumn:
        """Return the column with two levels.

        Raises:
            PlanError: the values are no text.
            DataError: values are no countries.
        """
        values = plain_values(name, values)
        if not (is_text(values.type) or pa.types.is_null(values.type)):
            raise PlanError(f"is {values.type}, and countries: takes text", place=f"column {name}")
        table = _table()
        spellings = pa.array(list(table.places), pa.string())
        found = pc.index_in(_folded_values(as_texts(values)), value_set=spellings)
        known = Known.of(name, values, found.is_valid(), self.unknown, _WHAT)
        at = np.asarray(found.filter(pa.array(known.mask)))
        places = np.array(list(table.places.values()))[at]
        levels = []
        for labels, of_place in (table.sub_regions, table.regions):
            leaves = np.bincount(of_place)
            losses = shares(leaves, len(of_place))
            levels.append(Grouping(of_place[places], pa.array(labels, pa.string()), losses))
        return known.column(levels)


@dataclass(frozen=True)
class _Table:
    """What ``countries.txt`` says."""

    places: Mapping[str, int]
    """The number of the country of each folded code and name."""
    sub_regions: tuple[list[str], np.ndarray[tuple[int], np.dtype[np.int64]]]
    """Their names, and the number of each country's."""
    regions: tuple[list[str], np.ndarray[tuple[int], np.dtype[np.int64]]]
    """The same of regions."""


@cache
def _table() -> _Table:
    places: dict[str, int] = {}
    of_sub_region: list[int] = []
    of_region: list[int] = []
    sub_regions: dict[str, int] = {}
    regions: dict[str, int] = {}
    for section, lines in word_lists("anonymize.privacy.hierarchies", "countries").items():
        sub_region, _, region = section.partition("; ")
        for line in lines:
            for spelling in line.split("|"):
                places.setdefault(_folded(spelling), len(of_region))
            of_sub_region.append(sub_regions.setdefault(sub_region, len(sub_regions)))
            of_region.append(regions.setdefault(region, len(regions)))
    return _Table(
        places,
        (list(sub_regions), np.array(of_sub_region)),
        (list(regions), np.array(of_region)),
    )


def _folded(name: str) -> str:
    """Return a name in small letters without accents and punctuation: U.K. is uk."""
    apart = unicodedata.normalize("NFKD", name.replace(".", ""))
    letters = "".join(mark for mark in apart if not unicodedata.combining(mark)).casefold()
    return " ".join("".join(mark if mark.isalnum() else " " for mark in letters).split())


_LONGEST = 80
"""Characters of the longest name, and some: longer values are not folded."""


def _folded_values(texts: pa.StringArray) -> pa.StringArray:
    """Return the folded values; ASCII ones, which nearly all are, without a Python object each."""
    plain = pc.ascii_lower(pc.replace_substring(texts, ".", ""))
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, "[^a-z0-9]+", " "))
    odd = pc.and_(
        pc.invert(pc.string_is_ascii(texts)), pc.less(pc.utf8_length(texts), _LONGEST)
    ).fill_null(False)
    if not pc.any(odd).as_py():
        return plain
    folded = [_folded(text) for text in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(plain, odd, pa.array(folded, pa.string()))
