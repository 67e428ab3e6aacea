"""Declares the commands about canaries, and the one that publishes for a recipient."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import AsJson, KeyringUri, PolicyPath, local

canaries_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Recognize leaks by planted, invented people.",
)
OfDataset = Annotated[
    Path | None,
    typer.Argument(
        help="The dataset's folder; its recipients' folders beside it count, too.",
        show_default=False,
    ),
]
ByPolicy = Annotated[
    Path | None, typer.Option("--policy", help="The policy that publishes it, instead.")
]


@canaries_app.command()
def check(
    file: Annotated[
        str,
        typer.Argument(
            help="CSV, JSON lines, Parquet, or any text; - is standard input.", show_default=False
        ),
    ],
    dataset: OfDataset = None,
    policy: ByPolicy = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a file is a leak, and of what.

    Which version and recipient it is from, with the probability of a false accusation.
    Exit code 1 if it is a leak, 0 if no canary proves it.

    Example: coatcheck canaries check found.csv out/customers
    """
    from anonymize.cli.canaries import check_command

    check_command(file, dataset, policy, keyring, as_json)


@canaries_app.command("list")
def list_(
    dataset: OfDataset = None,
    policy: ByPolicy = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """List the versions that have canaries.

    With recipients, and the share of rows that must leak to be recognized.

    Example: coatcheck canaries list out/customers
    """
    from anonymize.cli.canaries import list_command

    list_command(dataset, policy, keyring, as_json)


@canaries_app.command()
def exposure(
    file: Annotated[
        Path,
        typer.Argument(
            callback=local,
            help="A CSV with the columns score and canary (true or false), a row per candidate.",
            show_default=False,
        ),
    ],
    higher: Annotated[
        bool,
        typer.Option(
            "--higher", help="Scores are higher for what the model knows, as log likelihoods are."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Measure what a model gives away of canaries.

    The rank of each among the candidates, and its exposure in bits.

    Example: coatcheck canaries exposure perplexities.csv
    """
    from anonymize.cli.canaries import exposure_command

    exposure_command(file, higher, as_json)


def publish(
    policy: PolicyPath,
    recipient: Annotated[
        str,
        typer.Option(
            "--for", metavar="TEAM", help="Who gets it; part of the keys.", show_default=False
        ),
    ],
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Publish the current version for one recipient.

    In a folder beside the dataset, with ids that join with no other recipient's, and
    canaries of its own; other columns stay as they are.

    Example: coatcheck publish customers.yaml --for research
    """
    from anonymize.cli.canaries import publish_command

    publish_command(policy, recipient, keyring, as_json)
