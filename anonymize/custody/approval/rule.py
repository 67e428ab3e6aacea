"""Whether a reveal needs a second person: by the policy, and by what the signed log says of the
last publication, so that an edited policy alone lowers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from anonymize.dataset.entry import AuditEntry
from anonymize.policy import Policy

REVEAL, APPROVAL, RULE = "reveal", "approval", "reveal"
"""The act; where its entry keeps the approval; where a publication's entry keeps the rule."""
WINDOW = timedelta(hours=24)
"""Time over which values without an approval are counted."""


@dataclass(frozen=True)
class ApprovalRule:
    """What holds for reveals of a dataset."""

    always: bool
    """Whether each needs a second person."""
    above: int | None
    """Number of values within `WINDOW` above which one does."""
    approvers: Mapping[str, str]
    """Name → public key of who may approve."""

    def why(self, values: int, before: int) -> str:
        """Return why a reveal of ``values`` needs an approval, after ``before`` values without one;
        empty if it needs none.
        """
        if self.always:
            return "reveal: {approvals: 2}"
        if self.above is not None and values + before > self.above:
            earlier = f" after {before:,} within 24 hours" if before else ""
            return f"{values:,} values{earlier} are more than reveal: {{above: {self.above}}}"
        return ""


def rule_of(policy: Policy, entries: Iterable[AuditEntry]) -> ApprovalRule:
    """Return the stricter of what the policy says and what the newest publication was made with.

    Only who both name may approve, where both name somebody.
    """
    said = policy.reveal
    held = _published(entries)
    limits = [one for one in (said.above, held.get("above")) if one is not None]
    approvers = dict(said.approvers)
    before: Mapping[str, str] = held.get("approvers", {})
    if before:
        both = {name: key for name, key in approvers.items() if before.get(name) == key}
        approvers = both if approvers else dict(before)
    always = 2 in (said.approvals, held.get("approvals"))
    return ApprovalRule(always, min(limits, default=None), approvers)


def _published(entries: Iterable[AuditEntry]) -> Mapping[str, Any]:
    publications = [entry for entry in entries if entry.what == "publish"]
    found: Mapping[str, Any] = publications[-1].details.get(RULE, {}) if publications else {}
    return found


def without_approval(entries: Sequence[AuditEntry]) -> int:
    """Return the number of values that the log's reveals of the last 24 hours had without an
    approval.

    ``entries`` are all that the log holds, also those that a revocation takes out of effect: their
    values were revealed all the same. An entry whose date cannot be read counts.
    """
    since = (datetime.now(UTC) - WINDOW).strftime("%Y-%m-%dT%H:%M:%SZ")
    counts = [
        entry.details.get("values")
        for entry in entries
        if entry.what == REVEAL and APPROVAL not in entry.details and not _is_before(entry, since)
    ]
    return sum(count for count in counts if type(count) is int)


def _is_before(entry: AuditEntry, since: str) -> bool:
    try:
        datetime.strptime(entry.at, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return entry.at < since
