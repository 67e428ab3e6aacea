"""Declares the commands for auditors: what was done to a dataset, and what it changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.audit_unusual import unusual
from anonymize.cli.options import AsJson, DatasetPath, KeyringUri, OfPolicy

audit_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Show, check and export the signed logs."
)
Reads = Annotated[
    bool, typer.Option("--reads", help="The log of reads (audit: {reads: true}), not of acts.")
]


audit_app.command()(unusual)


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


@audit_app.command()
def show(
    dataset: DatasetPath,
    reads: Reads = False,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Print a log, a line each, with its signature's state.

    Also of a log that does not hold; audit verify says whether it does.

    Example: coatcheck audit show out/customers
    """
    from anonymize.cli.audit import audit_show_command

    audit_show_command(dataset, reads, keyring, as_json)


@audit_app.command()
def verify(dataset: DatasetPath, policy: OfPolicy = None, keyring: KeyringUri = None) -> None:
    """Check the logs of acts and reads.

    Chain, signatures, heads, and with --policy the anchor; exit 1 if anything is wrong.

    Example: coatcheck audit verify out/customers --policy customers.yaml
    """
    from anonymize.cli.audit import audit_verify_command

    audit_verify_command(dataset, policy, keyring)


@audit_app.command()
def export(
    dataset: DatasetPath,
    reads: Reads = False,
    after: Annotated[
        int, typer.Option("--after", min=0, help="Only lines behind this one; all are checked.")
    ] = 0,
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
) -> None:
    """Print a log as JSON Lines for a SIEM.

    Each with its signature's state; exit 1, behind all lines, if the log does not hold.

    Example: coatcheck audit export out/customers --after 120
    """
    from anonymize.cli.audit import audit_export_command

    audit_export_command(dataset, reads, after, policy, keyring)


@audit_app.command()
def certificate(
    file: Annotated[Path, typer.Argument(help="A certificate of an erasure.", show_default=False)],
    keyring: KeyringUri = None,
) -> None:
    """Check a certificate that forget --everywhere printed.

    Exit 1 if it was changed. A reader's keyring is enough.

    Example: coatcheck audit certificate erasure-12.json
    """
    from anonymize.cli.audit import certificate_command

    certificate_command(file, keyring)


def where_is(
    datasets: Annotated[
        list[str],
        typer.Argument(help="Datasets: folders or addresses.", show_default=False),
    ],
    key: Annotated[
        str | None, typer.Option("--key", help="A key's name, or one version of it: training.2.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="A raw file; its bytes and name are compared.")
    ] = None,
    subject: Annotated[
        str | None,
        typer.Option(
            "--subject", help="Whose rows are looked for; - reads it from standard input."
        ),
    ] = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Find the versions of a key, a file or a person.

    Exit 1 if it cannot be told of some version; those are named.

    Example: coatcheck where-is out/customers out/patients --key training.1
    """
    from anonymize.cli.audit import where_is_command

    where_is_command(datasets, key, source, subject, keyring, as_json)
