"""One-way keyed pseudonyms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import pyarrow as pa

from anonymize.keys import PurposeKey, pseudonyms
from anonymize.transform.columns import over_distinct, seen_text, text_result
from anonymize.transform.normalize import Normalization, normalized


@dataclass(frozen=True)
class Pseudonymize:
    """Keyed one-way pseudonyms of 26 characters. Equal values give equal pseudonyms; joinable
    within the key's domain.

    Blank text becomes null.

    Leaks equality and frequency. Collisions: below 2^-64 for 2^32 distinct values.
    """

    function_of_row: ClassVar[bool] = True
    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""
    normalize: Normalization = "exact"
    """Which spellings count as one value."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the pseudonyms of ``column``."""
        return over_distinct(column, self._pseudonyms, self.output_type(column.type))

    def _pseudonyms(self, values: pa.Array) -> pa.Array:
        return pseudonyms(self.key, normalized(seen_text(values), self.normalize))
