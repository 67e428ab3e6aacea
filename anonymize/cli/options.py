"""The arguments and options that several commands share: each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def local(path: Path) -> Path:
    """Refuse an address, because it would be used as the name of a local folder."""
    from anonymize.policy.local_paths import local_path

    try:
        return Path(local_path(str(path)))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


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
    str,
    typer.Argument(
        help="A CSV, JSON Lines or Parquet file, a folder or a glob.", show_default=False
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
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", help="What stands between a CSV file's fields.")
]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="Of CSV and JSON Lines files; by default utf-8.")
]
Format = Annotated[
    str | None, typer.Option("--format", help="csv, jsonl or parquet, where no ending tells.")
]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        help="A column's type, NAME=TYPE, where it should not be inferred: zip=string. Repeatable.",
    ),
]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header",
        help="Whether the first CSV row names the columns; without names they become column_1, …",
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
