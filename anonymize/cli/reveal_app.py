"""Declares the commands that need the reveal key: reveal and forget."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import KeyringUri, PolicyPath


def reveal(
    policy: PolicyPath,
    column: Annotated[
        str,
        typer.Argument(
            help=(
                "The column the tokens are from; inside free_text with the entity:"
                " notes:EMAIL_ADDRESS."
            ),
            show_default=False,
        ),
    ],
    tokens: Annotated[
        list[str] | None, typer.Argument(help="Tokens; without any they are read from stdin.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; goes into the audit log first.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="A file with the tokens in that column.")
    ] = None,
    bulk: Annotated[bool, typer.Option("--bulk", help="Allow more than 100 values.")] = False,
    version: Annotated[
        int | None,
        typer.Option(
            "--version", help="The dataset version the tokens are from, where keys were rotated."
        ),
    ] = None,
    approval: Annotated[
        Path | None,
        typer.Option("--approval", help="Another person's approval (coatcheck approval give)."),
    ] = None,
    keyring: KeyringUri = None,
) -> None:
    """Turn tokens back into their originals.

    One per line; needs the reveal key, and is audited.

    Example: coatcheck reveal customers.yaml customer_id TOKEN --reason "ticket 1234"
    """
    from anonymize.cli.reveal import reveal_command

    reveal_command(policy, column, tokens or [], file, reason, bulk, version, approval, keyring)


def forget(
    policy: PolicyPath,
    subject: Annotated[
        str,
        typer.Option("--subject", help="Who is forgotten; - reads it from standard input."),
    ],
    reason: Annotated[
        str, typer.Option("--reason", help="Why; goes into the audit log first.")
    ] = "",
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere",
            help=(
                "Also publish a version without their rows, remove older ones that hold them, and"
                " print a signed certificate; needs erasure: {index: true}."
            ),
        ),
    ] = False,
    keyring: KeyringUri = None,
) -> None:
    """Forget a person.

    Their vault entries are erased, so that their tokens in every version become meaningless. With
    an index (erasure: {index: true}) later runs leave their rows out.

    Example: coatcheck forget customers.yaml --subject - --reason "erasure request 12"
    """
    from anonymize.cli.reveal import forget_command

    forget_command(policy, subject, reason, everywhere, keyring)
