"""Every hierarchy with values that it takes: a hierarchy that is added gets a line here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from anonymize.privacy.hierarchies import HierarchySpec

FILE = b"a;u;Y;*\nb;u;Y;*\nc;v;Y;*\nd;v;Y;*\ne;w;Z;*\nf;w;Z;*\ng;x;Z;*\nh;x;Z;*\n"
"""A file with eight values, four groups of them and two of these."""


@dataclass(frozen=True)
class Example:
    """A hierarchy and its values."""

    spec: HierarchySpec
    values: st.SearchStrategy[Any]
    kind: pa.DataType
    levels: int
    """Levels with the values and the root."""


_NUMBERS = st.integers(-(2**50), 2**50)
_SMALL = st.integers(-300, 300)
_DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))
_MOMENTS = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))
_ZIPS = st.from_regex(r"[0-9]{5}(-[0-9]{4})?", fullmatch=True)
_BRITISH = st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}", fullmatch=True)
_CODES = st.text("ABC12 -", min_size=1, max_size=8).filter(lambda code: code.strip())
_ICD = st.from_regex(r"[A-Z][0-9][0-9A-B](\.[0-9]{1,3})?", fullmatch=True)
_NAICS = st.from_regex(r"[1-9][0-9]{1,5}", fullmatch=True)
_COUNTRIES = st.sampled_from(["US", "usa", "France", "FR", "DE", "JP", "Brazil", "côte d'Ivoire"])

EXAMPLES = {
    "ranges of whole numbers": Example(
        HierarchySpec(ranges=(5, 10, 40)), _SMALL | _NUMBERS, pa.int64(), 5
    ),
    "ranges with ends": Example(
        HierarchySpec(ranges=(5, 10, 40), top=90, bottom=15), _SMALL, pa.int16(), 5
    ),
    "ranges of floats": Example(
        HierarchySpec(ranges=(0.1, 0.5, 2)),
        st.floats(-1e9, 1e9, width=32) | st.floats(-3, 3),
        pa.float64(),
        5,
    ),
    "ranges of decimals": Example(
        HierarchySpec(ranges=(2.5, 5)), st.decimals(-999, 999, places=2), pa.decimal128(9, 2), 4
    ),
    "ranges of text": Example(HierarchySpec(ranges=(10,)), _SMALL.map(str), pa.string(), 3),
    "edges": Example(HierarchySpec(edges=((0, 18, 65), (18,))), _SMALL, pa.int32(), 4),
    "ages": Example(HierarchySpec(ages=True), st.integers(0, 120), pa.uint8(), 6),
    "dates": Example(HierarchySpec(dates=True), _DATES, pa.date32(), 6),
    "dates in text": Example(HierarchySpec(dates=True), _DATES.map(date.isoformat), pa.string(), 6),
    "moments": Example(HierarchySpec(dates=True), _MOMENTS, pa.timestamp("us"), 7),
    "moments in a zone": Example(
        HierarchySpec(dates=True), _MOMENTS, pa.timestamp("us", "Europe/Kyiv"), 7
    ),
    "prefix": Example(HierarchySpec(prefix=(4, 3, 1)), _CODES, pa.string(), 5),
    "prefix of numbers": Example(
        HierarchySpec(prefix=(3, 1), width=5), st.integers(0, 99999), pa.int64(), 4
    ),
    "postcodes": Example(HierarchySpec(postcodes="US"), _ZIPS, pa.string(), 5),
    "postcodes in GB": Example(HierarchySpec(postcodes="GB"), _BRITISH, pa.string(), 4),
    "diagnoses": Example(HierarchySpec(codes="icd10"), _ICD, pa.string(), 5),
    "industries": Example(HierarchySpec(codes="naics"), _NAICS, pa.string(), 6),
    "countries": Example(HierarchySpec(countries=True), _COUNTRIES, pa.string(), 4),
    "file": Example(HierarchySpec(file="x.csv"), st.sampled_from("abcdefgh"), pa.string(), 4),
    "values": Example(HierarchySpec(values=True), st.text(max_size=5), pa.string(), 2),
    "unknown ones": Example(
        HierarchySpec(ranges=(10, 100), unknown="root"),
        _SMALL.map(str) | st.sampled_from(["x", "1e5", "n/a", ""]),
        pa.string(),
        4,
    ),
}
