"""Has a person leave a dataset: log, vault, a version without them, and the older ones removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as version_of
from os import PathLike
from typing import Any

from anonymize.arguments import checked
from anonymize.custody.forget import forget_in_log_and_vault, vault_state
from anonymize.custody.where_is import WhereIs, where_is_subject
from anonymize.dataset import Dataset
from anonymize.dataset.certificate import sign_certificate
from anonymize.dataset.entry import AuditEntry
from anonymize.dataset.expiry import age_of, published_at
from anonymize.dataset.forgotten import absent_in
from anonymize.dataset.increments import has_increments
from anonymize.dataset.sink import sink_of
from anonymize.dataset.when_and_who import now, who
from anonymize.errors import ArgumentError, GateError, LineageError, Problem
from anonymize.keys import OWNER, Keyring, open_keyring
from anonymize.names import KeyId
from anonymize.pipeline.run import WAIT_SECONDS, run
from anonymize.policy import Policy, as_policy
from anonymize.policy.addresses import address_of
from anonymize.transform.subject_ids import id_of, subject_key


@checked
def erase(
    policy: Policy | str | PathLike[str],
    subject: str,
    keyring: Keyring | str | None = None,
    *,
    reason: str,
    accept_change: bool = False,
    wait_seconds: float = WAIT_SECONDS,
) -> dict[str, Any]:
    """Have a person leave the dataset of a policy with ``erasure: {index: true}``; return the
    signed certificate.

    In this order: their keyed id is entered in the signed log, with the versions that hold them;
    their vault entries are erased; a version without their rows is published by the policy's run,
    with every gate, if the current one has any or may have (parts without their rows are taken over
    if that version was made by an incremental run); older versions that hold them, or of which that
    cannot be told, are removed, or stay as long as ``erasure.retention`` says. The certificate
    states what was where, what is gone, and what stays until when and why; without a raw value.

    Killed at any moment, a whole version is current, and calling it again goes on and gives the
    certificate. The policy's source must be there: what it holds now, without the person, is
    published.

    Raises:
        ArgumentError: as `forget`, or the policy has no index.
        GateError: a check of the run failed, or the version that is current still holds the person.
        LineageError: all is done; the policy's ``lineage:`` did not take the new version's events.
            The error's ``result`` is the certificate.
        AnonymizeError: as `forget`, `run` and `Dataset.expire`; what was done before stays done.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    if policy.indexed_by is None:
        what = "says nothing of an index, so that nobody can tell which rows are theirs"
        raise ArgumentError(f"{what}; say erasure: {{index: true}}", place=policy.place("erasure"))
    forget_in_log_and_vault(policy, subject, opened, reason)
    dataset, path = sink_of(policy, wait_seconds), policy.sink.path
    before = where_is_subject(subject, [path], opened)
    current = dataset.standing(None, opened).version
    untold: LineageError | None = None
    if current in _held(before):
        incremental = has_increments(dataset.manifest(current, keyring=opened))
        try:
            run(
                policy,
                keyring=opened,
                accept_change=accept_change,
                wait_seconds=wait_seconds,
                incremental=incremental,
            )
        except LineageError as error:  # the version is published: the person leaves all the same
            untold = error
    dataset = sink_of(policy, wait_seconds)
    current = dataset.standing(None, opened).version
    left = where_is_subject(subject, [path], opened)
    _refuse_if_held(path, current, left)
    _remove(dataset, policy, opened, _held(left), reason)
    body = _certificate(dataset, policy, opened, subject, reason)
    certificate = sign_certificate(body, opened)
    if untold is not None:
        untold.result = certificate
        raise untold
    return certificate


def _held(found: WhereIs) -> set[int]:
    """Return the versions that hold the person, or may."""
    return {one.version for one in found.found} | {one.version for one in found.untold}


def _refuse_if_held(path: str, current: int, found: WhereIs) -> None:
    """Refuse to remove older versions, and to certify, while the current one holds the person.

    Raises:
        GateError: it does, or it cannot be told.
    """
    if any(one.version == current for one in found.found):
        what = "the current version still holds the person; nothing was removed: try again"
        raise GateError(what, place=path)
    for one in found.untold:
        if one.version == current:
            what = f"whether the current version holds the person cannot be told: {one.why}"
            raise GateError(what, place=path)


