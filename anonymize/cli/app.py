"""Declares the commands. Each parses arguments, makes one library call and prints the result."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.aggregate_app import aggregate, allow_training, synthesize
from anonymize.cli.anonymize_app import anonymize
from anonymize.cli.approval_app import approval_app
from anonymize.cli.audit_app import audit_app, diff, history, where_is
from anonymize.cli.bucket_app import bucket_app
from anonymize.cli.canaries_app import canaries_app, publish
from anonymize.cli.card_app import card, lineage
from anonymize.cli.export_app import export
from anonymize.cli.grants import grants
from anonymize.cli.he_app import he_app
from anonymize.cli.incident_app import incident
from anonymize.cli.keys_app import keys_app
from anonymize.cli.options import (
    AsJson,
    Countries,
    KeyringUri,
    Languages,
    Ner,
    PolicyPath,
    Runner,
    SourcePath,
    Workers,
    codes,
    local,
)
from anonymize.cli.policy_app import policy_app
from anonymize.cli.report_app import report, risk
from anonymize.cli.reveal_app import forget, reveal
from anonymize.cli.screen_app import screen
from anonymize.cli.source_options import reads_source
from anonymize.cli.versions_app import expire, rollback, verify, versions

app = typer.Typer(
    name="coatcheck",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
    help=(
        "Raw datasets in, datasets a team may train on out.\n\nStart here: coatcheck anonymize"
        " customers.csv -o clean.csv\n\nExit codes: 0 done; 1 a gate or"
        " check failed; 2 bad policy, arguments or data; 3 keys unavailable."
    ),
)
app.add_typer(keys_app, name="keys")
app.add_typer(policy_app, name="policy")
app.add_typer(audit_app, name="audit")
app.add_typer(approval_app, name="approval")
app.add_typer(bucket_app, name="bucket")
app.add_typer(he_app, name="he")
app.add_typer(canaries_app, name="canaries")
app.command()(grants)


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


app.command()(anonymize)


@app.command()
@reads_source
def inspect(
    source: SourcePath,
    countries: Countries = "",
    languages: Languages = "en",
    ner: Ner = None,
    expect: Annotated[
        Path | None, typer.Option("--expect", help="A policy: exit 1 if the data has left it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what each column holds.

    With the evidence, and without a raw value.

    Example: coatcheck inspect customers.csv --countries us,de
    """
    from anonymize.cli.commands import inspect_command

    inspect_command(source, codes(countries), codes(languages), ner, expect, as_json)


@app.command()
@reads_source
def init(
    source: SourcePath,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", callback=local, help="The policy file to write; it must not exist."
        ),
    ],
    purpose: Annotated[
        str | None,
        typer.Option(
            "--for", help="What the data is for; part of every derived key, so it stays as it is."
        ),
    ] = None,
    countries: Countries = "",
    languages: Languages = "en",
    ner: Ner = None,
    k: Annotated[
        int | None,
        typer.Option("--k", min=2, help="Draft a privacy: block with this k, and rules for it."),
    ] = None,
) -> None:
    """Draft a policy for a source.

    A commented one, to be read and corrected.

    Example: coatcheck init customers.csv -o customers.yaml --for "churn model"
    """
    from anonymize.cli.commands import init_command

    init_command(source, output, codes(countries), codes(languages), ner, purpose, k)


@app.command()
def plan(
    policy: PolicyPath,
    keyring: KeyringUri = None,
    what_if: Annotated[
        str,
        typer.Option(
            "--what-if",
            metavar="k=3,5,10",
            help="Show what each k of a privacy: block would cost; reads all rows.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Show what would happen to every column.

    With an example whose original is masked.

    Example: coatcheck plan customers.yaml
    """
    if what_if:
        from anonymize.cli.what_if import what_if_command

        what_if_command(policy, keyring, what_if, as_json)
        return
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
                "Publish although source, types, purpose, rules, models or files are not those of"
                " the last version."
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
    incremental: Annotated[
        bool,
        typer.Option(
            "--incremental",
            help=(
                "Take over the parts of the current version whose files did not change; publish"
                " nothing if none did."
            ),
        ),
    ] = False,
    workers: Workers = None,
    runner: Runner = None,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Apply a policy and publish the result as a new version.

    Example: coatcheck run customers.yaml
    """
    from anonymize.cli.commands import run_command

    run_command(policy, keyring, as_json, accept_change, wait, incremental, workers, runner)


@app.command()
def schema() -> None:
    """Print the JSON Schema of policies.

    For editors that complete and check YAML.

    Example: coatcheck schema > policy.schema.json
    """
    from anonymize.policy import policy_json_schema

    print(policy_json_schema(), end="")


_COMMANDS: tuple[Callable[..., None], ...] = (
    verify, versions, history, diff, where_is, card, report, risk, lineage, aggregate, synthesize,
    allow_training, publish, screen, incident, rollback, expire,
)  # fmt: skip
for _command in _COMMANDS:
    app.command()(_command)


app.command()(export)


app.command()(reveal)
app.command()(forget)
