"""Implements the commands for auditors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.datasets import checking_keyring, say_unverified, shown
from anonymize.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from anonymize.dataset.history import Act


def history_command(path: Path, keyring_uri: str | None, as_json: bool) -> None:
    """Print an act a line; verified if a keyring is available."""
    from anonymize.dataset import Dataset
    from anonymize.dataset.history import history

    dataset = Dataset(path)
    dataset.require()
    keyring = checking_keyring(dataset, keyring_uri)
    acts = history(dataset, keyring)
    if as_json:
        print_json([{**asdict(act), "verified": keyring is not None} for act in acts])
    else:
        heads = ("", "at", "who", "act", "about", "current", "why")
        print_table(heads, [tuple(_cells(act)) for act in acts])
    if keyring is None:
        say_unverified()


def _cells(act: Act) -> Iterator[object]:
    yield act.number
    yield act.at[:40]
    yield act.who[:100]
    yield f"{act.what[:40]}, refused" if act.refused else act.what[:40]
    yield "; ".join(_about(act))
    yield "" if act.current is None else act.current
    yield act.why


def _about(act: Act) -> Iterator[str]:
    if act.versions:
        yield f"version {', '.join(map(str, act.versions))}"
    if act.columns:
        yield f"column {', '.join(act.columns)}"
    if act.values is not None:
        yield f"{act.values} values"
    if act.keys and act.what != "publish":  # those of a version are in its manifest
        yield ", ".join(act.keys)


def diff_command(
    path: Path, before: int, after: int, keyring_uri: str | None, as_json: bool
) -> None:
    """Print a difference a line."""
    from anonymize.dataset import Dataset
    from anonymize.keys import open_keyring

    dataset = Dataset(path)
    dataset.require()
    found = dataset.diff(before, after, keyring=open_keyring(keyring_uri))
    if as_json:
        differences = [asdict(one) for one in found]
        print_json({"before": before, "after": after, "differences": differences})
    elif found:
        heads = ("about", "what", f"version {before}", f"version {after}")
        print_table(heads, [(one.section, one.name, one.before, one.after) for one in found])
    else:
        same = "the manifests state the same; rows are not compared"
        say(f"{shown(path)}: versions {before} and {after}: {same}")
