"""Declares the commands for a privacy officer: the report of a version, and its risk."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import AsJson, DatasetPath, KeyringUri, OfPolicy, Version, local_or_none


def report(
    dataset: DatasetPath,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            callback=local_or_none,
            help="The file to write, outside of the dataset; by default standard output.",
            show_default=False,
        ),
    ] = None,
    version: Version = None,
    dpia: Annotated[
        bool,
        typer.Option(
            "--dpia", help="A skeleton of a data protection impact assessment, in Markdown."
        ),
    ] = False,
    no_charts: Annotated[
        bool, typer.Option("--no-charts", help="Read no row: leave the distributions out.")
    ] = False,
    name_values: Annotated[
        bool,
        typer.Option(
            "--name-values",
            help="In charts, call frequent values of columns that are kept by themselves.",
        ),
    ] = False,
    name_dropped: Annotated[
        bool,
        typer.Option(
            "--name-dropped",
            help="Name the source's columns that the policy does not; takes the owner's key.",
        ),
    ] = False,
    holder: Annotated[
        list[str] | None,
        typer.Option(
            "--holder",
            help="Who holds a key, as KEY=WHO; once for each. No manifest knows it.",
            show_default=False,
        ),
    ] = None,
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
) -> None:
    """Write the privacy report of a version.

    One HTML file for a privacy officer: what was found, done, measured, may be left,
    who signs. Charts are of what the keyring opens; no count is below k, or 10.

    Example: coatcheck report out/customers -o report.html
    """
    from anonymize.cli.report import report_command

    report_command(
        dataset,
        version,
        output,
        policy,
        keyring,
        dpia=dpia,
        charts=not no_charts,
        names_values=name_values,
        names_dropped=name_dropped,
        holders=holder or (),
    )


def risk(
    dataset: DatasetPath,
    version: Version = None,
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
    attacks: Annotated[
        bool,
        typer.Option(
            "--attack",
            help=(
                "Attack the version instead: single out, link, infer, find the closest record."
                " Needs --policy, --control and the extra risk."
            ),
        ),
    ] = False,
    control: Annotated[
        str | None,
        typer.Option(
            "--control",
            help=(
                "With --attack: a file of people who are not in the source, with its columns. What"
                " is learnt of them is no risk of the version."
            ),
            show_default=False,
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="With --attack: where the version's source is now, if not where the policy says.",
            show_default=False,
        ),
    ] = None,
    count: Annotated[
        int, typer.Option("--attacks", min=1, help="With --attack: attacks of each kind.")
    ] = 500,
    seed: Annotated[
        int, typer.Option("--seed", min=0, help="With --attack: equal seeds, equal figures.")
    ] = 0,
) -> None:
    """Say how hard it is to single somebody out.

    The measures of privacy of a version, each with what it means, and what is not promised. With
    --attack, what attackers learn of people in it, beyond what they learn of others.

    Example: coatcheck risk out/customers --json
    """
    if attacks:
        from anonymize.cli.attacks import attack_command

        attack_command(
            dataset, version, policy, keyring,
            control=control, source=source, attacks=count, seed=seed, as_json=as_json,
        )  # fmt: skip
        return
    if control is not None or source is not None:
        raise typer.BadParameter("--control and --source go with --attack")
    from anonymize.cli.report import risk_command

    risk_command(dataset, version, policy, keyring, as_json)
