"""Declares the commands that tell of a version: its cards, and the events about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from anonymize.cli.options import DatasetPath, KeyringUri, OfPolicy, PolicyPath, Version


class CardFormat(StrEnum):
    """Which card."""

    md = "md"
    croissant = "croissant"
    openlineage = "openlineage"
    html = "html"


def card(
    dataset: DatasetPath,
    version: Version = None,
    form: Annotated[
        CardFormat,
        typer.Option(
            "--format", help="A page for people, Croissant, an OpenLineage event, or the report."
        ),
    ] = CardFormat.md,
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
) -> None:
    """Print the card of a version.

    What it is, how it was made, what was removed, what may be left; checked by the
    signed manifest.

    Example: coatcheck card out/customers --format croissant
    """
    from anonymize.cli.card import card_command

    card_command(dataset, version, form.value, policy, keyring)


def lineage(policy: PolicyPath, version: Version = None, keyring: KeyringUri = None) -> None:
    """Send a version's OpenLineage events again.

    To where the policy's lineage: says, after a run that could not (exit code 4).

    Example: coatcheck lineage customers.yaml --version 7
    """
    from anonymize.cli.card import lineage_command

    lineage_command(policy, version, keyring)
