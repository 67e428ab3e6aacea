"""Implements verify, versions, rollback, expire, export."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from anonymize.cli.output import print_json, print_table, say, show_done
from anonymize.errors import ArgumentError, GateError, on_one_line

if TYPE_CHECKING:
    from anonymize.dataset import Dataset, Manifest
    from anonymize.keys import Keyring


def verify_command(
    path: Path,
    version: int | None,
    dataset: str | None,
    policy: Path | None,
    keyring_uri: str | None,
    as_json: bool,
) -> None:
    """Print the problems of a version, or that there are none."""
    from anonymize.keys import open_keyring

    opened, dataset = opened_as(path, policy, dataset)
    result = opened.verify(version, dataset=dataset, keyring=open_keyring(keyring_uri))
    name = f"{shown(path)} version {result.version}"
    try:
        if as_json:
            plain = {
                "version": result.version,
                "ok": result.ok,
                "files": result.files,
                "rows": result.rows,
            }
            print_json({**plain, "problems": [str(problem) for problem in result.problems]})
        elif result.ok:
            files = f"{result.files} file{'' if result.files == 1 else 's'}"
            bytes_ = f"{result.size_bytes} bytes verified"
            print(on_one_line(f"{name}: {files}, {result.rows} rows, {bytes_}"))
    finally:  # a reader that closed the pipe early does not make a damaged version a sound one
        if not result.ok:
            raise GateError(result.problems)


def shown(path: Path) -> str:
    """Return a dataset's path as it was typed: `pathlib` makes one slash of an address's two."""
    from anonymize.policy.addresses import address_of

    return str(address_of(str(path)) or path)


def opened_as(
    path: Path, policy: Path | None, dataset: str | None = None
) -> tuple[Dataset, str | None]:
    """Return the dataset in a folder and the name that it must have; both from a policy, if one is
    given.

    Raises:
        ArgumentError: the policy's sink is another folder.
    """
    from anonymize.dataset import Dataset
    from anonymize.dataset.sink import sink_of
    from anonymize.policy import load_policy

    if policy is None:
        return Dataset(path), dataset
    loaded = load_policy(policy)
    if Path(loaded.sink.path).resolve() != path.resolve():
        raise ArgumentError(f"its sink is {loaded.sink.path}, not {path}", place=str(policy))
    return sink_of(loaded), dataset or loaded.dataset


def versions_command(
    path: Path, keyring_uri: str | None, as_json: bool, long: bool = False
) -> None:
    """Print the versions and which is current; verified if a keyring is available."""
    from anonymize.dataset import Dataset
    from anonymize.dataset.lost_log import require_whole_log

    dataset = Dataset(path)
    dataset.require()
    keyring = checking_keyring(dataset, keyring_uri)
    entries = require_whole_log(dataset, keyring) if keyring else dataset.audit.entries()
    published = {entry.version: entry for entry in entries if entry.what == "publish"}
    known = [(number, published.get(number)) for number in dataset.versions(keyring)]
    current = (
        dataset.current
        if keyring is None
        else dataset.standing(None, keyring).version
        if known
        else None
    )
    made = _made(dataset, keyring, keyring_uri) if long else {}
    rows = [
        {
            "version": n,
            "current": n == current,
            "published_at": entry.at[:40] if entry else "",
            "by": entry.who[:100] if entry else "",
            "verified": keyring is not None,
            **made.get(n, {}),
        }
        for n, entry in known
    ]
    if as_json:
        print_json(rows)
    else:
        names = ["version", "current", "published_at", "by", *(_LONG if long else ())]
        heads = [_HEADS.get(name, name) for name in names]
        print_table(heads, [[_cell(row[name]) for name in names] for row in rows])
    if keyring is None:
        say_unverified()


_LONG = ("rows", "files", "size_bytes", "k", "keys", "policy")
_HEADS = {"published_at": "published", "size_bytes": "bytes"}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "*" if value else ""
    return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _made(
    dataset: Dataset, keyring: Keyring | None, keyring_uri: str | None
) -> dict[int, dict[str, Any]]:
    """Return what the manifests state of each version.

    Raises:
        KeysError: no keyring is here that checks them.
    """
    from anonymize.keys import open_keyring

    return {
        made.version: {
            "rows": made.rows.written,
            "files": len(made.files),
            "size_bytes": sum(entry.size_bytes for entry in made.files),
            "k": made.privacy.k if made.privacy else None,
            "keys": sorted(made.keys),
            "policy": made.policy_hmac_sha256[:12],
            "purpose": made.purpose,
            "software": made.software,
        }
        for made in dataset.manifests(keyring or open_keyring(keyring_uri))
    }


def say_unverified() -> None:
    """Say on stderr that nothing checked what was printed."""
    say(
        "unverified: no keyring is here that checks the log, so this is what the folder says; see"
        " --keyring"
    )


def checking_keyring(dataset: Dataset, keyring_uri: str | None) -> Keyring | None:
    """Return the keyring, if there is one that knows the log's signing key."""
    from anonymize.errors import KeysError
    from anonymize.keys import open_keyring

    try:
        keyring = open_keyring(keyring_uri)
        dataset.audit.entries(keyring)
    except KeysError:
        return None
    return keyring


