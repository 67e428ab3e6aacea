"""Declares ``coatcheck anonymize``: from a source to a clean file in one line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import (
    AsJson,
    Countries,
    KeyringUri,
    Languages,
    Ner,
    SourcePath,
    Workers,
)
from anonymize.cli.source_options import reads_source


@reads_source
def anonymize(
    source: SourcePath,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help=(
                "The file to write, in the clear: .csv, .jsonl or .parquet. A name without an"
                " ending is a folder of encrypted versions; - is standard output."
            ),
        ),
    ],
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="A policy to apply; by default one is drafted."),
    ] = None,
    purpose: Annotated[
        str | None,
        typer.Option(
            "--for",
            help=(
                "What the data is for: pseudonyms of two purposes do not join. By default the"
                " analysis of this dataset."
            ),
        ),
    ] = None,
    countries: Countries = "",
    languages: Languages = "en",
    ner: Ner = None,
    throwaway_keys: Annotated[
        bool,
        typer.Option(
            "--throwaway-keys",
            help="Forget the keys: nobody can ever link or reveal the values, you neither.",
        ),
    ] = False,
    keep_order: Annotated[
        bool,
        typer.Option(
            "--keep-order",
            help="Keep the order of the rows; by position they then join with the raw data.",
        ),
    ] = False,
    to: Annotated[
        str | None,
        typer.Option("--to", help="Format of standard output: csv, jsonl or parquet."),
    ] = None,
    formulas: Annotated[
        str,
        typer.Option(
            "--formulas",
            help="In CSV: neutralise marks texts that a spreadsheet would run, keep does not.",
        ),
    ] = "neutralise",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the output if it is there.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; for scripts.")] = False,
    workers: Workers = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Start here: a clean copy in one go.

    Looks for personal data, drafts a policy, shows what it would do, asks, and writes the output
    with every check on. The policy is written beside the output, for the next run.

    Example: coatcheck anonymize customers.csv -o clean.csv
    """
    from anonymize.cli.anonymize import anonymize_command
    from anonymize.cli.options import codes
    from anonymize.cli.wanted import Wanted

    anonymize_command(
        source,
        Wanted(
            output=output,
            policy=policy,
            purpose=purpose,
            countries=codes(countries),
            languages=codes(languages),
            ner=ner,
            throwaway_keys=throwaway_keys,
            keep_order=keep_order,
            to=to,
            formulas=formulas,
            overwrite=overwrite,
            yes=yes,
            keyring=keyring,
            as_json=as_json,
            workers=workers,
        ),
    )
