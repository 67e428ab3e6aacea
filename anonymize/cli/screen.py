"""Implements the command that examines rows for attacks on training."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.output import print_json, print_table, say_wrapped
from anonymize.pipeline.aggregate.files import new_files

if TYPE_CHECKING:
    from anonymize.pipeline.screen_source import ScreenResult, SuspiciousRow
    from anonymize.policy import SourceSpec

SHOWN = 20
"""Rows that are printed; ``-o`` writes all."""


def screen_command(
    source: SourceSpec,
    label: str | None,
    against: Path | None,
    by: Sequence[str],
    subject: str | None,
    policy: Path | None,
    most: float | None,
    output: Path | None,
    keyring_uri: str | None,
    as_json: bool,
) -> None:
    """Screen a source, print or write what was found; fail if it is more than allowed."""
    from anonymize.pipeline.screen_source import screen_source

    with new_files(*([output] if output else [])) as files:
        found = screen_source(
            source,
            label=label,
            by=by,
            against=None if against is None else str(against),
            policy=policy,
            subject=subject,
            most=most,
            keyring=keyring_uri,
        )
        for file in files:
            file.write(_as_csv(found.rows))
    if as_json:
        print_json({**found.facts(), "suspicious_rows": [asdict(one) for one in found.rows]})
    else:
        _print_checks(found)
        _print_rows(found.rows, output)
    found.require()


def _as_csv(rows: Iterable[SuspiciousRow]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "row", "reason"))
    writer.writerows((one.file, one.row, one.reason) for one in rows)
    return text.getvalue().encode()


def _print_checks(found: ScreenResult) -> None:
    facts = found.made.facts
    print_table(
        ("check", "rows judged", "suspicious"),
        [
            (
                one.name,
                f"{one.rows:,}" if one.made else "not made",
                f"{one.suspicious:,}" if one.made else "",
            )
            for one in facts.checks
        ],
    )
    share = found.made.found.share
    say_wrapped(f"{facts.suspicious:,} of {facts.rows:,} rows are suspicious ({share:.2%})")
    for check in found.made.found.checks:
        if check.power:
            say_wrapped(f"{check.name} finds: {check.power}")
        for note in check.notes:
            say_wrapped(f"{check.name}: {note}")
    for what in found.made.found.not_looked_at():
        say_wrapped(f"not looked at: {what}")


def _print_rows(rows: Sequence[SuspiciousRow], output: Path | None) -> None:
    if not rows:
        return
    several = len({one.file for one in rows}) > 1
    print_table(
        (*(("file",) if several else ()), "row", "reason"),
        [(*((one.file,) if several else ()), str(one.row), one.reason) for one in rows[:SHOWN]],
    )
    if len(rows) > SHOWN and output is None:
        say_wrapped(f"{len(rows) - SHOWN:,} more rows: -o FILE writes all of them")


def inputs_command(
    source: SourceSpec,
    against: Path,
    most: float | None,
    output: Path | None,
    keyring_uri: str | None,
    as_json: bool,
) -> None:
    """Check a model's inputs by the profile of a version; fail if more are suspicious than may."""
    from anonymize.pipeline.screen_inputs import screen_inputs

    with new_files(*([output] if output else [])) as files:
        found = screen_inputs(source, str(against), most=most, keyring=keyring_uri)
        for file in files:
            file.write(_as_csv(found.suspicious))
    if as_json:
        print_json({**found.facts(), "suspicious_rows": [asdict(one) for one in found.suspicious]})
    else:
        _print_rows(found.suspicious, output)
        say_wrapped(f"{len(found.suspicious):,} of {found.rows:,} inputs are suspicious")
        for what in found.not_looked_at:
            say_wrapped(f"not looked at: {what}")
    found.require()
