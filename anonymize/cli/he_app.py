"""Declares the commands that compute on encrypted columns, and the one that decrypts results."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from anonymize.cli.options import AsJson, KeyringUri, local, local_or_none

he_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Compute on encrypted columns; decrypt results.",
)
Folder = Annotated[
    Path,
    typer.Argument(
        callback=local,
        help="What coatcheck export --homomorphic wrote; no key is needed.",
        show_default=False,
    ),
]
Output = Annotated[
    Path,
    typer.Option("--output", "-o", callback=local, help="The result to write; it must not exist."),
]
Columns = Annotated[
    str, typer.Option("--columns", help="Comma-separated columns; by default all of the export.")
]
SignedBy = Annotated[
    str | None,
    typer.Option(
        "--signed-by",
        metavar="ed25519:…",
        help="The holder's public key, which the export printed: check the manifest's signature.",
        show_default=False,
    ),
]


@he_app.command("sum")
def sum_(folder: Folder, output: Output, columns: Columns = "", signed_by: SignedBy = None) -> None:
    """Add up encrypted columns.

    Needs no key. The holder decrypts the result.

    Example: coatcheck he sum encrypted --columns cost -o cost.result
    """
    from anonymize.cli.he import sum_command

    sum_command(folder, output, columns, signed_by, mean=False)


@he_app.command()
def mean(folder: Folder, output: Output, columns: Columns = "", signed_by: SignedBy = None) -> None:
    """Average encrypted columns.

    Needs no key. The holder divides by the number of rows that are not null.

    Example: coatcheck he mean encrypted --columns cost -o cost.result
    """
    from anonymize.cli.he import sum_command

    sum_command(folder, output, columns, signed_by, mean=True)


@he_app.command()
def weighted(
    folder: Folder,
    column: Annotated[
        str, typer.Option("--column", help="The column to weigh.", show_default=False)
    ],
    weights: Annotated[
        Path,
        typer.Option(
            "--weights",
            callback=local,
            help="A file with a number per line, one for each row of the version in its order.",
            show_default=False,
        ),
    ],
    output: Output,
    signed_by: SignedBy = None,
) -> None:
    """Add up an encrypted column, each row times a weight.

    Needs no key. The holder gets the weighted sum and mean, and sees the weights.

    Example: coatcheck he weighted encrypted --column cost --weights w.txt -o cost.result
    """
    from anonymize.cli.he import weighted_command

    weighted_command(folder, output, column, weights, signed_by)


@he_app.command()
def linear(
    folder: Folder,
    output: Output,
    coefficient: Annotated[
        list[str] | None,
        typer.Option(
            "--coefficient",
            metavar="COLUMN=NUMBER",
            help="A column's coefficient; once for each column of the model.",
        ),
    ] = None,
    intercept: Annotated[
        float, typer.Option("--intercept", help="What is added to each score.")
    ] = 0.0,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            callback=local_or_none,
            help='Instead: a JSON file {"coefficients": {COLUMN: NUMBER}, "intercept": NUMBER}.',
            show_default=False,
        ),
    ] = None,
    signed_by: SignedBy = None,
) -> None:
    """Score each row by a linear model.

    Needs no key. The holder decrypts the scores, and sees the model.

    Example: coatcheck he linear encrypted --coefficient age=0.3 --intercept -2 -o scores.result
    """
    from anonymize.cli.he import linear_command

    linear_command(folder, output, coefficient or [], intercept, model, signed_by)


@he_app.command()
def decrypt(
    result: Annotated[
        Path,
        typer.Argument(
            callback=local, help="What sum, mean, weighted or linear wrote.", show_default=False
        ),
    ],
    holder: Annotated[
        Path | None,
        typer.Option(
            "--holder",
            callback=local_or_none,
            help="The holder's file of the export; by default the one beside RESULT that fits.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            callback=local_or_none,
            help="For scores: a .csv, .jsonl or .parquet file to write; it will be plaintext.",
            show_default=False,
        ),
    ] = None,
    after_refusal: Annotated[
        bool,
        typer.Option(
            "--after-refusal",
            help="Look at it although another result of the export was refused.",
        ),
    ] = False,
    keyring: KeyringUri = None,
    as_json: AsJson = False,
) -> None:
    """Check and decrypt a result.

    Needs the keyring that exported.

    Example: coatcheck he decrypt cost.result
    """
    from anonymize.cli.he import decrypt_command

    decrypt_command(result, holder, output, after_refusal, keyring, as_json)
