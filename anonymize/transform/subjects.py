"""Whose a row is: which spellings of a subject are one and the same."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from anonymize.transform.columns import plain, seen_text
from anonymize.transform.normalize import Normalization, normalized

_RISING: tuple[Normalization, ...] = ("exact", "trim", "fold")
"""Each counts as one whatever the one before it does, and more."""


def coarsest(said: Iterable[Normalization]) -> Normalization:
    """Return the one of ``said`` under which most spellings are one value; ``exact`` where nothing
    is said.
    """
    return max(said, key=_RISING.index, default="exact")


def subjects_of(column: pa.Array, spelled: Normalization = "fold") -> pa.Array:
    """Return whose each row is as text that is compared, null where nothing can be seen.

    ``fold`` wherever sharing costs nothing: a date shift, a label's number. Two datasets may treat
    their id columns otherwise, one keep it and one fold it, and a subject still moves alike in
    both; that two subjects whose ids differ in case alone then share a shift tells nothing, for
    shifts coincide by chance as well.
    """
    return normalized(seen_text(plain(column)), spelled)
