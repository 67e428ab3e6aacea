"""A policy's ``source:`` block: where the raw data is, and how it is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator

from anonymize.policy.actions import StrictModel
from anonymize.policy.local_paths import local_path, without_nul

_Delimiter = Annotated[str, Field(pattern=r"^(.|tab)$")] | None


class SourceSpec(StrictModel):
    """Where the raw data is, and its format."""

    path: Annotated[str, AfterValidator(without_nul), AfterValidator(local_path)]
    """A file, a folder or a glob, relative to the working directory."""
    format: (
        Literal["csv", "fixed", "jsonl", "json", "parquet", "arrow", "orc", "avro", "excel"] | None
    ) = None
    """csv, fixed (columns of fixed widths), jsonl, json, parquet, arrow (also Feather), orc, avro
    or excel (also OpenDocument); by default from the file's ending.
    """
    encoding: str | None = None
    """Text encoding of CSV, fixed and JSON files; by default utf-8, or utf-16 if the file begins
    with its mark.
    """
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """One character between CSV fields, or the word tab; by default the one by which all rows have
    equally many fields, a comma if several do, a tab for .tsv files, ``|`` for .psv files.
    """
    header: bool = True
    """True if the first row of a CSV file or a sheet names the columns; if false, they are called
    column_1, column_2, ….
    """
    skip_rows: Annotated[int, Field(ge=0)] | None = None
    """Number of lines or rows above the header that are no rows, such as titles; comment lines do
    not count. In a sheet, counted from its first row.
    """
    comment: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """A character, for example ``"#"``: lines of a CSV file that begin with it are left out."""
    decimal: Literal[".", ","] | None = None
    """The decimal mark of numbers in CSV files; by default a point."""
    thousands: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    """What separates thousands in the numbers of CSV files: ``.``, ``,``, a space or an
    apostrophe; by default nothing.
    """
    widths: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """Characters of each column of a file with columns of fixed widths (format: fixed)."""
    sheet: Annotated[str, Field(min_length=1)] | Annotated[int, Field(ge=1)] | None = None
    """A workbook's sheet: its name, or its number from 1; needed if several are not empty."""
    records: Annotated[str, Field(min_length=1)] | None = None
    """Where a JSON document has its rows: the dotted path of an array of objects, such as
    ``result.items``; by default the only such array.
    """
    member: Annotated[str, Field(min_length=1)] | None = None
    """The file inside a ZIP archive; needed if it holds several."""
    null_values: tuple[str, ...] | dict[str, tuple[str, ...]] = ()
    """Texts that mean null, in every format: a list for all columns, or a list for each, ``{name:
    [N/A, "-"]}``.
    """
    types: dict[str, str] = Field(default_factory=dict)
    """Types of columns that should not be inferred, in every format, by their final names: for
    example ``{zip: string}``.
    """
    rename: dict[str | int, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """Other names for columns, by their name in the file or their position from 1: ``{Name:
    full_name, 3: city}``. Columns without a name, or with the same one, need it.
    """

    @field_validator("delimiter", mode="before", json_schema_input_type=_Delimiter)
    @classmethod
    def _tab(cls, delimiter: Any) -> Any:
        r"""Return a tab for the word ``tab`` and for ``\t``, because a tab is hard to type in a
        shell.
        """
        return "\t" if delimiter in ("tab", "\\t") else delimiter
