"""Declares the command that publishes statistics with differential privacy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import AsJson, KeyringUri, PolicyPath, local_or_none


def aggregate(
    policy: PolicyPath,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            callback=local_or_none,
            help="The signed JSON file to write; it must not exist. By default a table is printed.",
            show_default=False,
        ),
    ] = None,
    query: Annotated[
        list[str] | None,
        typer.Option("--query", help="Release this query alone; can be given several times."),
    ] = None,
    what_if: Annotated[
        str | None,
        typer.Option(
            "--what-if",
            metavar="epsilon=0.1,1",
            help="Print the error that each ε would give; reads no row, spends nothing.",
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; kept in the log. Needed to raise a budget.")
    ] = "",
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Publish statistics with differential privacy.

    Counts, sums, means, quantiles and histograms, as the policy's aggregates: says,
    with intervals. What they cost is taken from the budget first.

    Example: coatcheck aggregate policy.yaml --what-if epsilon=0.1,0.5,1
    """
    from anonymize.cli.aggregate import aggregate_command, what_if_command

    if what_if is not None:
        if output is not None:
            raise typer.BadParameter("--what-if releases nothing that -o could hold")
        what_if_command(policy, what_if, query or [], keyring, as_json)
        return
    aggregate_command(policy, output, query or [], reason, keyring, as_json)


def synthesize(
    policy: PolicyPath,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            callback=local_or_none,
            help="The file to write (.csv or .parquet); it must not exist. OUT.json says how.",
            show_default=False,
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option("--rows", help="How many rows; by default about as many as there are."),
    ] = None,
    epsilon: Annotated[
        float | None, typer.Option("--epsilon", help="What it may cost, instead of the policy's.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; kept in the log. Needed to raise a budget.")
    ] = "",
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare",
            callback=local_or_none,
            help="For the owner: compare rows that were made, and the version, with the real ones.",
            show_default=False,
        ),
    ] = None,
    control: Annotated[
        str | None,
        typer.Option("--control", help="With --compare: rows of people not in the source."),
    ] = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Make synthetic rows with differential privacy.

    Drawn from noisy marginals of the columns that the policy's aggregates: names;
    what it costs is taken from the same budget. --compare makes none, and spends nothing.

    Example: coatcheck synthesize policy.yaml --epsilon 1 --rows 5000 -o rows.csv
    """
    from anonymize.cli.synthesize import compare_command, synthesize_command

    if (output is None) == (compare is None):
        raise typer.BadParameter("say either -o, to make rows, or --compare, of rows that are made")
    if compare is not None:
        compare_command(policy, compare, control, keyring, as_json)
    elif output is not None:
        if control is not None or as_json:
            raise typer.BadParameter("--control and --json go with --compare")
        synthesize_command(policy, output, rows, epsilon, reason, keyring)


def allow_training(
    policy: PolicyPath,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            callback=local_or_none,
            help="The allowance to write, for the trainer; it must not exist.",
            show_default=False,
        ),
    ] = None,
    epsilon: Annotated[
        float | None, typer.Option("--epsilon", help="What it may cost, instead of the policy's.")
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", help="Which to train on; by default the current one.")
    ] = None,
    what_if: Annotated[
        str | None,
        typer.Option(
            "--what-if",
            metavar="epsilon=0.5,3",
            help="Print the noise that each ε needs; reads no row, spends nothing.",
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; kept in the log. Needed to raise a budget.")
    ] = "",
    keyring: KeyringUri = None,
) -> None:
    """Pay for one training with differential privacy.

    Takes what the policy's aggregates: training: costs from the budget, and writes a
    signed allowance, which anonymize.readers.private.train takes once.

    Example: coatcheck allow-training policy.yaml -o allowance.json
    """
    from anonymize.cli.allow_training import allow_training_command, noise_command

    if what_if is not None:
        noise_command(policy, what_if)
        return
    if output is None:
        raise typer.BadParameter("say -o FILE: the allowance is handed to the trainer")
    allow_training_command(policy, output, epsilon, version, reason, keyring)
