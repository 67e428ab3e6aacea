"""One-way keyed pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.keys import PurposeKey, pseudonyms
from anonymize.transform.columns import as_text, over_distinct, text_result

Normalization = Literal["exact", "trim", "fold"]
"""Which spellings count as one value."""


def normalized(texts: pa.Array, how: Normalization) -> pa.Array:
    """Return ``texts`` exactly, without outer spaces (``trim``), or without case and repeated spaces too (``fold``)."""
    if how == "exact":
        return texts
    trimmed = pc.utf8_trim_whitespace(texts)
    if how == "trim":
        return trimmed
    lower = pc.utf8_lower(trimmed)
    return pc.replace_substring_regex(lower, r"[\s\p{Z}]+", " ") if _has_inner_spaces(lower) else lower


_SPACE = 0x20
_OTHER_SPACES = np.array([0xC2A0, 0xE19A, 0xE280, 0xE281, 0xE380])
"""The first two UTF-8 bytes of every space that is not U+0020, and of a few marks besides."""


def _has_inner_spaces(trimmed: pa.Array) -> bool:
    """Return whether any value may hold a run of spaces, or a space that is not U+0020; looks at bytes alone."""
    _, edges, data = trimmed.buffers()
    if data is None or not len(trimmed):
        return False
    offsets = np.frombuffer(edges, np.int32)[trimmed.offset : trimmed.offset + len(trimmed) + 1]
    raw = np.frombuffer(data, np.uint8)[offsets[0] : offsets[-1]]
    if not len(raw) or raw.min() < _SPACE:
        return bool(len(raw))
    spaces = raw == _SPACE
    if (spaces[1:] & spaces[:-1]).any():
        return True
    first = np.flatnonzero(raw[:-1] >= 0xC2)
    return bool(np.isin(raw[first].astype(np.int64) << 8 | raw[first + 1], _OTHER_SPACES).any())


@dataclass(frozen=True)
class Pseudonymize:
    """Keyed one-way pseudonyms of 26 characters: equal in, equal out; joinable within the key's domain.

    Leaks equality and frequency. Collisions: below 2^-64 for 2^32 distinct values.
    """

    function_of_row: ClassVar[bool] = True
    key: PurposeKey = field(repr=False)
    """Derived for this action and domain."""
    normalize: Normalization = "exact"
    """Which spellings count as one value."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; every type with one text form is taken."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the pseudonyms of ``column``."""
        return over_distinct(column, self._pseudonyms, self.output_type(column.type))

    def _pseudonyms(self, values: pa.Array) -> pa.Array:
        return pseudonyms(self.key, normalized(as_text(values), self.normalize))
