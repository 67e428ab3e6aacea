"""Implements the command for incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.output import print_json, say
from anonymize.errors import GateError, Problem, on_one_line

if TYPE_CHECKING:
    from anonymize.custody.incident import Incident, Outcome


def incident_command(
    what: str,
    datasets: Sequence[str],
    policies: Sequence[Path],
    since: str | None,
    drilled: bool,
    keyring_uri: str | None,
    as_json: bool,
) -> None:
    """Print the steps, with ``drilled`` how each ended on a copy; fail if one failed there."""
    from anonymize.custody.incident import drill, incident, scene_of

    scene = scene_of(datasets, keyring_uri, policies=policies)
    runbook = incident(what, scene, since=since)
    outcomes = drill(runbook, scene) if drilled else ()
    if as_json:
        _print_json(runbook, outcomes)
    else:
        _print(runbook, outcomes)
    if failed := [one for one in outcomes if not one.ok]:
        raise GateError(
            Problem(f"step {one.number}", f"ended with {one.exit_code} on the copy: {one.said}")
            for one in failed
        )
    if drilled:
        done = sum(one.exit_code is not None for one in outcomes)
        say(f"{done} commands ran on a copy, which is removed; nothing else was changed")


def _print(runbook: Incident, outcomes: Sequence[Outcome]) -> None:
    print(on_one_line(runbook.about))
    for line in runbook.holds:
        print(on_one_line(f"  {line}"))
    for number, step in enumerate(runbook.steps, 1):
        print(on_one_line(f"{number}. {step.what}"))
        if step.command:
            print(on_one_line(f"   {step.command}"))
        for one in outcomes:
            if one.number == number and one.exit_code is not None:
                ended = "done" if one.ok else f"FAILED with {one.exit_code}"
                print(on_one_line(f"   on the copy: {ended} in {one.seconds} s: {one.said}"))


def _print_json(runbook: Incident, outcomes: Sequence[Outcome]) -> None:
    steps = [{"what": step.what, "command": step.command} for step in runbook.steps]
    drilled = [asdict(one) for one in outcomes]
    print_json({"about": runbook.about, "holds": runbook.holds, "steps": steps, "drill": drilled})
