"""Declares the keyring commands. Each parses arguments, makes one library call and prints the
result.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import (
    AsJson,
    DatasetName,
    DatasetPath,
    KeyringUri,
    OfPolicy,
    Version,
    local,
)

keys_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Make and look at keyrings.",
)
Datasets = Annotated[
    list[Path] | None, typer.Argument(help="Datasets whose versions the key opens.")
]


@keys_app.command("init")
def keys_init(
    policies: Annotated[
        list[Path] | None, typer.Argument(help="Policies whose keys are wanted.")
    ] = None,
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A further key's name; may be repeated.")
    ] = None,
    keyring: KeyringUri = None,
) -> None:
    """Make a keyring, or complete it.

    With the keys that policies name.

    Example: coatcheck keys init customers.yaml
    """
    from anonymize.cli.keys import init_command

    init_command(policies or [], name or [], keyring)


@keys_app.command("list")
def keys_list(keyring: KeyringUri = None, as_json: AsJson = False) -> None:
    """List the keyring's keys and versions.

    Never a key.

    Example: coatcheck keys list
    """
    from anonymize.cli.keys import list_command

    list_command(keyring, as_json)


@keys_app.command("share")
def keys_share(
    names: Annotated[
        list[str], typer.Argument(help="Names of the keys a reader may hold.", show_default=False)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The reader's keyring file; it must not exist.")
    ],
    reidentifies: Annotated[
        bool,
        typer.Option("--reidentifies", help="Allow keys that pseudonyms and tokens come from."),
    ] = False,
    keyring: KeyringUri = None,
) -> None:
    """Write a reader's keyring.

    These keys and the means to check signatures, nothing else.

    Example: coatcheck keys share training -o reader.json
    """
    from anonymize.cli.keys import share_command

    share_command(names, output, reidentifies, keyring)


@keys_app.command("rotate")
def keys_rotate(
    name: Annotated[str, typer.Argument(help="The key's name.", show_default=False)],
    datasets: Datasets = None,
    keyring: KeyringUri = None,
) -> None:
    """Make a new version of a key.

    And wrap the datasets' Parquet keys by it; no data is rewritten.

    Example: coatcheck keys rotate training out/customers
    """
    from anonymize.cli.keys import rotate_command

    rotate_command(name, datasets or [], keyring)


@keys_app.command("revoke")
def keys_revoke(
    name: Annotated[str, typer.Argument(help="The key's name: signing.", show_default=False)],
    version: Annotated[int, typer.Option("--version", help="The version that leaked.")],
    since: Annotated[
        str,
        typer.Option("--from", help="Day, or second in UTC, since when what it signed is refused."),
    ],
    datasets: Annotated[
        list[Path] | None, typer.Argument(help="Datasets whose logs the new key signs.")
    ] = None,
    keyring: KeyringUri = None,
) -> None:
    """Revoke a leaked signing key.

    What it signed since is refused, a new version signs from now on.

    Example: coatcheck keys revoke signing --version 1 --from 2026-03-01 out/customers
    """
    from anonymize.cli.keys import revoke_command

    revoke_command(name, version, since, datasets or [], keyring)


@keys_app.command("relock")
def keys_relock(
    name: Annotated[str, typer.Argument(help="The key's name.", show_default=False)],
    datasets: Datasets = None,
    keyring: KeyringUri = None,
) -> None:
    """Complete an interrupted rotation.

    Wraps datasets' keys and locks the vault by a key's current version.

    Example: coatcheck keys relock training out/customers
    """
    from anonymize.cli.keys import relock_command

    relock_command(name, datasets or [], keyring)


@keys_app.command("passphrase")
def keys_passphrase(
    new: Annotated[
        str | None,
        typer.Option(
            "--new", help="A file of mode 0600 with the new passphrase, or - for standard input."
        ),
    ] = None,
    keyring: KeyringUri = None,
) -> None:
    """Change the keyring's passphrase.

    Without --new a random one is put into its key file.

    Example: coatcheck keys passphrase --new passphrase.txt
    """
    from anonymize.cli.keys import passphrase_command

    passphrase_command(new, keyring)


@keys_app.command("lock")
def keys_lock_by(
    new_uri: Annotated[
        str,
        typer.Argument(
            help="What locks the keyring from now on: aws-kms:KEY, vault:MOUNT/KEY, or file:PATH.",
            show_default=False,
        ),
    ],
    keyring: KeyringUri = None,
) -> None:
    """Lock the keyring file by another key.

    Of a key management service, or by a passphrase; its keys stay.

    Example: coatcheck keys lock aws-kms:alias/coatcheck
    """
    from anonymize.cli.keys import lock_by_command

    lock_by_command(new_uri, keyring)


@keys_app.command("destroy")
def keys_destroy(
    name: Annotated[str, typer.Argument(help="The key's name.", show_default=False)],
    version: Annotated[int, typer.Option("--version", help="The version to destroy.")],
    datasets: Datasets = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why; goes into the datasets' audit logs first.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    keyring: KeyringUri = None,
) -> None:
    """Forget a key version for good.

    What only it opens becomes unreadable for everybody.

    Example: coatcheck keys destroy training --version 1 out/customers --reason "end of project"
    """
    from anonymize.cli.keys import destroy_command

    destroy_command(name, version, datasets or [], reason, yes, keyring)


@keys_app.command("export-dek")
def keys_export_dek(
    dataset: DatasetPath,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            callback=local,
            help="The file of SQL to write, of mode 0600; it must not exist.",
            show_default=False,
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; goes into the audit log.")],
    version: Version = None,
    policy: OfPolicy = None,
    name: DatasetName = None,
    keyring: KeyringUri = None,
) -> None:
    """Give out a version's data keys, for DuckDB.

    Of a version published with sink: {layout: duckdb}. They open it whole, for good.

    Example: coatcheck keys export-dek out/customers -o customers.sql --reason "monthly report"
    """
    from anonymize.cli.keys import export_dek_command

    export_dek_command(dataset, output, version, reason, policy, name, keyring)
