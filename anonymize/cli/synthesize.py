"""Implements the command that makes synthetic rows."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from anonymize.cli.output import say_wrapped
from anonymize.errors import ArgumentError, DatasetError

ENDINGS = (".csv", ".parquet")


def synthesize_command(
    policy_path: Path,
    output: Path,
    rows: int | None,
    epsilon: float | None,
    reason: str,
    keyring_uri: str | None,
) -> None:
    """Make the rows, and write them and what they are."""
    from anonymize.pipeline.synthesize import synthesize

    if output.suffix.lower() not in ENDINGS:
        what = f"ends in none of {', '.join(ENDINGS)}, which say what is written"
        raise ArgumentError(what, place=str(output))
    beside = output.with_name(f"{output.name}.json")
    with new_files(output, beside) as (data, told):
        made = synthesize(policy_path, keyring_uri, rows=rows, epsilon=epsilon, reason=reason)
        if output.suffix.lower() == ".csv":
            import pyarrow.csv as pacsv

            pacsv.write_csv(made.table, data)
        else:
            import pyarrow.parquet as pq

            pq.write_table(made.table, data, compression="zstd")
        told.write(json.dumps(made.document, indent=2, ensure_ascii=False).encode() + b"\n")
    spent = f"{made.budget.spent} of {made.budget.most} is spent"
    say_wrapped(
        f"{output}: {made.table.num_rows:,} synthetic rows; this cost {made.loss}; {spent}. Single"
        f" columns and the pairs named in {beside.name} are near the real ones; what three columns"
        " have in common is not kept"
    )


@contextlib.contextmanager
def new_files(*paths: Path) -> Iterator[tuple[BinaryIO, ...]]:
    """Make files before anything is spent, because what cannot be written would be lost; remove
    them if the work fails.
    """
    made: list[Path] = []
    try:
        with contextlib.ExitStack() as opened:
            files = tuple(opened.enter_context(_new(path, made)) for path in paths)
            yield files
            for file in files:
                file.flush()
                os.fsync(file.fileno())
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def _new(path: Path, made: list[Path]) -> BinaryIO:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ArgumentError("exists; name another file", place=str(path)) from None
    except OSError as error:
        what = f"cannot be written: {os.strerror(error.errno or 0).lower()}"
        raise DatasetError(what, place=str(path)) from None
    made.append(path)
    return os.fdopen(handle, "wb")
