"""Implements the commands for auditors."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.cli.datasets import checking_keyring, opened_as, say_unverified, shown
from anonymize.cli.given import read_file
from anonymize.cli.output import print_json, print_table, say
from anonymize.cli.reveal import one_line
from anonymize.errors import ArgumentError, DatasetError, GateError, KeysError, Problem, on_one_line

if TYPE_CHECKING:
    from anonymize.dataset import Dataset
    from anonymize.dataset.audit_lines import AuditLine, Log
    from anonymize.dataset.history import Act
    from anonymize.keys import Keyring


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
    if act.approved_by:
        yield f"approved by {act.approved_by}"
    yield from act.against
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


def audit_show_command(path: Path, reads: bool, keyring_uri: str | None, as_json: bool) -> None:
    """Print a line of the log a line."""
    lines, keyring = _lines(path, reads, keyring_uri)
    if as_json:
        print_json([line.as_json() for line in lines])
    else:
        heads = ("line", "at", "who", "act", "version", "why", "signed by", "signature")
        print_table(heads, [tuple(_line_cells(line)) for line in lines])
    if keyring is None:
        say_unverified()


def _lines(
    path: Path, reads: bool, keyring_uri: str | None
) -> tuple[tuple[AuditLine, ...], Keyring | None]:
    from anonymize.dataset.audit_lines import audit_lines
    from anonymize.keys import open_keyring

    log: Log = "reads" if reads else "acts"
    try:
        keyring = open_keyring(keyring_uri)
    except KeysError:
        keyring = None
    return audit_lines(path, keyring, log), keyring


def _line_cells(line: AuditLine) -> Iterator[object]:
    entry = line.entry
    yield line.number
    if entry is None:
        yield from ("", "", "", "", "", "")
    else:
        yield from (entry.at[:40], entry.who[:100], entry.what[:40], entry.version)
        yield from (entry.why, str(entry.key_id())[:40])
    yield line.signature if line.chained else f"{line.signature}, not chained"


def audit_verify_command(path: Path, policy: Path | None, keyring_uri: str | None) -> None:
    """Print that the logs hold, or fail with what does not."""
    from anonymize.dataset.audit_lines import audit_problems
    from anonymize.dataset.reads import read_log
    from anonymize.keys import open_keyring

    dataset, _ = opened_as(path, policy)
    if problems := audit_problems(dataset, open_keyring(keyring_uri)):
        raise GateError(problems)
    counts = {"acts": len(dataset.audit.lines()), "reads": len(read_log(dataset).lines())}
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    anchored = "compared with the anchor" if dataset.anchor else "no anchor compared; see --policy"
    print(on_one_line(f"{shown(path)}: {told}: chained and signed, {anchored}"))


def audit_export_command(
    path: Path, reads: bool, after: int, policy: Path | None, keyring_uri: str | None
) -> None:
    """Print a line of JSON for each line of the log behind ``after``; then fail if the log does not
    hold.
    """
    lines, keyring = _lines(path, reads, keyring_uri)
    name = _name_in(lines)
    for line in lines[after:]:
        said = {"dataset": name, **line.as_json()}
        print(json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    if after > len(lines):
        what = (
            f"has {len(lines)} lines, fewer than --after {after}: it was cut short, or is another"
        )
        raise GateError(what, place=shown(path))
    if keyring is None:
        say_unverified()
        return
    from anonymize.dataset.audit_lines import audit_problems

    dataset: Dataset = opened_as(path, policy)[0]
    if problems := audit_problems(dataset, keyring):
        raise GateError(problems)


def _name_in(lines: tuple[AuditLine, ...]) -> str:
    """Return the dataset's name according to the lines; empty if none names it."""
    names = (line.entry.details.get("dataset") for line in lines if line.entry is not None)
    return next((str(name) for name in names if name), "")


def certificate_command(file: Path, keyring_uri: str | None) -> None:
    """Print what a certificate states, or fail if it was changed."""
    from anonymize.dataset.certificate import open_certificate
    from anonymize.keys import open_keyring

    keyring = open_keyring(keyring_uri)
    try:
        stated = open_certificate(read_file(file), keyring, str(file))
    except DatasetError as error:
        raise GateError(error.problems) from None
    gone = ", ".join(map(str, stated["gone"]["versions"])) or "none"
    if not stated["was"]["in_versions"] and not stated["was"]["perhaps_in_versions"]:
        gone += ", for no version held rows of a subject spelled so"
    current = stated["current"]["version"]
    print(
        on_one_line(
            f"{file}: {stated['dataset']}, {stated['at']}: versions removed: {gone}; version"
            f" {current} is current, without the person; signed"
        )
    )


def where_is_command(
    datasets: Sequence[str],
    key: str | None,
    source: str | None,
    subject: str | None,
    keyring_uri: str | None,
    as_json: bool,
) -> None:
    """Print a version a line; fail with those of which it cannot be told. ``-`` reads the subject
    from standard input, so that it is not in the list of processes.
    """
    from anonymize.custody.where_is import where_is_key, where_is_source, where_is_subject
    from anonymize.keys import open_keyring

    acts = {
        "--key": (where_is_key, key),
        "--source": (where_is_source, source),
        "--subject": (where_is_subject, subject),
    }
    said = [(act, what) for act, what in acts.values() if what is not None]
    if len(said) != 1:
        raise ArgumentError(f"say one of {', '.join(acts)}")
    ((act, what),) = said
    what = one_line(sys.stdin) if act is where_is_subject and what == "-" else what
    result = act(what, datasets, open_keyring(keyring_uri))
    if as_json:
        print_json(asdict(result))
    elif result.found:
        heads = ("dataset", "version", "current", "on disk", "how")
        rows = (
            (one.dataset, one.version, _mark(one.current), _mark(one.on_disk), "; ".join(one.how))
            for one in result.found
        )
        print_table(heads, rows)
    else:
        say(f"in none of the {result.looked_at} versions that were looked at")
    if result.untold:
        raise GateError(
            Problem(f"{one.dataset} version {one.version}", f"cannot be told: {one.why}")
            for one in result.untold
        )


def _mark(said: bool) -> str:
    return "*" if said else ""
