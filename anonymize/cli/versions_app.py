"""Declares the commands for versions that are published: verify, list, publish again, remove."""

from __future__ import annotations

from typing import Annotated

import typer

from anonymize.cli.options import AsJson, DatasetName, DatasetPath, KeyringUri, OfPolicy, Version


def verify(
    dataset: DatasetPath,
    version: Version = None,
    name: DatasetName = None,
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Check a version and the audit log.

    Signature, files, wrapped keys and the signed log; exit 1 if anything is wrong.

    Example: coatcheck verify out/customers
    """
    from anonymize.cli.datasets import verify_command

    verify_command(dataset, version, name, policy, keyring, as_json)


def versions(
    dataset: DatasetPath,
    long: Annotated[
        bool,
        typer.Option(
            "--long",
            "-l",
            help="Also rows, files, bytes, k, keys and policy, as the manifests say.",
        ),
    ] = False,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """List a dataset's versions.

    As its signed log says; without a keyring that checks it, as the folder says.

    Example: coatcheck versions out/customers
    """
    from anonymize.cli.datasets import versions_command

    versions_command(dataset, keyring, as_json, long)


def rollback(
    dataset: DatasetPath,
    version: Annotated[
        int, typer.Argument(help="The version to publish again.", show_default=False)
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; goes into the audit log.")],
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
) -> None:
    """Publish an earlier version again.

    It is verified first.

    Example: coatcheck rollback out/customers 3 --reason "version 4 lacks May"
    """
    from anonymize.cli.datasets import rollback_command

    rollback_command(dataset, version, reason, policy, keyring)


def expire(
    dataset: DatasetPath,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="How many of the newest versions stay.")
    ] = None,
    older_than: Annotated[
        str | None,
        typer.Option(
            "--older-than",
            metavar="AGE",
            help="Versions published longer ago than this go: 12h, 30d, 8w.",
        ),
    ] = None,
    version: Annotated[
        int | None, typer.Option("--version", help="Only this version goes; not the current one.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be removed; change nothing.")
    ] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why; goes into the audit log.")] = "",
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
) -> None:
    """Remove old versions.

    And those that a revocation refuses; the current one stays. With --keep and
    --older-than only those go that neither keeps; without them as --policy says by
    retention:.

    Example: coatcheck expire out/customers --keep 5 --reason "kept for 30 days"
    """
    from anonymize.cli.datasets import expire_command

    expire_command(dataset, keep, older_than, version, dry_run, reason, policy, keyring)
