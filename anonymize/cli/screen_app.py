"""Declares the command that examines rows for attacks on training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import AsJson, KeyringUri, SourcePath, local_or_none
from anonymize.cli.source_options import reads_source


@reads_source
def screen(
    source: SourcePath,
    label: Annotated[
        str | None,
        typer.Option(
            "--label",
            help="The column that a model learns. Without it, and with --against, rows are"
            " examined as a model's inputs.",
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", help="A dataset: its current version is compared with."),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", help="A column that says where or when rows come from; repeatable."),
    ] = None,
    subject: Annotated[
        str | None, typer.Option("--subject", help="The column that says whose a row is.")
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option("--policy", help="Examine the rows and columns that this policy publishes."),
    ] = None,
    most: Annotated[
        float | None,
        typer.Option(
            "--most", min=0, max=1, help="Exit 1 if a larger share is suspicious; by default 0.05."
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            callback=local_or_none,
            help="A CSV file for the rows' numbers and reasons; it must not exist.",
            show_default=False,
        ),
    ] = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Examine rows for attacks on training.

    Label flips, near-duplicate bursts, triggers, outliers, drift; rows are named by
    number and reason, never by value.

    Example: coatcheck screen customers.csv --label churned
    """
    from anonymize.cli.screen import inputs_command, screen_command

    if label is None and against is not None and policy is None:
        inputs_command(source, against, most, output, keyring, as_json)
        return
    screen_command(
        source, label, against, by or [], subject, policy, most, output, keyring, as_json
    )
