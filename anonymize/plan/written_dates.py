"""Finds the strptime formats in which a column of text writes its dates."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.transform.date_columns import as_dates

_DAYS = (
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y%m%d",
    "%d%m%Y",
    "%d.%m.%y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d %B %Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%b %d, %Y",
)
_CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
MOSTLY = 0.9
"""Minimum share of the values that a format must read."""


def formats_of(values: pa.Array) -> Iterator[str]:
    """Yield the formats that read most of ``values``, three at most; several if day and month can
    be exchanged.
    """
    present = values.drop_null()
    tried = [f"{day}{clock}" for clock in _CLOCKS for day in _DAYS]
    read = {name: read_by(present, name) for name in tried}
    best = max(read.values(), default=0)
    if best and best >= MOSTLY * len(present):
        yield from [name for name, count in read.items() if count == best][:3]


def read_by(values: pa.Array, format: str | None) -> int:
    """Return how many of ``values`` a format reads; None is ISO 8601."""
    return int(pc.sum(as_dates(values, format)[0].is_valid()).as_py() or 0)
