"""A policy's ``source:`` block: where the raw data is, and how it is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator

from anonymize.policy.addresses import source_path
from anonymize.policy.https_source import HttpsFields
from anonymize.policy.local_paths import without_nul

_Delimiter = Annotated[str, Field(pattern=r"^(.|tab)$")] | None


class SourceSpec(HttpsFields):
    """Where the raw data is, and its format."""

    path: Annotated[str, AfterValidator(without_nul), AfterValidator(source_path)]
    """A file, a folder or a glob, relative to the working directory; or an object, a prefix or a
    glob in S3, ``s3://bucket/key``; or ``https://host/path``.
    """
    format: Literal["csv", "jsonl", "parquet"] | None = None
    """csv, jsonl or parquet; by default from the file's ending."""
    encoding: str = "utf-8"
    """Text encoding of CSV and JSON Lines files."""
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """One character between CSV fields, or the word tab; by default a comma, a tab for .tsv
    files.
    """
    header: bool = True
    """True if a CSV file's first row names the columns; if false, they are called column_1,
    column_2, ….
    """
    null_values: tuple[str, ...] | dict[str, tuple[str, ...]] = ()
    """Texts that mean null, in every format: a list for all columns, or a list for each, ``{name:
    [N/A, "-"]}``.
    """
    types: dict[str, str] = Field(default_factory=dict)
    """Arrow types of columns that should not be inferred, for example ``{zip: string}``."""

    @field_validator("delimiter", mode="before", json_schema_input_type=_Delimiter)
    @classmethod
    def _tab(cls, delimiter: Any) -> Any:
        r"""Return a tab for the word ``tab`` and for ``\t``, because a tab is hard to type in a
        shell.
        """
        return "\t" if delimiter in ("tab", "\\t") else delimiter
