"""Implements the commands about policies themselves."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import typer

from anonymize.cli.output import print_json, say
from anonymize.errors import GateError, on_one_line


def diff_command(first: Path, second: Path, as_json: bool) -> None:
    """Print in what two policies differ; exit 1 if they do."""
    from anonymize.policy import load_policy
    from anonymize.policy.difference import differences

    found = differences(load_policy(first), load_policy(second))
    if as_json:
        print_json([dataclasses.asdict(one) for one in found])
    for one in () if as_json else found:
        told = {"more": "; protects more", "less": "; protects less"}.get(one.protection, "")
        print(
            on_one_line(f"{one.place}: {one.before or 'nothing'} → {one.after or 'nothing'}{told}")
        )
        for sentence in one.means:
            print(on_one_line(f"  {sentence}"))
    if not found:
        say(f"{first} and {second} mean the same")
        return
    less = sum(one.protection == "less" for one in found)
    say(f"{len(found)} differences, {less} of which protect less")
    raise typer.Exit(1)


def test_command(policy: Path, keyring: str | None, as_json: bool) -> None:
    """Print the cases of a policy that end otherwise than they say.

    Raises:
        GateError: there is one.
    """
    from anonymize.pipeline.policy_cases import check_cases, problems_of

    results = check_cases(policy, keyring)
    if as_json:
        print_json([dataclasses.asdict(one) for one in results])
    passed = sum(not one.differences for one in results)
    say(f"{passed} of {len(results)} cases end as they say")
    if problems := problems_of(results):
        raise GateError(problems)
