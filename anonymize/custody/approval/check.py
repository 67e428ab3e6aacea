"""Checks that a reveal may go on: it needs no approval, or this one is right and unused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from anonymize.custody.approval.documents import SIGNED_APPROVAL, SIGNED_REQUEST, Approval, Request
from anonymize.custody.approval.error import ApprovalError
from anonymize.custody.approval.request import tokens_digest
from anonymize.custody.approval.rule import (
    APPROVAL,
    REVEAL,
    ApprovalRule,
    rule_of,
    without_approval,
)
from anonymize.dataset import Dataset
from anonymize.dataset.canonical import canonical
from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.signing import check_signature
from anonymize.dataset.when_and_who import now
from anonymize.errors import AnonymizeError, Problem
from anonymize.keys import Keyring
from anonymize.keys.keyring.public_keys import is_signed_by, signing_texts
from anonymize.names import KeyId
from anonymize.policy import Policy

_PLACE = "approval"
HOW = (
    "coatcheck approval request, another person's coatcheck approval give; then --approval FILE"
    " here"
)


@dataclass(frozen=True)
class Wanted:
    """What is about to be revealed."""

    policy: Policy
    column: str
    tokens: Sequence[str | None]
    reason: str
    version: int | None


def permitted(wanted: Wanted, approval: Approval | None, keyring: Keyring) -> dict[str, Any]:
    """Return what the log's entry says of the approval; nothing if none is needed and none is
    given. One that is given is checked, needed or not.

    Raises:
        ApprovalError: one is needed and none is given, or it does not fit, has ended, was used, or
            is not signed by another person who may approve; with every problem.
        DatasetError: the log does not hold.
    """
    dataset = Dataset(wanted.policy.sink.path)
    entries = dataset.audit.entries(keyring)
    rule, everything = rule_of(wanted.policy, entries), dataset.audit.entries()
    if approval is None:
        if why := rule.why(len(wanted.tokens), without_approval(everything)):
            raise ApprovalError(f"{why}: another person must approve it: {HOW}", place=_PLACE)
        return {}
    problems = [
        *_unlike(wanted, approval.request, keyring),
        *_of_request(approval.request, entries, keyring, str(dataset.audit.path)),
        *_of_approver(approval, rule, keyring),
        *_times(approval),
    ]
    if approval.request.id in _used(everything):
        problems.append("was used already: the log has its reveal; ask for another one")
    if problems:
        raise ApprovalError(Problem(_PLACE, what) for what in problems)
    (name,) = [name for name, key in rule.approvers.items() if key == approval.key][:1]
    return {APPROVAL: {"approver": name, **approval.as_json()}}


def require_first(entry: AuditEntry, wanted: Wanted, keyring: Keyring) -> None:
    """Check again with the entry in the log, for two processes may have looked at the same time: of
    two that use one approval, or that are too many together, the later one is refused.

    Raises:
        ApprovalError: this is the later one. Nothing is revealed, and the log has its entry.
    """
    dataset = Dataset(wanted.policy.sink.path)
    before = dataset.audit.entries()[: entry.index]
    stays = "nothing was revealed; the log has the entry of the attempt"
    if APPROVAL in entry.details:
        if _id_in(entry) in _used(before):
            raise ApprovalError(f"another process used it at the same time; {stays}", place=_PLACE)
        return
    rule = rule_of(wanted.policy, dataset.audit.entries(keyring))
    if why := rule.why(len(wanted.tokens), without_approval(before)):
        raise ApprovalError(f"{why}; {stays}", place=_PLACE)


def _used(entries: Sequence[AuditEntry]) -> set[str]:
    """Return the ids of approvals that the log has, in entries that a revocation refuses too."""
    return {_id_in(entry) for entry in entries if entry.what == REVEAL} - {""}


def _id_in(entry: AuditEntry) -> str:
    """Return the id of the approval in an entry, whatever somebody wrote there; empty for none."""
    try:
        return str(entry.details[APPROVAL]["request"]["id"])
    except (KeyError, TypeError):
        return ""


def _unlike(wanted: Wanted, request: Request, keyring: Keyring) -> list[str]:
    """Return in what a reveal is not the one that was asked for."""
    pairs = {
        "the dataset": (request.dataset, wanted.policy.dataset),
        "the column": (request.column, wanted.column),
        "the number of values": (request.values, len(wanted.tokens)),
        "the reason": (request.reason, wanted.reason),
        "the version": (request.version, wanted.version or request.version),
    }
    found = [f"{name} is another one than was approved" for name, (a, b) in pairs.items() if a != b]
    if found:
        return found
    try:
        owner = KeyId(request.owner_key)
        made = tokens_digest(wanted.policy, keyring, owner, wanted.tokens)
    except (AnonymizeError, ValueError):
        return ["its tokens cannot be compared: the owner's key that it names is not here"]
    return [] if made == request.tokens else ["these are other tokens than were approved"]


def _of_request(
    request: Request, entries: Sequence[AuditEntry], keyring: Keyring, log: str
) -> list[str]:
    """Return why a request is not one of this dataset's owner, of this log."""
    content, found = canonical(request.body()), list[str]()
    try:
        check_signature(
            request.signature, keyring, SIGNED_REQUEST, content,
            what="the request", place=_PLACE, at=request.at,
        )  # fmt: skip
    except AnonymizeError as error:
        found += [problem.what for problem in error.problems]
    count = request.log_entries
    if not 0 < count <= len(entries) or entries[count - 1].hash != request.log_hash:
        found.append(f"the log ({log}) is not the one that it was asked for, or was put back since")
    return found


def _of_approver(approval: Approval, rule: ApprovalRule, keyring: Keyring) -> list[str]:
    """Return why the approval is not one of another person who may give it."""
    if approval.key in signing_texts(keyring):
        return ["is signed with the key of who asked: another person approves"]
    if approval.key not in rule.approvers.values():
        known = ", ".join(sorted(rule.approvers)) or "nobody"
        return [
            "is signed by nobody who may approve: the policy's reveal: {approvers: …} and that of"
            f" the last publication name {known}"
        ]
    content = SIGNED_APPROVAL + canonical(approval.body())
    right = is_signed_by(approval.key, content, approval.signature)
    return [] if right else ["the signature is not right: it was changed"]


def _times(approval: Approval) -> list[str]:
    request, at = approval.request, now()
    if at >= request.expires:
        return [f"ended at {request.expires[:40]}; ask for another one"]
    if not request.at <= approval.at <= request.expires or request.at > at:
        return ["its dates do not follow from each other: a clock is wrong, or they were changed"]
    return []
