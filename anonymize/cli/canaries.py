"""Implements the commands about canaries."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from anonymize.cli.output import print_json, print_table, say_wrapped
from anonymize.errors import ArgumentError, SourceError, on_one_line

if TYPE_CHECKING:
    from anonymize.pipeline.canaries.check import Checked, Version

POWER = 0.99
_SURE = 0.9999


def _place(dataset: Path | None, policy: Path | None) -> str:
    """Return the dataset's folder, as it is said or as its policy says."""
    from anonymize.policy import load_policy

    if (dataset is None) == (policy is None):
        raise ArgumentError("name the dataset's folder, or its policy by --policy")
    return str(dataset) if dataset is not None else str(load_policy(policy).sink.path)  # type: ignore[arg-type]


def check_command(
    file: str, dataset: Path | None, policy: Path | None, keyring_uri: str | None, as_json: bool
) -> None:
    """Search a file for canaries; exit with 1 if it is a leak."""
    from anonymize.pipeline.canaries.check import check_canaries

    place = _place(dataset, policy)
    given = sys.stdin.buffer.read() if file == "-" else None
    done = check_canaries(file, place, keyring_uri, given=given)
    if as_json:
        print_json(
            {
                "leak": bool(done.accused),
                "compared": done.compared,
                "held": [{**asdict(one), "accused": one.accused} for one in done.held],
            }
        )
    else:
        _print_held(file, done)
    if done.accused:
        raise typer.Exit(1)


def _print_held(file: str, done: Checked) -> None:
    shown = done.accused or done.held
    if shown:
        print_table(
            ["dataset", "version", "recipient", "canaries", "by", "false accusation below"],
            [
                (
                    one.version.dataset,
                    one.version.version,
                    one.version.recipient or "all readers",
                    f"{one.found} of {one.version.canaries}",
                    one.by,
                    f"{one.false:.1g}",
                )
                for one in shown
            ],
        )
    if done.accused:
        best = done.accused[0].version
        whom = f" for {best.recipient}" if best.recipient else ""
        verdict = f"a leak of {best.dataset} version {best.version}{whom}"
    elif done.held:
        verdict = "what was found may be chance: no leak is proved"
    else:
        verdict = f"no canary of {done.compared} versions was found"
    print(on_one_line(f"{file}: {verdict}"))


def list_command(
    dataset: Path | None, policy: Path | None, keyring_uri: str | None, as_json: bool
) -> None:
    """Print the versions with canaries."""
    from anonymize.pipeline.canaries.check import list_canaries

    found = list_canaries(_place(dataset, policy), keyring_uri)
    if as_json:
        print_json([{**asdict(one), "share_for_99_percent": _share_of(one)} for one in found])
        return
    print_table(
        ["dataset", "version", "recipient", "canaries", "rows", "ids", "leak noticed from"],
        [
            (
                one.dataset,
                one.version,
                one.recipient or "all readers",
                one.canaries,
                one.rows,
                ", ".join(one.ids) or "none: whole rows",
                f"{_share_of(one):.2%} of the rows" if _share_of(one) else "no leak",
            )
            for one in found
        ],
    )


def _share_of(version: Version) -> float | None:
    """Return the smallest share of rows whose leak is recognized with 99 %; None if none is."""
    from anonymize.plan.canaries.marks import BY_PATTERN
    from anonymize.privacy.tracing import power_of

    least = 1 if version.ids else BY_PATTERN
    if power_of(version.canaries, _SURE, least=least) < POWER:
        return None
    low, high = 0.0, _SURE
    for _ in range(40):
        middle = (low + high) / 2
        enough = power_of(version.canaries, middle, least=least) >= POWER
        low, high = (low, middle) if enough else (middle, high)
    return high


def exposure_command(file: Path, higher: bool, as_json: bool) -> None:
    """Print the exposure of each canary among the candidates of a file."""
    from anonymize.privacy.tracing import exposure

    canaries, others = _scores(file)
    found = [exposure(one, others, lower_is_likelier=not higher) for one in canaries]
    if as_json:
        print_json([asdict(one) for one in found])
        return
    print_table(
        ["canary", "rank", "candidates", "exposure in bits", "by chance"],
        [
            (number, one.rank, one.candidates, f"{one.bits:.2f}", f"{one.chance:.2g}")
            for number, one in enumerate(found, 1)
        ],
    )
    most = max(one.bits for one in found)
    say_wrapped(
        f"{most:.1f} bits at most; a model that never saw a canary has about 1.4 on average, and"
        " each further bit halves the chance of such a rank"
    )


def _scores(file: Path) -> tuple[list[float], list[float]]:
    """Return the scores of canaries and of the other candidates."""
    from anonymize.pipeline.canaries.leak import read_leak

    table = read_leak(file).table
    if table is None or not {"score", "canary"} <= set(table.schema.names):
        raise SourceError("is no table with the columns score and canary", place=str(file))
    scores: tuple[list[float], list[float]] = ([], [])
    for number, (score, which) in enumerate(
        zip(table["score"].to_pylist(), table["canary"].to_pylist(), strict=True), 1
    ):
        try:
            value = float(score)
        except (TypeError, ValueError):
            what = "a score is not a number"
            raise SourceError(what, place=f"{file}: row {number}") from None
        scores[str(which).strip().lower() not in ("true", "1", "yes")].append(value)
    if not scores[0]:
        raise SourceError("says true in the column canary nowhere", place=str(file))
    return scores


def publish_command(
    policy_path: Path, recipient: str, keyring_uri: str | None, as_json: bool
) -> None:
    """Publish the current version for a recipient."""
    from anonymize.pipeline.canaries.publish_for import publish_for

    done = publish_for(policy_path, recipient, keyring_uri)
    if as_json:
        print_json(done.as_dict())
        return
    ids = (
        f"ids of {', '.join(done.rekeyed)} join with no other recipient's"
        if done.rekeyed
        else ("no column has ids of its own")
    )
    print(
        on_one_line(
            f"{done.path}: version {done.version} for {done.recipient}, made of version"
            f" {done.base} of {done.dataset}: {done.rows} rows, {done.canaries} canaries; {ids}"
        )
    )
    say_wrapped(done.unchanged_says)
