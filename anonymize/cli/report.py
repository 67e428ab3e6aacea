"""Implements report and risk."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from anonymize.cli.datasets import opened_as, shown
from anonymize.cli.output import print_json, print_table, say, say_wrapped
from anonymize.durable import refuse_in_dataset, write_atomically, write_error
from anonymize.errors import ArgumentError, on_one_line

if TYPE_CHECKING:
    from anonymize.report.page import Reported


def report_command(
    path: Path,
    version: int | None,
    output: Path | None,
    policy: Path | None,
    keyring_uri: str | None,
    *,
    dpia: bool,
    charts: bool,
    names_values: bool,
    names_dropped: bool,
    holders: Sequence[str],
) -> None:
    """Write the report, or the skeleton of an assessment; say where."""
    from anonymize.report.page import dpia_markdown, report_page

    if output is not None:
        refuse_in_dataset(output)
    said = _reported(
        path,
        version,
        policy,
        keyring_uri,
        charts=charts and not dpia,
        names_values=names_values,
        names_dropped=names_dropped,
        holders=_held_by(holders),
    )
    text = dpia_markdown(said) if dpia else report_page(said)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        write_atomically(output, text.encode())
    except OSError as error:
        raise write_error(error, output) from None
    made = said.told.manifest
    what = "skeleton of an assessment" if dpia else "privacy report"
    say(on_one_line(f"{output}: {what} of {made.dataset} version {made.version}"))


def _held_by(said: Sequence[str]) -> dict[str, str]:
    """Return key → who holds it, of texts like ``training=ML team``.

    Raises:
        ArgumentError: one is no such text.
    """
    found = {}
    for one in said:
        key, is_, who = one.partition("=")
        if not (key.strip() and is_ and who.strip()):
            raise ArgumentError('say --holder KEY=WHO, for example --holder training="ML team"')
        found[key.strip()] = who.strip()
    return found


def _reported(
    path: Path, version: int | None, policy: Path | None, keyring_uri: str | None, **asked: Any
) -> Reported:
    from anonymize.keys import open_keyring
    from anonymize.report.page import reported

    dataset, name = opened_as(path, policy)
    keyring = open_keyring(keyring_uri)
    if name is not None:
        dataset.require_named(name, keyring)
    return reported(dataset, version, keyring=keyring, **asked)


def risk_command(
    path: Path, version: int | None, policy: Path | None, keyring_uri: str | None, as_json: bool
) -> None:
    """Print a measure a line."""
    from anonymize.report.page import NOT_PROMISED, gaps, measures

    said = _reported(path, version, policy, keyring_uri, charts=False)
    if as_json:
        print_json(_plain(said))
        return
    heads = ("measure", "figure", "what it means")
    print_table(heads, [(one.name, one.value, one.meaning) for one in measures(said)])
    say(f"{shown(path)} version {said.told.manifest.version}: not promised:")
    for sentence in NOT_PROMISED:
        say_wrapped(f"* {sentence}")
    say("not looked at, or not told:")
    for gap in gaps(said):
        say_wrapped(f"* {' '.join((gap.means, ', '.join(gap.columns))).rstrip()}")


def _plain(said: Reported) -> dict[str, Any]:
    """Return what the command says as plain data; ``privacy`` is the manifest's own."""
    from anonymize.report.page import NOT_PROMISED, gaps, measures

    made, privacy = said.told.manifest, said.told.privacy
    return {
        "dataset": made.dataset,
        "version": made.version,
        "measures": [asdict(one) for one in measures(said)],
        "privacy": privacy.model_dump(mode="json") if privacy else None,
        "counts_not_told_below": said.limit,
        "not_looked_for": list(said.told.not_looked_for),
        "not_looked_at": [asdict(one) for one in gaps(said)],
        "not_promised": list(NOT_PROMISED),
        "manifest_sha256": said.seal.manifest_sha256 if said.seal else "",
        "signing_key_fingerprint": said.seal.fingerprint if said.seal else "",
    }
