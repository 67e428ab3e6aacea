"""Reversible encryption that keeps a value's format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import pyarrow as pa

from anonymize.keys import FormatSpec, PurposeKey, ff1_encrypt
from anonymize.keys.format_preserving.format_numbers import (
    FIRST_NANOSECONDS,
    LAST_NANOSECONDS,
    holds_span,
    number_type,
)
from anonymize.keys.format_preserving.formats import DIGITS, is_number
from anonymize.transform.columns import is_text, over_distinct, raise_bad, seen_text, value_type
from anonymize.transform.interface import UnsupportedTypeError


@dataclass(frozen=True)
class EncryptFormat:
    """Values encrypted within their format (FF1): digits stay digits, separators and length do not
    change.

    A number and the same digits in text give the same digits, whatever the column's type.

    Injective and reversible with the key. Leaks equality, frequency, length, separators and the
    kept characters.
    """

    function_of_row: ClassVar[bool] = True
    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""
    spec: FormatSpec
    """Format of the values."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the values, int64 for smaller integers and floats; see
        ``ff1_encrypt``.
        """
        kind, is_ = value_type(input_type), pa.types
        if is_text(kind) or is_.is_null(kind):
            return kind
        if not (is_number(kind) or is_.is_date(kind) or is_.is_timestamp(kind)):
            raise UnsupportedTypeError(input_type, "text, whole numbers, dates and timestamps")
        if not self.spec.is_plain:
            raise UnsupportedTypeError(
                input_type, "text, where keep_first:, keep_last: or check: is said"
            )
        if is_number(kind) and self.spec.alphabet != DIGITS:
            raise UnsupportedTypeError(input_type, "text, where alphabet: is not digits")
        if pa.types.is_timestamp(kind) and not holds_span(
            kind, self.spec.earliest, self.spec.latest
        ):
            what = (
                f"days from {FIRST_NANOSECONDS} to {LAST_NANOSECONDS} in earliest: and latest:; say"
                " others, or keep it"
            )
            raise UnsupportedTypeError(input_type, f"{what} in microseconds")
        return number_type(kind) if is_number(kind) else kind

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the encrypted values.

        Raises:
            BadValuesError: some values have other characters, wrong check digits, or too few
                alternatives.
        """
        return over_distinct(column, self._encrypted, self.output_type(column.type))

    def _encrypted(self, values: pa.Array) -> pa.Array:
        checked = ff1_encrypt(
            self.key, seen_text(values) if is_text(values.type) else values, self.spec
        )
        return raise_bad(checked.bad, checked.values, "does not have the format that is encrypted")
