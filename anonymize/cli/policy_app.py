"""Declares the commands about policies themselves. Each parses arguments, makes one library call
and prints the result.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import AsJson, PolicyPath

policy_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Compare policies, and test them."
)


@policy_app.command("diff")
def policy_diff(
    first: Annotated[Path, typer.Argument(help="A policy file (YAML).", show_default=False)],
    second: Annotated[
        Path, typer.Argument(help="The policy to compare with it.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Say in what two policies differ in meaning.

    Actions, keys, domains, what stops joining, what is protected more or less. Exit code 1 if they
    differ.

    Example: coatcheck policy diff customers.yaml changed.yaml
    """
    from anonymize.cli.policies import diff_command

    diff_command(first, second, as_json)


@policy_app.command("test")
def policy_test(
    policy: PolicyPath,
    keyring: Annotated[
        str | None,
        typer.Option(
            "--keyring",
            help="Keyring URI, for cases with pseudonyms; by default keys that are thrown away.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the cases in a policy's tests.

    Each is an invented row, and what becomes of it. Says which end otherwise than they say. Exit
    code 1 if one does.

    Example: coatcheck policy test customers.yaml
    """
    from anonymize.cli.policies import test_command

    test_command(policy, keyring, as_json)
