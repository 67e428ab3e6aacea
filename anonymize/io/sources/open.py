"""`open_source`: opens a path, glob or folder as partitions of record batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.errors import Problem, SourceError
from anonymize.io.interface import Partition
from anonymize.io.sources.csv_cells import CsvDialect
from anonymize.io.sources.csv_header import Heading
from anonymize.io.sources.files import choose_format, find_files, refuse_empty
from anonymize.io.sources.text_streams import is_utf8
from anonymize.io.sources.text_types import ALIASES, TYPE_NAMES
from anonymize.io.spread import SpreadRows
from anonymize.io.stores.https_settings import HttpsSettings


@dataclass(frozen=True)
class Source:
    """Raw data: one or more files of one schema; opened, but not read."""

    path: str
    """The given path: a file, a folder or a glob."""
    format: str
    """``csv``, ``jsonl`` or ``parquet``."""
    schema: pa.Schema
    """Names and types of every batch of every partition; plain types, no metadata."""
    files: tuple[Partition, ...]

    def partitions(self) -> tuple[Partition, ...]:
        """Return one partition per file, in the order of their names; picklable."""
        return tuple(partition.from_anywhere() for partition in self.files)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows of all partitions in order."""
        for partition in self.files:
            yield from partition.batches(columns)

    def spread(self) -> SpreadRows:
        """Return rows chosen evenly from all partitions by their numbers only; see ``spread.py``.

        Raises:
            SourceError: as ``Partition.batches``.
        """
        rows = SpreadRows(self.schema)
        for partition in self.files:
            for chosen in partition.chosen(rows.total_rows):
                rows.add_chosen(*chosen)
        return rows

    def check_unchanged(self) -> None:
        """Refuse the source if a partition is not as it was when the source was opened.

        Raises:
            SourceError: for example, a file was written to, replaced or removed.
        """
        for partition in self.files:
            partition.check_unchanged()

    def fingerprint(self) -> dict[str, object]:
        """Return what identifies the content of every partition, and one digest over all.

        Reads everything once. For the data owner only: a digest confirms guesses, and a file's name
        may be a person's.

        Raises:
            SourceError: a partition changed since the source was opened.
        """
        files = [partition.fingerprint() for partition in self.files]
        whole = hashlib.sha256(
            "\n".join(f"{f['sha256']} {f['name']}" for f in files).encode()
        ).hexdigest()
        return {"format": self.format, "files": files, "sha256": whole}


@checked
def open_source(
    path_or_glob: str | PurePath,
    *,
    format: str | None = None,
    encoding: str = "utf-8",
    delimiter: str | None = None,
    header: bool | None = None,
    null_values: Sequence[str] | Mapping[str, Sequence[str]] = (),
    types: Mapping[str, str] | None = None,
    heading: Heading | None = None,
    https: HttpsSettings | None = None,
) -> Source:
    """Return the data at ``path_or_glob`` with its schema.

    ``format`` follows from the ending unless given; ``.gz``, ``.zst``, ``.bz2`` are decompressed.
    ``delimiter`` is a comma by default, a tab for ``.tsv``. ``header`` states if the first row of a
    CSV file names its columns; if it is not given, a first row that is like the rows below it is
    refused, and ``heading`` recognizes words that are used as column names. ``null_values`` adds
    texts that mean null in CSV, in all columns or in each by its name; by default only the empty
    cell does (for other formats the plan applies them). ``types`` maps a column to string, integer,
    float, boolean, date, timestamp (no zone) or instant (UTC). ``https`` says how an ``https://``
    address is asked.

    Raises:
        SourceError: there is nothing, an empty file, or data of another format than its ending.
    """
    files = find_files(str(path_or_glob), https)
    refuse_empty(files)
    kind = choose_format(files, format)
    named = resolve_types(types or {}, str(path_or_glob))
    partitions: tuple[Partition, ...]
    if kind == "csv":
        from anonymize.io.sources.csv_files import open_csv

        dialect = CsvDialect(
            _encoding(encoding),
            _delimiter(delimiter, files[0].name),
            header is not False,
            *_null_values(null_values),
            sure=header is True,
        )
        partitions = open_csv(files, dialect, named, heading)
    elif kind == "jsonl":
        from anonymize.io.sources.jsonl_files import open_jsonl

        partitions = open_jsonl(files, _encoding(encoding), named)
    else:
        from anonymize.io.sources.parquet_files import open_parquet

        partitions = open_parquet(files, named)
    return Source(str(path_or_glob), kind, partitions[0].schema, partitions)


def _null_values(
    null_values: Sequence[str] | Mapping[str, Sequence[str]],
) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """Return the texts that mean null in all columns, and those of each column."""
    if isinstance(null_values, Mapping):
        return (), tuple((name, tuple(markers)) for name, markers in null_values.items())
    return tuple(null_values), ()


def _encoding(encoding: str) -> str:
    return "utf-8" if is_utf8(encoding) else encoding


def _delimiter(delimiter: str | None, name: str) -> str:
    if delimiter is None:
        return "\t" if ".tsv" in name.lower() else ","
    if len(delimiter.encode()) != 1 or delimiter in '"\r\n':
        raise SourceError(
            "the delimiter must be one ASCII character, not a quote or line end", place=name
        )
    return delimiter


def resolve_types(types: Mapping[str, str], place: str) -> dict[str, pa.DataType]:
    """Return the Arrow type of each name in ``types``.

    Raises:
        SourceError: unknown type names, one problem each.
    """
    words = {column: ALIASES.get(word, word) for column, word in types.items()}
    problems = [
        Problem(
            f"{place}: types.{column}",
            f"unknown type '{word}'; choose one of {', '.join(TYPE_NAMES)}",
        )
        for column, word in words.items()
        if word not in TYPE_NAMES
    ]
    if problems:
        raise SourceError(problems)
    return {column: TYPE_NAMES[word] for column, word in words.items()}
