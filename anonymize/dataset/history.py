"""Every act on a dataset, in the order of its signed log, for whoever must account for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anonymize.arguments import checked
from anonymize.dataset.entry import MOVES, REFUSED, AuditEntry
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.dataset.view import DatasetView


@dataclass(frozen=True)
class Act:
    """One act, as its entry in the log states it."""

    number: int
    """Line of the log, from 1."""
    at: str
    """Time by the clock of the machine that acted, ISO 8601, UTC. The order is that of ``number``.
    """
    who: str
    """User and host."""
    what: str
    """``publish``, ``rollback``, ``expire``, ``rewrap``, ``reveal``, ``forget``, ``rotate key``,
    ``export data key``, …
    """
    why: str
    """The reason that was given; empty if the act takes none."""
    versions: tuple[int, ...]
    """The versions that the act concerns, ascending."""
    current: int | None
    """The version that is current after the act, None before the first. Refused acts do not count.
    """
    keys: tuple[str, ...]
    """Ids of the keys that the act used, made, revoked or destroyed; of a reveal the key's name."""
    columns: tuple[str, ...]
    """Columns whose tokens were revealed or forgotten."""
    values: int | None
    """Number of tokens of a reveal; None for other acts."""
    approved_by: str
    """Name of who approved a reveal, as the policy names them; empty if nobody did."""
    refused: bool
    """True if a revoked key signed the entry, so that it has no effect."""
    signed_by: str
    """Id of the signing key, according to the entry."""
    against: tuple[str, ...] = ()
    """What a published version tells together with earlier releases, a sentence each."""


@checked
def history(folder: str | Path | DatasetView, keyring: Keyring | str | None) -> tuple[Act, ...]:
    """Return every act on a dataset in the log's order, publications and rollbacks included.

    With a keyring (or its URI) the chain and every signature are checked; with None the result is
    what the folder says, unverified. It holds no value of the data and no count of rows.

    Raises:
        DatasetError: there is no such dataset, or its log is damaged, cut short or not signed.
        KeysError: the log is signed by keys that are not in the keyring.
    """
    dataset = folder if isinstance(folder, DatasetView) else DatasetView(folder)
    dataset.require()
    if keyring is None:
        return tuple(_acts(dataset.audit.entries()))
    return tuple(_acts(require_whole_log(dataset, opened_keyring(keyring))))


def _acts(entries: Sequence[AuditEntry]) -> Iterator[Act]:
    current: int | None = None
    for entry in entries:
        if entry.what in MOVES:
            current = entry.version
        yield Act(
            number=entry.index + 1,
            at=entry.at,
            who=entry.who,
            what=entry.what.removeprefix(REFUSED),
            why=entry.why,
            versions=_versions(entry),
            current=current,
            keys=_keys(entry.details),
            columns=_columns(entry.details),
            values=_number(entry.details.get("values")),
            approved_by=_approver(entry.details),
            refused=entry.what.startswith(REFUSED),
            signed_by=str(entry.key_id()),
            against=_strings(entry.details.get("against")),
        )


def _versions(entry: AuditEntry) -> tuple[int, ...]:
    """Return the versions of an entry: its own, and those in its details (a list, or by number)."""
    said = entry.details.get("versions")
    numbers = list(said) if isinstance(said, list | dict) else []
    found = {int(number) for number in numbers if str(number).isdecimal()}
    return tuple(sorted(found | ({entry.version} if entry.version is not None else set())))


def _keys(details: Mapping[str, Any]) -> tuple[str, ...]:
    said = details.get("keys", {})
    found = set(map(str, said)) if isinstance(said, list | dict) else set()
    return tuple(sorted(found | ({str(details["key"])} if "key" in details else set())))


def _columns(details: Mapping[str, Any]) -> tuple[str, ...]:
    said = details.get("columns", [])
    found = list(map(str, said)) if isinstance(said, list) else []
    return (*found, *([str(details["column"])] if "column" in details else []))


def _strings(said: object) -> tuple[str, ...]:
    return tuple(map(str, said)) if isinstance(said, list) else ()


def _number(said: object) -> int | None:
    return said if type(said) is int else None


def _approver(details: Mapping[str, Any]) -> str:
    said = details.get("approval")
    return str(said.get("approver", "")) if isinstance(said, dict) else ""
