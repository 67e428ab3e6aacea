"""Declares the command ``export``: one library call, for a file or for a table."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import DatasetName, DatasetPath, KeyringUri, Table, Version, local


class Formulas(StrEnum):
    """What to do with CSV texts that a spreadsheet would run as formulas."""

    neutralise = "neutralise"
    keep = "keep"


class Small(StrEnum):
    """What happens to numbers that the precision loses beside the column's largest."""

    REFUSE = "refuse"
    KEEP = "keep"


class IfExists(StrEnum):
    """What happens to a table that is there."""

    REFUSE = "refuse"
    REPLACE = "replace"
    APPEND = "append"


def _local_or_none(path: Path | None) -> Path | None:
    return None if path is None else local(path)


def export(
    dataset: DatasetPath,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            callback=_local_or_none,
            help=(
                "A .csv, .jsonl or .parquet file; it will be plaintext. With --homomorphic, a"
                " folder."
            ),
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="A database's address, with --table: the rows will be plaintext there.",
            show_default=False,
        ),
    ] = None,
    table: Table = None,
    if_exists: Annotated[
        IfExists, typer.Option("--if-exists", help="What happens to a table that is there.")
    ] = IfExists.REFUSE,
    columns: Annotated[
        str,
        typer.Option(
            "--columns", help="Comma-separated columns; by default all that the keyring opens."
        ),
    ] = "",
    formulas: Annotated[
        Formulas,
        typer.Option(
            "--formulas", help="In CSV: mark texts that a spreadsheet would run, or keep them."
        ),
    ] = Formulas.neutralise,
    homomorphic: Annotated[
        bool,
        typer.Option(
            "--homomorphic",
            help="Write numeric columns as ciphertexts; see coatcheck he.",
        ),
    ] = False,
    small: Annotated[
        Small,
        typer.Option(
            "--small", help="With --homomorphic: numbers lost beside the column's largest."
        ),
    ] = Small.REFUSE,
    version: Version = None,
    name: DatasetName = None,
    keyring: KeyringUri = None,
) -> None:
    """Write a version's rows to a file or a table.

    A plaintext file, or a table of a database; or ciphertexts to compute on.

    Example: coatcheck export out/customers -o customers.csv
    """
    from anonymize.cli.datasets import export_command, export_table_command
    from anonymize.errors import ArgumentError

    wanted = [part for part in columns.split(",") if part]
    if columns and not wanted:
        raise ArgumentError("names no column", place="--columns")
    if homomorphic:
        from anonymize.cli.he import export_homomorphic_command

        if output is None or to is not None or table is not None:
            raise ArgumentError("say --output FOLDER alone", place="--homomorphic")
        keep = small is Small.KEEP
        export_homomorphic_command(dataset, output, wanted, keep, version, name, keyring)
    elif small is Small.KEEP:
        raise ArgumentError("is for --homomorphic", place="--small")
    elif output is not None and to is None and table is None:
        export_command(dataset, output, wanted, version, name, keyring, formulas.value)
    elif to is not None and table is not None and output is None:
        export_table_command(dataset, to, table, if_exists.value, wanted, version, name, keyring)
    else:
        what = "say either --output FILE, or --to DATABASE with --table NAME"
        raise ArgumentError(what, place="export")
