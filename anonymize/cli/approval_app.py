"""Declares the commands for a second person's approval of a reveal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import KeyringUri, PolicyPath

approval_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Ask for, and give, a second person's approval of a reveal.",
)
Output = Annotated[
    Path, typer.Option("--output", "-o", help="The file to write; it must not exist.")
]


@approval_app.command()
def key(keyring: KeyringUri = None) -> None:
    """Print your public signing key.

    For the policy: reveal: {approvers: {NAME: ed25519:…}}.

    Example: coatcheck approval key --keyring file:mine/keyring.json
    """
    from anonymize.cli.approval import key_command

    key_command(keyring)


@approval_app.command()
def request(
    policy: PolicyPath,
    column: Annotated[
        str, typer.Argument(help="The column the tokens are from.", show_default=False)
    ],
    output: Output,
    tokens: Annotated[
        list[str] | None, typer.Argument(help="Tokens; without any they are read from stdin.")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; the other person and the log get it.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="A file with the tokens in that column.")
    ] = None,
    version: Annotated[
        int | None,
        typer.Option("--version", help="The version the tokens are from; by default the current."),
    ] = None,
    expires: Annotated[
        str, typer.Option("--expires", metavar="TIME", help="Until when: 4h, 2d; at most 30 days.")
    ] = "24h",
    keyring: KeyringUri = None,
) -> None:
    """Ask another person to approve a reveal.

    Writes a signed request; it holds no token and no value.

    Example: coatcheck approval request c.yaml mail TOKEN --reason "ticket 7" -o request.json
    """
    from anonymize.cli.approval import request_command

    request_command(policy, column, tokens or [], file, reason, version, expires, output, keyring)


@approval_app.command()
def give(
    request: Annotated[Path, typer.Argument(help="A request.", show_default=False)],
    output: Output,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    keyring: KeyringUri = None,
) -> None:
    """Approve a request with your own keyring.

    Shows what is asked, and asks; the file goes back to who asked.

    Example: coatcheck approval give request.json -o approval.json --keyring file:mine/keyring.json
    """
    from anonymize.cli.approval import give_command

    give_command(request, output, yes, keyring)
