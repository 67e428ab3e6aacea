"""Reads what commands on tokens are given: the tokens, and an approval."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.durable import plain_bytes
from anonymize.errors import ArgumentError

_LARGEST_BYTES = 8 << 20

if TYPE_CHECKING:
    from anonymize.custody.approval import Approval


def tokens_given(
    tokens: Sequence[str], file: Path | None, column: str
) -> list[str] | list[str | None]:
    """Return the tokens of the arguments, of a file's column, or of standard input, a line each."""
    if tokens and file:
        raise ArgumentError("give tokens or --file, not both")
    if file:
        return _from_file(file, column)
    return list(tokens) or [line.rstrip("\r\n") for line in sys.stdin]


def _from_file(file: Path, column: str) -> list[str | None]:
    from anonymize.io import open_source

    source = open_source(str(file))
    if column not in source.schema.names:
        raise ArgumentError(
            f"has no column '{column}'; it has {', '.join(source.schema.names)}", place=str(file)
        )
    values: list[str | None] = []
    for batch in source.batches([column]):
        values += [None if value is None else str(value) for value in batch[column].to_pylist()]
    return values


def approval_in(file: Path) -> Approval:
    """Return the approval in a file, unchecked."""
    from anonymize.custody.approval import parsed_approval

    return parsed_approval(read_file(file), str(file))


def read_file(file: Path) -> bytes:
    """Return the content of a certificate, a request or an approval.

    Raises:
        ArgumentError: it is no plain file, larger than any of them, or may not be read.
    """
    try:
        return plain_bytes(file, _LARGEST_BYTES)
    except OSError as error:
        raise ArgumentError(os.strerror(error.errno or 5).lower(), place=str(file)) from None
    except ValueError as error:
        raise ArgumentError(str(error), place=str(file)) from None
