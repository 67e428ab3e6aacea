"""Reversible tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import pyarrow as pa

from anonymize.keys import PurposeKey, siv_seal
from anonymize.names import ColumnName
from anonymize.transform.columns import over_distinct, plain, seen_text, text_result
from anonymize.transform.interface import Row
from anonymize.transform.normalize import Normalization
from anonymize.transform.subjects import subjects_of
from anonymize.vault.interface import TokenVault


@dataclass(frozen=True)
class TokenizeSiv:
    """Tokens that are the encrypted values (AES-SIV). Equal values give equal tokens; reversible
    with the key.

    Injective. Leaks equality, frequency and length.
    """

    function_of_row: ClassVar[bool] = True
    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the tokens of ``column``."""
        return over_distinct(column, self._tokens, self.output_type(column.type))

    def _tokens(self, values: pa.Array) -> pa.Array:
        return siv_seal(self.key, seen_text(values))


@dataclass(frozen=True)
class TokenizeVault:
    """Random tokens that a vault stores. Equal values give equal tokens; reversible with the vault
    and the key, and erasable.

    Injective. Leaks equality and frequency; not length.
    """

    function_of_row: ClassVar[bool] = True
    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""
    vault: TokenVault = field(repr=False)
    """The open vault of this process."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the tokens of ``column``, created and stored if missing.

        Raises:
            VaultError: the vault is unavailable or damaged.
        """
        return over_distinct(column, self._tokens, self.output_type(column.type))

    def _tokens(self, values: pa.Array) -> pa.Array:
        return self.vault.tokens(self.key, seen_text(values))


@dataclass(frozen=True)
class TokenizeVaultOfSubject:
    """Random tokens that a vault stores with the subject of each value, so that a subject can be
    forgotten.
    """

    function_of_row: ClassVar[bool] = True
    key: PurposeKey = field(repr=False)
    """Key for this action and domain."""
    vault: TokenVault = field(repr=False)
    """The open vault of this process."""
    subject: ColumnName
    """The column that identifies the person of a row."""
    spelled: Normalization = "exact"
    """Which spellings in it are one subject; ``forget`` must use the same."""

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the subject's column."""
        return (self.subject,)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts every type with a unique text form."""
        return text_result(input_type)

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the tokens of ``column``, created and stored if missing.

        Raises:
            VaultError: the vault is unavailable or damaged.
        """
        subjects = subjects_of(row.before[self.subject], self.spelled)
        return self.vault.tokens(self.key, seen_text(plain(column)), subjects).cast(
            self.output_type(column.type)
        )
