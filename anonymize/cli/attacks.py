"""Implements risk --attack."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anonymize.cli.datasets import opened_as, shown
from anonymize.cli.output import print_json, print_table, rows_progress, say_wrapped
from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    from anonymize.pipeline.attacks import Attacked
    from anonymize.report.attacks import Attack


def attack_command(
    path: Path,
    version: int | None,
    policy: Path | None,
    keyring_uri: str | None,
    *,
    control: str | None,
    source: str | None,
    attacks: int,
    seed: int,
    as_json: bool,
) -> None:
    """Attack a version; print a line for each attack.

    Raises:
        ArgumentError: no policy or no control set is named.
    """
    from anonymize.pipeline.attacks import attack
    from anonymize.report.attacks import require_anonymeter

    require_anonymeter()
    if policy is None:
        what = "--attack needs --policy, the policy that made the version: it names the source"
        raise ArgumentError(f"{what}, and what attackers know")
    if control is None:
        what = "--attack needs --control, rows of people who are not in the source: without them"
        raise ArgumentError(f"{what} a number does not tell what the version gives away")
    opened_as(path, policy)
    with rows_progress("attacks", "kinds") as advance:
        found = attack(
            policy, control, source=source, version=version, keyring=keyring_uri,
            attacks=attacks, seed=seed, advance=advance,
        )  # fmt: skip
    if as_json:
        print_json(plain(found))
        return
    heads = ("attack", "knows or asks about", "risk", "in the data", "control set", "guesses")
    print_table(heads, [_cells(one) for one in found.attacks])
    say_wrapped(
        f"{shown(path)} version {found.version}: {found.published:,} rows, attacked with"
        f" {found.source:,} rows of its source and {found.control:,} of the control set;"
        f" {found.twins:.1%} of those equal a row of the source."
    )
    say_wrapped(
        "risk: how much more often the attack succeeds on people in the data than on people who are"
        " not, as a share of what was left to succeed; 0% is nothing, with the 95% interval. An"
        " attack that was not tried is not ruled out."
    )


def _cells(one: Attack) -> tuple[str, ...]:
    low, high = f"{one.risk.low:.1%}", f"{one.risk.high:.1%}"
    knows = " | ".join(one.knows) if one.name == "linkability" else ", ".join(one.knows)
    return (
        f"{one.name}: {one.learns}",
        knows,
        f"{one.risk.value:.1%} ({low} to {high})",
        f"{one.source.share:.1%}",
        f"{one.of_control:.1%}",
        f"{one.guesses:,}",
    )


def plain(found: Attacked) -> dict[str, Any]:
    """Return what was shown as plain data."""
    return {
        **{name: value for name, value in vars(found).items() if name != "attacks"},
        "attacks": [
            {
                **asdict(one),
                "source_rate": one.source.share,
                "control_rate": one.of_control,
            }
            for one in found.attacks
        ],
    }
