"""Implements the command that makes synthetic rows."""

from __future__ import annotations

from pathlib import Path

from anonymize.cli.output import say_wrapped


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

    made = synthesize(
        policy_path, keyring_uri, rows=rows, epsilon=epsilon, reason=reason, output=output
    )
    spent = f"{made.budget.spent} of {made.budget.most} is spent"
    say_wrapped(
        f"{output}: {made.table.num_rows:,} synthetic rows; this cost {made.loss}; {spent}. Single"
        f" columns and the pairs named in {output.name}.json are near the real ones; what three"
        " columns have in common is not kept"
    )
