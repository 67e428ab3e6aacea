"""`open_source`: opens a path, glob or folder as partitions of record batches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.errors import SourceError
from anonymize.io.interface import Partition
from anonymize.io.sources.archives import in_memory_if_packed, unzipped
from anonymize.io.sources.column_names import renames_of
from anonymize.io.sources.csv_dialect import CsvDialect
from anonymize.io.sources.csv_header import Heading
from anonymize.io.sources.encodings_found import encoding_of
from anonymize.io.sources.files import TEXT_FORMATS, choose_format, find_files, refuse_empty
from anonymize.io.sources.found import Found
from anonymize.io.sources.not_text import refuse_no_text
from anonymize.io.sources.partition_keys import keyed, keys_of
from anonymize.io.sources.pieces import pieces_of
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.reading import Reading, resolve_types
from anonymize.io.sources.text_streams import is_utf8
from anonymize.io.spread import SpreadRows
from anonymize.io.stores.https_settings import HttpsSettings


@dataclass(frozen=True)
class Source:
    """Raw data: one or more files of one schema; opened, but not read."""

    path: str
    """The given path: a file, a folder or a glob."""
    format: str
    """``csv``, ``fixed``, ``jsonl``, ``parquet``, ``arrow``, ``orc``, ``avro`` or ``excel``; of a
    database ``postgresql``, ``sqlite``, ``duckdb`` or ``sqlalchemy``.
    """
    schema: pa.Schema
    """Names and types of every batch of every partition; plain types, no metadata."""
    files: tuple[Partition, ...]
    notes: tuple[str, ...] = ()
    """What was found out about the source: one sentence each, for the people who read it."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """Settings that nobody stated and that were found: with them the source is read equally."""
    held: object = field(default=None, repr=False, compare=False)
    """What stays open as long as the source is used: a transaction with the database's state."""

    def partitions(self) -> tuple[Partition, ...]:
        """Return one partition per file, in the order of their names; picklable."""
        return tuple(partition.from_anywhere() for partition in self.files)

    def pieces(self, slow: bool = False) -> tuple[Partition, ...]:
        """Return the partitions that a run works on: those of `partitions`, large files in pieces
        in their order, smaller ones if the rules for their rows are ``slow``. Which pieces follows
        from each file alone; see ``pieces.py``.

        Raises:
            SourceError: a file cannot be read, or changed since it was opened.
        """
        return tuple(piece for whole in self.partitions() for piece in pieces_of(whole, slow))

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
    encoding: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    skip_rows: int | None = None,
    skip_footer: int | None = None,
    comment: str | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    widths: Sequence[int] = (),
    sheet: str | int | None = None,
    records: str | None = None,
    member: str | None = None,
    null_values: Sequence[str] | Mapping[str, Sequence[str]] = (),
    types: Mapping[str, str] | None = None,
    rename: Mapping[str | int, str] | None = None,
    heading: Heading | None = None,
    guess: bool = False,
    https: HttpsSettings | None = None,
) -> Source:
    """Return the data at ``path_or_glob`` with its schema.

    ``format`` follows from the ending unless given; compressed files are decompressed. Every
    setting is that of a policy's ``source:``, see `SourceSpec`. Without ``header``, a first row
    that is like the rows below it is refused, and ``heading`` recognizes words that are used as
    column names. ``null_values`` apply to text tables (for other formats the plan applies them).

    What is not given and the data proves, is found: a delimiter, a mark of an encoding, the only
    array of objects in a document. With ``guess``, so are an encoding without a mark, title lines,
    totals at the end, a decimal comma, and text for fields of mixed types; the caller must show
    the source's ``notes``. Without it they are refused, or numbers stay text, and totals a row.
    ``https`` says how an ``https://`` address is asked.

    Raises:
        SourceError: there is nothing, an empty file, data of another format than its ending, or a
            setting that the format has no use for.
        MissingExtraError: the format needs a package that is not installed.
    """
    said = Reading(
        format, encoding, delimiter, header, skip_rows, skip_footer, comment, decimal,
        thousands, tuple(widths), sheet, records, member, null_values, types or {}, rename or {},
    )  # fmt: skip
    source, found = str(path_or_glob), Found(guess)
    places = find_files(source, https)
    refuse_empty(places)
    places = unzipped(places, member)
    kind = choose_format(places, format)
    said.refuse_useless(kind)
    if kind in TEXT_FORMATS:
        refuse_no_text(places)
    named = resolve_types(said.types, source)
    keys = keys_of(places, source)
    of_folders = {name for name, _ in keys[0]}
    own = {name: type_ for name, type_ in named.items() if name not in of_folders}
    if kind not in TEXT_FORMATS:
        places = in_memory_if_packed(places)
    partitions = _opened(kind, places, said, own, heading, found)
    if of_folders:
        partitions = keyed(partitions, keys, named, source)
    return Source(
        source, kind, partitions[0].schema, partitions, tuple(found.notes), found.settings
    )