def rollback_command(
    path: Path, version: int, reason: str, policy: Path | None, keyring_uri: str | None
) -> None:
    """Publish an earlier version again."""
    from anonymize.keys import open_keyring

    if len(reason.strip()) < 3:
        raise ArgumentError(
            "a reason of at least 3 characters is required: --reason; it goes into the audit log"
        )
    dataset, name = opened_as(path, policy)
    keyring = open_keyring(keyring_uri)
    what = "was current already; no act was entered" if dataset.current == version else ""

    def show(manifest: Manifest) -> None:
        done = what or f"is current again, {manifest.rows.written} rows"
        print(on_one_line(f"{shown(path)}: version {manifest.version} {done}"))

    show_done(lambda: dataset.rollback(version, keyring=keyring, why=reason, dataset=name), show)


def expire_command(
    path: Path,
    keep: int | None,
    older_than: str | None,
    version: int | None,
    dry_run: bool,
    reason: str,
    policy: Path | None,
    keyring_uri: str | None,
) -> None:
    """Remove old versions and print their numbers."""
    from anonymize.custody.belonging import require_keys_of
    from anonymize.dataset.expiry import age_of
    from anonymize.keys import open_keyring

    if keep is None and older_than is None and version is None:
        keep, older_than, reason = _retention(policy, reason)
    age = None if older_than is None else age_of(older_than)
    if len(reason.strip()) < 3 and not dry_run:
        raise ArgumentError(
            "a reason of at least 3 characters is required: --reason; it goes into the audit log"
        )
    dataset, name = opened_as(path, policy)
    dataset.require()
    keyring = open_keyring(keyring_uri)
    require_keys_of(path, keyring)
    if version is not None:
        _require_removable(dataset, version, keyring)

    def show(removed: tuple[int, ...]) -> None:
        numbers = ", ".join(map(str, removed))
        what = "versions that would be removed" if dry_run else "versions removed"
        gone = f"{what}: {numbers}" if removed else "nothing to remove"
        print(on_one_line(f"{shown(path)}: {gone}"))

    show_done(
        lambda: dataset.expire(
            keep=keep,
            older_than=age,
            versions=None if version is None else (version,),
            keyring=keyring,
            why=reason,
            dataset=name,
            dry_run=dry_run,
        ),
        show,
    )


def _retention(policy: Path | None, reason: str) -> tuple[int | None, str | None, str]:
    """Return how many versions stay, the age and the reason that a policy's ``retention:`` gives.

    Raises:
        ArgumentError: there is no policy, or it has none.
    """
    from anonymize.policy import load_policy

    said = load_policy(policy).retention if policy else None
    if said is None:
        what = (
            "say which versions go: --keep, --older-than, or both; or --version; or --policy of a"
        )
        raise ArgumentError(f"{what} policy with retention:")
    return said.keep, said.older_than, reason or f"the policy's retention: {said}"


def _require_removable(dataset: Dataset, version: int, keyring: Keyring) -> None:
    """Refuse to remove a version that is not there, or is current: `Dataset.expire` would pass over
    both and remove nothing.
    """
    dataset.chosen(version)
    if dataset.standing(None, keyring).version == version:
        what = f"version {version} is current and stays: roll back, or publish another, first"
        raise ArgumentError(what, place="--version")


def export_table_command(
    path: Path,
    to: str,
    table: str,
    if_exists: Literal["refuse", "replace", "append"],
    columns: Sequence[str],
    version: int | None,
    dataset: str | None,
    keyring_uri: str | None,
) -> None:
    """Write a table of a database."""
    from anonymize.dataset import ColumnsLeftOut, ReadNotEntered, export_table
    from anonymize.keys import open_keyring

    with warnings.catch_warnings(record=True) as notices:
        for kind in (ColumnsLeftOut, ReadNotEntered):
            warnings.simplefilter("always", kind)
        rows = export_table(
            path,
            to,
            table,
            if_exists=if_exists,
            dataset=dataset,
            columns=list(columns) or None,
            version=version,
            keyring=open_keyring(keyring_uri),
        )
    for notice in notices:
        say(str(notice.message))
    say(f"{to}: {table}: {rows} rows, in the clear")


def export_command(
    path: Path,
    output: Path,
    columns: Sequence[str],
    version: int | None,
    dataset: str | None,
    keyring_uri: str | None,
    formulas: Literal["neutralise", "keep"],
) -> None:
    """Write a plaintext file."""
    from anonymize.dataset import (
        ColumnsLeftOut,
        FormulasNeutralised,
        NumbersNulled,
        ReadNotEntered,
        export,
    )
    from anonymize.keys import open_keyring

    with warnings.catch_warnings(record=True) as notices:
        for kind in (ColumnsLeftOut, FormulasNeutralised, NumbersNulled, ReadNotEntered):
            warnings.simplefilter("always", kind)
        keyring, chosen = open_keyring(keyring_uri), list(columns) or None
        rows = export(
            path,
            output,
            dataset=dataset,
            columns=chosen,
            version=version,
            keyring=keyring,
            formulas=formulas,
        )
    for notice in notices:
        say(str(notice.message))
    say(f"{output}: {rows} rows, in the clear, readable by you only")
