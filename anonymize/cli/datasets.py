"""verify, versions, rollback, expire, export."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

from anonymize.cli.output import print_json, print_table, say
from anonymize.errors import ArgumentError, GateError


def verify_command(path: Path, version: int | None, keyring_uri: str | None, as_json: bool) -> None:
    """Print what is wrong with a version, or that nothing is."""
    from anonymize.dataset import Dataset
    from anonymize.keys import open_keyring

    result = Dataset(path).verify(version, keyring=open_keyring(keyring_uri))
    name = f"{path} version {result.version}"
    try:
        if as_json:
            shown = {"version": result.version, "ok": result.ok, "files": result.files, "rows": result.rows}
            print_json({**shown, "problems": [str(problem) for problem in result.problems]})
        elif result.ok:
            files = f"{result.files} file{'' if result.files == 1 else 's'}"
            print(f"{name}: {files}, {result.rows} rows, {result.size_bytes} bytes verified")
    finally:  # a reader that closed the pipe early does not make a damaged version a sound one
        if not result.ok:
            raise GateError(result.problems)


def versions_command(path: Path, as_json: bool) -> None:
    """Print the versions there are and which one is published."""
    from anonymize.dataset import Dataset

    dataset = Dataset(path)
    dataset.require()
    published = {entry.version: entry for entry in dataset.audit.entries() if entry.what == "publish"}
    known = [(number, published.get(number)) for number in dataset.versions()]
    rows = [(n, n == dataset.current, entry.at if entry else "", entry.who if entry else "") for n, entry in known]
    if as_json:
        print_json([{"version": n, "current": now, "published_at": at, "by": who} for n, now, at, who in rows])
    else:
        heads = ("version", "current", "published", "by")
        print_table(heads, [(n, "*" if now else "", at, who) for n, now, at, who in rows])


def rollback_command(path: Path, version: int, reason: str, keyring_uri: str | None) -> None:
    """Publish an earlier version again."""
    from anonymize.dataset import Dataset
    from anonymize.keys import open_keyring

    if len(reason.strip()) < 3:
        raise ArgumentError("a reason is required: --reason; it goes into the audit log")
    manifest = Dataset(path).rollback(version, keyring=open_keyring(keyring_uri), why=reason)
    print(f"{path}: version {manifest.version} is current again, {manifest.rows.written} rows")


def expire_command(path: Path, keep: int, reason: str, keyring_uri: str | None) -> None:
    """Remove old versions and say which."""
    from anonymize.dataset import Dataset
    from anonymize.keys import open_keyring

    if len(reason.strip()) < 3:
        raise ArgumentError("a reason is required: --reason; it goes into the audit log")
    removed = Dataset(path).expire(keep=keep, keyring=open_keyring(keyring_uri), why=reason)
    gone = f"versions removed: {', '.join(map(str, removed))}" if removed else "nothing to remove"
    print(f"{path}: {gone}")


def export_command(
    path: Path, output: Path, columns: Sequence[str], version: int | None, keyring_uri: str | None
) -> None:
    """Write a plaintext file."""
    from anonymize.dataset import ColumnsLeftOut, export
    from anonymize.keys import open_keyring

    with warnings.catch_warnings(record=True) as notices:
        warnings.simplefilter("always", ColumnsLeftOut)
        rows = export(path, output, columns=list(columns) or None, version=version, keyring=open_keyring(keyring_uri))
    for notice in notices:
        say(str(notice.message))
    say(f"{output}: {rows} rows, in the clear, readable by you only")
