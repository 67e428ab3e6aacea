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
    """Say in what two policies differ in meaning: actions, keys, domains, what stops joining; exit
    1 if they do.
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
    """Run the cases in a policy's tests: and say which end otherwise than they say; exit 1 if one
    does.
    """
    from anonymize.cli.policies import test_command

    test_command(policy, keyring, as_json)
