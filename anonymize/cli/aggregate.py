"""Implements the command that publishes statistics with differential privacy."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.output import print_json, print_table, say, say_wrapped
from anonymize.errors import ArgumentError, on_one_line

if TYPE_CHECKING:
    from anonymize.pipeline.aggregate import Released
    from anonymize.pipeline.aggregate.release import Statistic


def aggregate_command(
    policy_path: Path,
    output: Path | None,
    queries: Sequence[str],
    reason: str,
    keyring_uri: str | None,
    as_json: bool,
) -> None:
    """Release, and write or print what was released."""
    from anonymize.pipeline.aggregate import aggregate
    from anonymize.pipeline.aggregate.files import new_files, write_document

    with new_files(*([output] if output else [])) as files:
        made = aggregate(policy_path, keyring_uri, queries=queries, reason=reason)
        for file in files:
            write_document(made.document, file)
    if as_json:
        print(json.dumps(made.document, indent=2, ensure_ascii=False))
    elif output is None:
        for one in made.statistics:
            _print(one)
    say_wrapped(_cost(made, output))


def _print(one: Statistic) -> None:
    print(on_one_line(f"{one.name} ({one.loss})"))
    named = one.off_by_ranks is None
    print_table(
        (*one.columns, one.query.measure, *(("low", "high") if named else ())),
        [
            (
                *(_shown(text) for text in key),
                _number(value),
                *(map(_number, ends) if named else ()),
            )
            for key, value, *ends in one.rows
        ],
    )
    if one.off_by_ranks is not None:
        say_wrapped(f"ranks are off by up to {one.off_by_ranks:,.0f} rows, in 95 of 100 releases")
    if one.threshold is not None:
        say_wrapped(f"groups show from a noisy count of {one.threshold:,} on")


def _shown(text: str | None) -> str:
    return "(missing)" if text is None else text


def _number(value: float | None) -> str:
    if value is None:
        return "?"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.4g}"


def _cost(made: Released, output: Path | None) -> str:
    where = "" if output is None else f"{output}: {len(made.statistics)} statistics; "
    budget = made.budget
    who = "row" if _by_row(made) else "person"
    return (
        f"{where}this cost one {who} {made.loss}; {budget.spent} of {budget.most} is spent."
        " Intervals hold in 95 of 100 releases, of the rows that count:"
        " what bounds and most: leave out is no part of them"
    )


def _by_row(made: Released) -> bool:
    return bool(made.document["aggregates"]["unit"] == "row")


def what_if_command(
    policy_path: Path, said: str, queries: Sequence[str], keyring_uri: str | None, as_json: bool
) -> None:
    """Print the error of each query for each ε, and what is left of the budget."""
    from anonymize.pipeline.aggregate import expected

    found = expected(policy_path, epsilons_in(said), queries)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    shows = any(one.shown_from is not None for one in found)
    print_table(
        ("query", "ε", "within ±", "of", *(("shown from",) if shows else ())),
        [
            (
                one.query,
                f"{one.epsilon:g}",
                _number(float(f"{one.within:.3g}")),
                one.of,
                *(("" if one.shown_from is None else f"{one.shown_from:,}",) if shows else ()),
            )
            for one in found
        ],
    )
    say_wrapped(
        "within: in 95 of 100 releases the true value of the rows that count is no further away."
        " For a mean divide by the rows of the group"
    )
    if keyring_uri is not None:
        _say_left(policy_path, keyring_uri)


def _say_left(policy_path: Path, keyring_uri: str) -> None:
    from anonymize.custody.budget import budget_of
    from anonymize.keys import open_keyring
    from anonymize.policy import load_policy

    budget = budget_of(load_policy(policy_path), open_keyring(keyring_uri))
    say(f"{budget.spent} of {budget.most} is spent")


def epsilons_in(said: str) -> list[float]:
    """Return the numbers in a text like ``epsilon=0.1,0.5,1``.

    Raises:
        ArgumentError: it is none.
    """
    if not re.fullmatch(r"epsilon=\d{1,3}(\.\d{1,9})?(,\d{1,3}(\.\d{1,9})?)*", said):
        raise ArgumentError("--what-if: say ε, for example --what-if epsilon=0.1,0.5,1")
    return [float(one) for one in said.removeprefix("epsilon=").split(",")]
