"""A policy's ``source:`` block: where the raw data is, and how it is read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from anonymize.policy.addresses import source_path
from anonymize.policy.database_source import refuse_mixed
from anonymize.policy.https_source import HttpsFields
from anonymize.policy.local_paths import without_nul

_Delimiter = Annotated[str, Field(pattern=r"^(.|tab)$")] | None


class SourceSpec(HttpsFields):
    """Where the raw data is, and its format."""

    path: Annotated[str, AfterValidator(without_nul), AfterValidator(source_path)]
    """A file, a folder or a glob, relative to the working directory; an object, a prefix or a glob
    in a store, ``s3://bucket/key``, ``gs://bucket/key`` or ``az://container/key``;
    ``https://host/path``; or a database's address without its password:
    ``postgresql://USER@HOST:PORT/DATABASE``, ``sqlite:///PATH``, ``duckdb:///PATH``,
    ``sqlalchemy+DIALECT://…``.
    """
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
    skip_footer: Annotated[int, Field(ge=0)] | None = None
    """Number of last lines or rows of each file that are no rows, such as totals; blank ones and
    comment lines do not count. One that may be a row of the table stops the run.
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

    # What is read of a database.
    table: Annotated[str, Field(min_length=1), AfterValidator(without_nul)] | None = None
    """A database's table or view, ``schema.table``; a part with a dot in it in double quotes."""
    query: Annotated[str, Field(min_length=1), AfterValidator(without_nul)] | None = None
    """One SELECT, instead of ``table``."""
    parameters: dict[
        Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,50}$")],
        bool | int | float | datetime | date | str,
    ] = Field(default_factory=dict)
    """Values that the query names with a colon, ``:since``; they are bound, not pasted."""
    split_by: Annotated[str, Field(min_length=1)] | None = None
    """Column of integers, dates or times by whose ranges the rows are split among partitions."""
    partitions: Annotated[int, Field(ge=1, le=1024)] = 1
    """Number of partitions, each a task of the flow and a file of the dataset."""

    def overlaps(self, folder: Path) -> bool:
        """Return True if the source's file or folder is ``folder`` (absolute), or one lies in the
        other; a database on a server never does.
        """
        from anonymize.addresses.databases import database_address, is_database

        path = database_address(self.path).path if is_database(self.path) else self.path
        if not path:
            return False
        source = Path(path).resolve()
        around = source.is_dir() and source in folder.parents
        return source == folder or around or folder in source.parents

    @model_validator(mode="after")
    def _database(self) -> SourceSpec:
        """Refuse settings of a database for files, and of files for a database."""
        refuse_mixed(self.path, self.model_fields_set, self.table, self.query)
        return self

    @field_validator("delimiter", mode="before", json_schema_input_type=_Delimiter)
    @classmethod
    def _tab(cls, delimiter: Any) -> Any:
        r"""Return a tab for the word ``tab`` and for ``\t``, because a tab is hard to type in a
        shell.
        """
        return "\t" if delimiter in ("tab", "\\t") else delimiter