def _opened(
    kind: str,
    places: Sequence[FilePlace],
    said: Reading,
    types: Mapping[str, pa.DataType],
    heading: Heading | None,
    found: Found,
) -> tuple[Partition, ...]:
    """Return the files as partitions of their format. Its module is imported only now."""
    renames = renames_of(said.rename)
    if kind in ("csv", "fixed"):
        from anonymize.io.sources.csv_files import open_csv

        return open_csv(places, _dialect(kind, places, said, heading, found), types, heading, found)
    if kind == "jsonl":
        return _json(places, said, types, found)
    if kind == "parquet":
        from anonymize.io.sources.parquet_files import open_parquet

        return open_parquet(places, types, renames)
    if kind == "arrow":
        from anonymize.io.sources.arrow_files import open_arrow

        return open_arrow(places, types, renames)
    if kind == "orc":
        from anonymize.io.sources.orc_files import open_orc

        return open_orc(places, types, renames)
    if kind == "avro":
        from anonymize.io.sources.avro_files import open_avro

        return open_avro(places, types, renames)
    from anonymize.io.sources.excel_files import open_excel
    from anonymize.io.sources.sheet_header import SheetLayout

    layout = SheetLayout(
        said.sheet,
        said.header is not False,
        said.header is True,
        said.skip_rows,
        said.skip_footer or 0,
    )
    return open_excel(places, layout, types, renames, heading, found)


def _dialect(
    kind: str,
    places: Sequence[FilePlace],
    said: Reading,
    heading: Heading | None,
    found: Found,
) -> CsvDialect:
    """Return how the text tables are written: what is given, and what is found in the first."""
    from anonymize.io.sources.csv_layout import laid_out

    delimiter = _delimiter(said.delimiter, places[0].name)
    dialect = CsvDialect(
        _encoding(said.encoding, places[0], found),
        delimiter or ",",
        said.header is not False,
        *said.nulls(),
        sure=said.header is True,
        skip_rows=said.skip_rows or 0,
        skip_footer=said.skip_footer or 0,
        comment=said.comment or "",
        numbers=said.numbers,
        widths=said.widths,
        renames=renames_of(said.rename),
    )
    if kind == "fixed":
        return dialect
    return laid_out(places[0], dialect, delimiter, said.skip_rows, heading, found)


def _json(
    places: Sequence[FilePlace], said: Reading, types: Mapping[str, pa.DataType], found: Found
) -> tuple[Partition, ...]:
    from anonymize.io.sources.json_records import json_layout
    from anonymize.io.sources.jsonl_files import open_jsonl
    from anonymize.io.sources.renamed import renamed

    layout = json_layout(places[0], _encoding(said.encoding, places[0], found), said.records, found)
    before = {new: str(old) for old, new in said.rename.items()}
    own = {before.get(path, path): type_ for path, type_ in types.items()}
    partitions = open_jsonl(places, layout, own, found)
    return renamed(partitions, renames_of(said.rename), str(places[0]))


def _encoding(encoding: str | None, file: FilePlace, found: Found) -> str:
    if encoding is None:
        return encoding_of(file, found)
    return "utf-8" if is_utf8(encoding) else encoding


def _delimiter(delimiter: str | None, name: str) -> str | None:
    if delimiter is not None and (len(delimiter.encode()) != 1 or delimiter in '"\r\n'):
        raise SourceError(
            "the delimiter must be one ASCII character, not a quote or line end", place=name
        )
    return delimiter
