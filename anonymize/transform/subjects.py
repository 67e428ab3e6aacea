"""Determines the subject of each row, and which spellings of a subject are equal."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from anonymize.transform.columns import plain, seen_text
from anonymize.transform.normalize import Normalization, normalized

_RISING: tuple[Normalization, ...] = ("exact", "trim", "fold", "number")
"""Each normalization treats as equal everything that the one before it does, and more."""


def coarsest(said: Iterable[Normalization]) -> Normalization:
    """Return the coarsest of the normalizations in ``said``; ``exact`` if it is empty."""
    return max(said, key=_RISING.index, default="exact")


def subjects_of(column: pa.Array, spelled: Normalization = "fold") -> pa.Array:
    """Return the subject of each row as text for comparison, null for blank text.

    Uses ``fold`` where merging two subjects does no harm: for a date shift, a label's number. Two
    datasets may treat their id columns differently, for example keep in one and fold in the other,
    and a subject still gets the same shift in both. Two subjects whose ids differ only in case then
    share a shift, which reveals nothing, because shifts also coincide by chance.
    """
    return normalized(seen_text(plain(column)), spelled)
