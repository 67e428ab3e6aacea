"""Who is to be left out of every later version, according to the signed log.

An entry ``forget`` of a policy with ``erasure: {index: true}`` holds the person's keyed id. The log
is where it stands, because the log is signed, chained and anchored: who removes the entry is
noticed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from anonymize.dataset.entry import REFUSED, AuditEntry
from anonymize.errors import DatasetError
from anonymize.names import KeyId

if TYPE_CHECKING:
    from anonymize.transform.normalize import Normalization
    from anonymize.transform.subject_ids import ForgottenIds

FORGET = "forget"
_FIELDS = {"key", "spelled", "column", "id"}


def forgotten_in(entries: Iterable[AuditEntry]) -> tuple[ForgottenIds, ...]:
    """Return the ids of all people whose rows are to be left out, from checked entries of the log,
    by the key and spelling that made them.

    Raises:
        DatasetError: an entry is not as this release writes it. To skip it would bring back who
            was forgotten.
    """
    # not at the top: a process that only reads would import every transform, which takes a second
    # and 75 MB
    from anonymize.transform.subject_ids import ForgottenIds

    groups: dict[tuple[KeyId, Normalization], set[str]] = {}
    for entry in entries:
        if (said := absent_in(entry)) is not None:
            groups.setdefault((KeyId(said["key"]), said["spelled"]), set()).add(said["id"])
    return tuple(
        ForgottenIds(key, spelled, frozenset(ids)) for (key, spelled), ids in sorted(groups.items())
    )


def lost_in(entries: Iterable[AuditEntry]) -> int:
    """Return how many entries to forget somebody a revocation took out of effect, less those that
    were entered since the last revocation.
    """
    lost = since = 0
    for entry in entries:
        lost += entry.what == f"{REFUSED}{FORGET}"
        since = 0 if entry.what == "revoke key" else since + (entry.what == FORGET)
    return max(0, lost - since) if lost else 0


def absent_in(entry: AuditEntry) -> dict[str, Any] | None:
    """Return what an entry says of a person to be left out: ``key``, ``spelled``, ``column`` and
    ``id``; None if it says nothing of that.

    Raises:
        DatasetError: see `forgotten_in`.
    """
    said = entry.details.get("absent") if entry.what == FORGET else None
    if said is None:
        return None
    if not isinstance(said, dict) or set(said) != _FIELDS:
        place = f"audit log: entry {entry.index + 1}"
        raise DatasetError("was written by another release; use that one", place=place)
    return said
