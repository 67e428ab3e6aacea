"""Reveals and reads as events, from the dataset's signed logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from anonymize.dataset import Dataset
from anonymize.dataset.audit_lines import Log
from anonymize.dataset.entry import REFUSED, AuditEntry
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.reads import READ, read_log
from anonymize.keys import Keyring

Kind = Literal["reveal", "read"]
_REVEAL = "reveal"


@dataclass(frozen=True)
class Event:
    """One reveal or read."""

    kind: Kind
    log: Log
    """The log that it is in."""
    line: int
    """Its line there, from 1."""
    actor: str
    """User and host, as the acting process said."""
    at: datetime | None
    """By the acting machine's clock; None if the entry has no date that can be read."""
    values: int | None
    """Number of tokens of a reveal; None for reads, whose entries have no number."""
    keys: tuple[str, ...]
    """The key that signed it, and the key of a reveal."""
    refused: bool
    """Whether a revoked key signed it."""


def events_of(dataset: Dataset, keyring: Keyring) -> tuple[Event, ...]:
    """Return the reveals, then the reads, each in their log's order.

    Raises:
        DatasetError: a log does not hold, or lacks a version that was published.
        KeysError: it is signed by keys that are not in the keyring.
    """
    reads = read_log(dataset)
    return (
        *_events("acts", dataset.audit.entries(), require_whole_log(dataset, keyring)),
        *_events("reads", reads.entries(), reads.entries(keyring)),
    )


def _events(
    log: Log, written: Sequence[AuditEntry], judged: Sequence[AuditEntry]
) -> Iterator[Event]:
    """Yield the events of a log. An entry that a revocation refuses has its details in ``written``
    alone.
    """
    for entry, now in zip(written, judged, strict=True):
        kind: Kind = "reveal" if entry.what == _REVEAL else "read"
        if entry.what not in (_REVEAL, READ):
            continue
        said = entry.details.get("values")
        of_reveal = (str(entry.details.get("key", "")),) if kind == "reveal" else ()
        yield Event(
            kind=kind,
            log=log,
            line=entry.index + 1,
            actor=entry.who,
            at=_time(entry.at),
            values=said if type(said) is int else None,
            keys=(str(entry.key_id()), *filter(None, of_reveal)),
            refused=now.what.startswith(REFUSED),
        )


def _time(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
