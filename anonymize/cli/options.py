"""The arguments and options that several commands share: each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer


def local(path: Path) -> Path:
    """Refuse an address, because it would be used as the name of a local folder."""
    from anonymize.policy.local_paths import local_path

    try:
        return Path(local_path(str(path)))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def local_or_none(path: Path | None) -> Path | None:
    """Return `local`, or None for an option that was not given."""
    return None if path is None else local(path)


def codes(text: str) -> tuple[str, ...]:
    """Return the codes in a comma-separated text."""
    return tuple(code.strip().lower() for code in text.split(",") if code.strip())


PolicyPath = Annotated[Path, typer.Argument(help="Policy file (YAML).", show_default=False)]
DatasetPath = Annotated[
    Path,
    typer.Argument(
        help="A dataset's folder or address, as the policy's sink names it.", show_default=False
    ),
]
Version = Annotated[
    int | None, typer.Option("--version", help="A version's number; by default the published one.")
]
OfPolicy = Annotated[
    Path | None,
    typer.Option(
        "--policy", help="The policy that publishes here: its name and audit anchor count."
    ),
]
DatasetName = Annotated[
    str | None,
    typer.Option(
        "--dataset", help="The dataset's name in the policy: refuse a folder of another one."
    ),
]
Countries = Annotated[
    str,
    typer.Option(
        "--countries",
        help="Two-letter codes, e.g. us,de: also look for these countries' identifiers.",
    ),
]
SourcePath = Annotated[
    Any,
    typer.Argument(
        metavar="SOURCE",
        help=(
            "A file (CSV, Excel, JSON, Parquet, …), a folder or a glob; - is standard input; or a"
            " database's address with --table or --query."
        ),
        show_default=False,
    ),
]
Languages = Annotated[
    str, typer.Option("--languages", help="Two-letter codes of the languages of texts.")
]
Ner = Annotated[
    str | None,
    typer.Option(
        "--ner",
        help=(
            "Name model asked about columns that rules leave open: off, coatcheck (the default"
            " where its extra is installed), spacy:MODEL, transformers:MODEL, gliner:MODEL."
        ),
    ),
]
Table = Annotated[
    str | None,
    typer.Option("--table", help="A database's table: schema.table.", show_default=False),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        help=(
            "Processes that work on parts of the source; by default as many as cores and memory"
            " allow."
        ),
        show_default=False,
    ),
]
Runner = Annotated[
    str | None,
    typer.Option(
        "--runner",
        metavar="ADDRESS",
        help=(
            "Dask cluster that works on parts of the source: dask://HOST:PORT, or"
            " dask+tls://HOST:PORT; by default this machine."
        ),
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
KeyringUri = Annotated[
    str | None,
    typer.Option(
        "--keyring",
        help="Keyring URI; by default $COATCHECK_KEYRING or file:.coatcheck/keyring.json.",
    ),
]