def _retention(policy: Policy) -> timedelta:
    said = policy.erasure.retention
    return age_of(said) if said else timedelta(0)


def _remove(
    dataset: Dataset, policy: Policy, keyring: Keyring, held: set[int], reason: str
) -> None:
    """Remove the versions in ``held`` that the policy lets no longer stay."""
    due = {number for number, until in _until(dataset, policy, keyring, held) if until <= _now()}
    if due:
        dataset.expire(versions=due, keyring=keyring, why=reason, dataset=policy.dataset)


def _until(
    dataset: Dataset, policy: Policy, keyring: Keyring, held: set[int]
) -> Iterator[tuple[int, datetime]]:
    """Yield until when each of the versions may stay."""
    times = published_at(dataset, keyring)
    for number in sorted(held):
        yield number, times.get(number, _now()) + _retention(policy)


def _now() -> datetime:
    return datetime.now(UTC)


def _certificate(
    dataset: Dataset, policy: Policy, keyring: Keyring, subject: str, reason: str
) -> dict[str, Any]:
    """Return what the certificate states, from the log and from what is on disk now."""
    entries = dataset.audit.entries(keyring)
    act = _act(entries, policy, keyring, subject)
    since = entries[act.index :]
    removed = {
        number for entry in since if entry.what == "expire" for number in entry.details["versions"]
    }
    published = [entry.version for entry in since if entry.what == "publish"]
    left = _held(where_is_subject(subject, [policy.sink.path], keyring))
    held, untold = (
        [int(number) for number in act.details.get(name, ())] for name in ("held", "untold")
    )
    absent = absent_in(act) or {}
    return {
        "format": 1,
        "dataset": policy.dataset,
        "person": {"key": absent.get("key"), "id": absent.get("id")},
        "reason": reason,
        "at": now(),
        "by": who(),
        "asked": {"at": act.at, "by": act.who, "why": act.why},
        "log": {"entry": act.index + 1, "hash": act.hash, "entries": len(entries)},
        "was": {
            "in_versions": held,
            "perhaps_in_versions": untold,
        },
        "gone": {
            "versions": sorted(removed & {*held, *untold}),
            "vault": vault_state(policy, keyring, subject),
        },
        "current": {
            "version": dataset.standing(None, keyring).version,
            "published_since": published,
            "holds_the_person": False,
        },
        "stays": list(_stays(dataset, policy, keyring, left)),
        "software": f"coatcheck {version_of('coatcheck')}",
    }


def _act(
    entries: tuple[AuditEntry, ...], policy: Policy, keyring: Keyring, subject: str
) -> AuditEntry:
    """Return the first entry by which the person is left out.

    Raises:
        GateError: there is none: a revoked key signed it, or the policy spells subjects otherwise.
    """
    for entry in entries:
        said = absent_in(entry)
        if said is None:
            continue
        key = subject_key(keyring, KeyId(said["key"]), policy.dataset)
        if id_of(key, subject, said["spelled"]) == said["id"]:
            return entry
    owner = keyring.current(OWNER)
    raise GateError(Problem("audit log", f"no entry leaves the person out under '{owner}'"))


def _stays(
    dataset: Dataset, policy: Policy, keyring: Keyring, left: set[int]
) -> Iterator[dict[str, str]]:
    """Yield what is left of the person, until when and why."""
    for number, until in _until(dataset, policy, keyring, left):
        yield {
            "what": f"version {number}",
            "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "why": f"erasure.retention: {policy.erasure.retention}; repeat it then",
        }
    yield {
        "what": "the keyed id in the audit log",
        "until": "the dataset is removed",
        "why": "later runs leave the person out by it; without the owner's key it says nothing",
    }
    yield {
        "what": "the person's rows in the source",
        "until": "they are removed there",
        "why": "the source is not this dataset's",
    }
    yield {
        "what": "exports, copies and backups, of versions, vault and disk",
        "until": "they are removed there",
        "why": "they are not known to this dataset",
    }
    if address_of(policy.sink.path) is not None:
        yield {
            "what": "earlier versions of the bucket's objects",
            "until": "the bucket's lifecycle rule removes them",
            "why": "the bucket keeps versions",
        }
