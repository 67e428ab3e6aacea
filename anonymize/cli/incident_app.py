"""Declares the command for incidents: a leaked key, or a wrong version."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import AsJson, KeyringUri


def incident(
    what: Annotated[
        str,
        typer.Argument(
            metavar="KEY|VERSION",
            help="A key's name, training.2 for one version of it, vault, or a version's number.",
            show_default=False,
        ),
    ],
    datasets: Annotated[
        list[str] | None,
        typer.Argument(help="Datasets that it is about: folders or addresses.", show_default=False),
    ] = None,
    policies: Annotated[
        list[Path] | None,
        typer.Option(
            "--policy",
            help="A policy that publishes one of them, for the steps that run it; may be repeated.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", help="When a signing key may have leaked: a day or second, UTC."),
    ] = None,
    drill: Annotated[
        bool, typer.Option("--drill", help="Run every step on a private copy, then remove it.")
    ] = False,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Print what to do about a leaked key or a wrong version.

    As steps with their commands filled in; nothing is done. With --drill each is run on a
    copy; exit 1 if one fails there.

    Example: coatcheck incident training.1 out/customers --policy customers.yaml --drill
    """
    from anonymize.cli.incident import incident_command

    incident_command(what, datasets or [], policies or [], since, drill, keyring, as_json)
