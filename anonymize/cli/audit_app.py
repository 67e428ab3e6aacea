"""Declares the commands for auditors: what was done to a dataset, and what it changed."""

from __future__ import annotations

from typing import Annotated

import typer

from anonymize.cli.options import AsJson, DatasetPath, KeyringUri


def history(dataset: DatasetPath, keyring: KeyringUri = None, as_json: AsJson = False) -> None:
    """Print every act on a dataset.

    Who, when and why, as its signed log says; without a keyring that checks it, as
    the folder says.

    Example: coatcheck history out/customers
    """
    from anonymize.cli.audit import history_command

    history_command(dataset, keyring, as_json)


def diff(
    dataset: DatasetPath,
    before: Annotated[int, typer.Argument(metavar="V1", help="A version.", show_default=False)],
    after: Annotated[int, typer.Argument(metavar="V2", help="Another one.", show_default=False)],
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Compare what the manifests of two versions say.

    Policy, rules, schema, rows, nulls, privacy measures, keys, software; no row is
    read.

    Example: coatcheck diff out/customers 6 7
    """
    from anonymize.cli.audit import diff_command

    diff_command(dataset, before, after, keyring, as_json)
