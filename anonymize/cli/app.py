"""Declares the commands. Each parses arguments, makes one library call and prints the result."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from anonymize.cli.bucket_app import bucket_app
from anonymize.cli.grants import grants
from anonymize.cli.keys_app import keys_app
from anonymize.cli.options import (
    AsJson,
    Countries,
    DatasetName,
    DatasetPath,
    Delimiter,
    Encoding,
    Format,
    Header,
    KeyringUri,
    Languages,
    Ner,
    OfPolicy,
    PolicyPath,
    SourcePath,
    Types,
    Version,
    local,
)

app = typer.Typer(
    name="coatcheck",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
    help=(
        "Raw datasets in, datasets a team may train on out.\n\nExit codes: 0 done; 1 a gate or"
        " check failed; 2 bad policy, arguments or data; 3 keys unavailable."
    ),
)
app.add_typer(keys_app, name="keys")
app.add_typer(bucket_app, name="bucket")
app.command()(grants)


class Formulas(StrEnum):
    """What to do with CSV texts that a spreadsheet would run as formulas."""

    neutralise = "neutralise"
    keep = "keep"


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"coatcheck {version('coatcheck')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass


def _spec(path: str, types: list[str] | None, **said: Any) -> Any:
    from anonymize.cli.commands import source_spec

    return source_spec(path, types or [], said)


@app.command()
def inspect(
    source: SourcePath,
    countries: Countries = "",
    languages: Languages = "en",
    ner: Ner = None,
    expect: Annotated[
        Path | None, typer.Option("--expect", help="A policy: exit 1 if the data has left it.")
    ] = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    header: Header = None,
    format: Format = None,
    types: Types = None,
    as_json: AsJson = False,
) -> None:
    """Say what each column holds, with the evidence and without a raw value."""
    from anonymize.cli.commands import inspect_command

    spec = _spec(
        source, types, delimiter=delimiter, encoding=encoding, header=header, format=format
    )
    inspect_command(spec, _codes(countries), _codes(languages), ner, expect, as_json)


@app.command()
def init(
    source: SourcePath,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", callback=local, help="The policy file to write; it must not exist."
        ),
    ],
    countries: Countries = "",
    languages: Languages = "en",
    ner: Ner = None,
    delimiter: Delimiter = None,
    encoding: Encoding = None,
    header: Header = None,
    format: Format = None,
    types: Types = None,
) -> None:
    """Draft a commented policy for a source, to be read and corrected."""
    from anonymize.cli.commands import init_command

    spec = _spec(
        source, types, delimiter=delimiter, encoding=encoding, header=header, format=format
    )
    init_command(spec, output, _codes(countries), _codes(languages), ner)


@app.command()
def plan(policy: PolicyPath, keyring: KeyringUri = None, as_json: AsJson = False) -> None:
    """Show what would happen to every column, with an example whose original is masked."""
    from anonymize.cli.commands import plan_command

    plan_command(policy, keyring, as_json)


@app.command()
def run(
    policy: PolicyPath,
    accept_change: Annotated[
        bool,
        typer.Option(
            "--accept-change",
            help=(
                "Publish although types, purpose, rules, models or files are not those of the last"
                " version."
            ),
        ),
    ] = False,
    wait: Annotated[
        float | None,
        typer.Option(
            "--wait",
            min=0,
            help="Seconds to wait for another run on the dataset; by default a minute.",
        ),
    ] = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Apply a policy and publish the result as a new version."""
    from anonymize.cli.commands import run_command

    run_command(policy, keyring, as_json, accept_change, wait)


@app.command()
def verify(
    dataset: DatasetPath,
    version: Version = None,
    name: DatasetName = None,
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Check a version's signature, files and wrapped keys, and the signed audit log; exit 1 if
    anything is wrong.
    """
    from anonymize.cli.datasets import verify_command

    verify_command(dataset, version, name, policy, keyring, as_json)


@app.command()
def schema() -> None:
    """Print the JSON Schema of policies, for editors that complete and check YAML."""
    from anonymize.policy import policy_json_schema

    print(policy_json_schema(), end="")


@app.command()
def versions(dataset: DatasetPath, keyring: KeyringUri = None, as_json: AsJson = False) -> None:
    """List a dataset's versions, as its signed log says; without a keyring that checks it, as the
    folder says.
    """
    from anonymize.cli.datasets import versions_command

    versions_command(dataset, keyring, as_json)


@app.command()
def rollback(
    dataset: DatasetPath,
    version: Annotated[
        int, typer.Argument(help="The version to publish again.", show_default=False)
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; goes into the audit log.")],
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
) -> None:
    """Make an earlier version the published one, after verifying it."""
    from anonymize.cli.datasets import rollback_command

    rollback_command(dataset, version, reason, policy, keyring)


@app.command()
def expire(
    dataset: DatasetPath,
    keep: Annotated[
        int, typer.Option("--keep", min=1, help="How many of the newest versions stay.")
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why; goes into the audit log.")],
    policy: OfPolicy = None,
    keyring: KeyringUri = None,
) -> None:
    """Remove old versions, and those that a revocation refuses; the current and the newest stay."""
    from anonymize.cli.datasets import expire_command

    expire_command(dataset, keep, reason, policy, keyring)


@app.command()
def export(
    dataset: DatasetPath,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            callback=local,
            help="A .csv, .jsonl or .parquet file; it will be plaintext.",
        ),
    ],
    columns: Annotated[
        str,
        typer.Option(
            "--columns", help="Comma-separated columns; by default all that the keyring opens."
        ),
    ] = "",
    formulas: Annotated[
        Formulas,
        typer.Option(
            "--formulas", help="In CSV: mark texts that a spreadsheet would run, or keep them."
        ),
    ] = Formulas.neutralise,
    version: Version = None,
    name: DatasetName = None,
    keyring: KeyringUri = None,
) -> None:
    """Write a version's sanitized rows to a plaintext file."""
    from anonymize.cli.datasets import export_command
    from anonymize.errors import ArgumentError

    wanted = [part for part in columns.split(",") if part]
    if columns and not wanted:
        raise ArgumentError("names no column", place="--columns")
    export_command(dataset, output, wanted, version, name, keyring, formulas.value)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip().lower() for code in text.split(",") if code.strip())


@app.command()
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
    keyring: KeyringUri = None,
) -> None:
    """Turn tokens back into their originals, one per line; needs the reveal key, and is audited."""
    from anonymize.cli.reveal import reveal_command

    reveal_command(policy, column, tokens or [], file, reason, bulk, version, keyring)


@app.command()
def forget(
    policy: PolicyPath,
    subject: Annotated[
        str,
        typer.Option(
            "--subject", help="Whose vault entries are erased; - reads it from standard input."
        ),
    ],
    reason: Annotated[
        str, typer.Option("--reason", help="Why; goes into the audit log first.")
    ] = "",
    keyring: KeyringUri = None,
) -> None:
    """Erase a subject's vault entries: their tokens in every version become meaningless."""
    from anonymize.cli.reveal import forget_command

    forget_command(policy, subject, reason, keyring)
