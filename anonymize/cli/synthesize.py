"""Implements the command that makes synthetic rows."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.output import print_json, print_table, say_wrapped

if TYPE_CHECKING:
    from anonymize.pipeline.synthesize import Compared, Comparison


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


def compare_command(
    policy_path: Path, rows: Path, control: str | None, keyring_uri: str | None, as_json: bool
) -> None:
    """Print what made rows, and the current version, have in common with the real rows."""
    from anonymize.pipeline.synthesize import compare

    found = compare(policy_path, rows, keyring_uri, control=control)
    if as_json:
        print_json(asdict(found))
    else:
        heads = ("compared with the real rows", *(one.what for one in found.releases))
        print_table(heads, _lines(found))
    beside = "" if found.control is None else f" and {found.control:,} of the control set"
    say_wrapped(
        f"of {found.source:,} real rows{beside}. Columns and pairs: the share of rows that lies"
        " elsewhere; chance is what two halves of the real rows differ by. This tells of the real"
        " rows, without noise: it is for their owner, and is not to be handed on"
    )
    if found.control is None:
        say_wrapped("--control FILE, rows of people who are not in the source, shows the risk")


def _lines(found: Comparison) -> list[tuple[str, ...]]:
    every = found.releases
    lines = [("rows", *(f"{one.rows:,}" for one in every))]
    lines += [
        (f"column {name}", *(_of_column(one, name) for one in every)) for name in every[0].columns
    ]
    lines += [
        ("pairs, on average", *(_share(one.likeness.pairs) for one in every)),
        ("pairs, the worst", *(_share(one.likeness.worst_pair) for one in every)),
        ("associations changed by", *(_share(one.likeness.associations) for one in every)),
    ]
    if found.control is not None:
        near = [one.closeness for one in every]
        lines += [
            (
                "closest row: AUC of telling who was in",
                *("" if c is None else f"{c.auc.share:.3f} ± {c.auc.error:.3f}" for c in near),
            ),
            (
                "lone real rows that are in it",
                *(_share(None if c is None else c.source_hit) for c in near),
            ),
            (
                "lone others that are in it",
                *(_share(None if c is None else c.control_hit) for c in near),
            ),
        ]
    return lines


def _of_column(one: Compared, name: str) -> str:
    if name not in one.columns:
        return "published otherwise"
    return _share(one.likeness.columns[one.columns.index(name)])


def _share(number: float | None) -> str:
    return "" if number is None else f"{number:.3f}"
