"""Reversible tokens."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from anonymize.keys import PurposeKey, siv_seal
from anonymize.transform.columns import as_text, over_distinct, text_result


@dataclass(frozen=True)
class TokenizeSiv:
    """Tokens that are the encrypted values themselves (AES-SIV): equal in, equal out, reversible with the key.

    Injective. Leaks equality, frequency and length.
    """

    key: PurposeKey = field(repr=False)
    """Derived for this action and domain."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; every type with one text form is taken."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the tokens of ``column``."""
        return over_distinct(column, self._tokens, self.output_type(column.type))

    def _tokens(self, values: pa.Array) -> pa.Array:
        return siv_seal(self.key, as_text(values))
