"""Implements the commands that compute on encrypted columns."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anonymize.cli.output import print_json, print_table, say, say_wrapped
from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    from anonymize.custody.homomorphic import Computed, Decrypted

_LARGEST_WEIGHTS = 1 << 32
_UNCHECKED = (
    "the export's signature was not checked: --signed-by says by which key of the holder's it is"
    " signed"
)


def export_homomorphic_command(
    path: Path,
    output: Path,
    columns: Sequence[str],
    keep_small: bool,
    version: int | None,
    dataset: str | None,
    keyring_uri: str | None,
) -> None:
    """Write a folder of ciphertexts and the holder's file."""
    from anonymize.custody.homomorphic import export_homomorphic
    from anonymize.custody.homomorphic.values import ColumnsNotNumeric
    from anonymize.dataset import ColumnsLeftOut, ReadNotEntered
    from anonymize.keys import open_keyring

    with warnings.catch_warnings(record=True) as notices:
        for kind in (ColumnsLeftOut, ColumnsNotNumeric, ReadNotEntered):
            warnings.simplefilter("always", kind)
        made = export_homomorphic(
            path,
            output,
            columns=list(columns),
            small="keep" if keep_small else "refuse",
            version=version,
            dataset=dataset,
            keyring=open_keyring(keyring_uri),
        )
    for notice in dict.fromkeys(str(notice.message) for notice in notices):
        say(notice)
    print_table(
        ("column", "a value comes back within"),
        [(name, f"{error:.2g}") for name, error in made.errors.items()],
    )
    each = made.size_bytes / (made.rows * len(made.errors))
    say_wrapped(
        f"{output}: {made.rows:,} rows, {made.size_bytes:,} bytes, {each:,.0f} a value. Hand out"
        f" the folder alone: {made.holder} opens the results, with your keyring. Names of columns,"
        " the number of rows and the size of each column's largest value can be read in it"
    )
    say(f"its signature is checked by --signed-by {made.public_key}")


def sum_command(
    folder: Path, output: Path, columns: str, signed_by: str | None, *, mean: bool
) -> None:
    """Write encrypted sums."""
    from anonymize.custody.homomorphic import encrypted_sum

    names = [part for part in columns.split(",") if part]
    if columns and not names:
        raise ArgumentError("names no column", place="--columns")
    made = encrypted_sum(folder, output, columns=names, mean=mean, signed_by=signed_by)
    _say_computed(output, made)


def weighted_command(
    folder: Path, output: Path, column: str, weights: Path, signed_by: str | None
) -> None:
    """Write an encrypted weighted sum."""
    from anonymize.custody.homomorphic import encrypted_weighted

    numbers = _numbers_in(weights)
    made = encrypted_weighted(folder, output, column=column, weights=numbers, signed_by=signed_by)
    _say_computed(output, made)


def linear_command(
    folder: Path,
    output: Path,
    coefficients: Sequence[str],
    intercept: float,
    model: Path | None,
    signed_by: str | None,
) -> None:
    """Write encrypted scores."""
    from anonymize.custody.homomorphic import encrypted_linear

    if (model is None) == (not coefficients):
        raise ArgumentError("say --coefficient for each column, or --model FILE", place="he linear")
    said = dict(map(_coefficient, coefficients))
    if len(said) < len(coefficients):
        raise ArgumentError("a column is there twice", place="--coefficient")
    if model is not None:
        said, intercept = _model_in(model)
    made = encrypted_linear(
        folder, output, coefficients=said, intercept=intercept, signed_by=signed_by
    )
    _say_computed(output, made)


def decrypt_command(
    result: Path,
    holder: Path | None,
    output: Path | None,
    after_refusal: bool,
    keyring_uri: str | None,
    as_json: bool,
) -> None:
    """Print what a result holds, or write its scores."""
    from anonymize.custody.homomorphic import decrypt

    made = decrypt(
        result, holder=holder, output=output, keyring=keyring_uri, after_refusal=after_refusal
    )
    if as_json:
        print_json(asdict(made))
    elif output is None:
        print_table(
            (made.operation, "value", "within ±", "wrong by less may pass"),
            [
                (
                    one.name,
                    "(no row)" if one.value is None else f"{one.value:,.15g}",
                    f"{one.within:.2g}",
                    f"{one.wrong_below:.2g}",
                )
                for one in made.answers
            ],
        )
    _say_decrypted(made, output)


def _say_decrypted(made: Decrypted, output: Path | None) -> None:
    of = f"of {made.dataset}, version {made.version}, {made.rows:,} rows"
    if output is not None:
        say_wrapped(
            f"{output}: {made.rows:,} scores {of}, in the clear, readable by you only; each within"
            f" {made.within:.2g}. A score that is wrong by more than {made.wrong_below:.2g} would"
            " have passed the check with a chance of one in a million at most"
        )
    else:
        say_wrapped(
            f"{made.operation} {of}. It was checked: what is wrong by more than the last column"
            " says would have passed with a chance of one in a million at most"
        )
    say_wrapped(
        "rounded, because exact decryptions tell of the key: still do not hand them back to whoever"
        " computed. A result over few rows is personal data, and scores are"
    )


def _say_computed(output: Path, made: Computed) -> None:
    if not made.signed:
        say_wrapped(_UNCHECKED)
    names = ", ".join(made.columns)
    say_wrapped(
        f"{output}: {names} over {made.rows:,} rows, {made.size_bytes:,} bytes, encrypted: only the"
        " holder decrypts it"
    )


def _numbers_in(path: Path) -> Any:
    import numpy as np

    return _read(path, lambda text: np.array(text.split(), np.float64), "a number per line")


def _model_in(path: Path) -> tuple[dict[str, float], float]:
    from anonymize.dataset.canonical import parse_each_once

    def parsed(text: str) -> tuple[dict[str, float], float]:
        said = parse_each_once(text.encode())
        numbers, intercept = dict(said["coefficients"]), said.get("intercept", 0)
        if not set(said) <= {"coefficients", "intercept"} or not all(
            type(one) in (int, float) for one in (*numbers.values(), intercept)
        ):
            raise ValueError
        return {name: float(one) for name, one in numbers.items()}, float(intercept)

    form = '{"coefficients": {COLUMN: NUMBER}, "intercept": NUMBER}'
    found: tuple[dict[str, float], float] = _read(path, parsed, form)
    return found


def _read(path: Path, parse: Callable[[str], Any], form: str) -> Any:
    from anonymize.durable import plain_bytes

    try:
        return parse(plain_bytes(path, _LARGEST_WEIGHTS).decode("utf-8-sig"))
    except OSError:
        raise ArgumentError("cannot be read", place=str(path)) from None
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise ArgumentError(f"does not hold {form}", place=str(path)) from None


def _coefficient(said: str) -> tuple[str, float]:
    name, _, number = said.rpartition("=")
    try:
        if name:
            return name, float(number)
    except ValueError:
        pass
    raise ArgumentError("say COLUMN=NUMBER, for example age=0.3", place="--coefficient")
