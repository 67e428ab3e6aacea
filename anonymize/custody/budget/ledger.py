"""Spends a privacy budget in the dataset's signed audit log."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from anonymize.custody.budget.shared import spend_shared
from anonymize.dataset import Dataset
from anonymize.dataset.entry import REFUSED, AuditEntry
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.sink import sink_of
from anonymize.errors import AnchorError, ArgumentError, DatasetError, GateError
from anonymize.keys import Keyring
from anonymize.policy import Policy
from anonymize.policy.addresses import address_of
from anonymize.privacy.differential import Loss

WHAT = "aggregate"
"""The act of a release in the log."""
_UNSEEN = frozenset(map(chr, (0x34F, 0x115F, 0x1160, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10),
                              *range(0xE0100, 0xE01F0))))  # fmt: skip
"""Fillers and selectors of variants, which are invisible, beside Unicode's format characters."""


@dataclass(frozen=True)
class Account:
    """Whose budget it is: all releases for one purpose from one dataset add up."""

    dataset: str
    purpose: str
    unit: str
    """``person`` with the column that says whose a row is, or ``row``."""

    @classmethod
    def of(cls, policy: Policy) -> Account:
        """Return the account of a policy with ``aggregates:``."""
        asked = policy.aggregates
        person = f"person by {policy.subject}"
        return cls(
            policy.dataset,
            one_purpose(policy.purpose),
            person if asked is not None and asked.unit == "person" else "row",
        )


class PaidError(GateError):
    """A release that is made once was paid for before: a retry does not spend again."""

    @classmethod
    def of(cls, once: str, where: str) -> PaidError:
        """Return the refusal of another try of ``once``, which ``where`` knows of."""
        what = (
            f"an earlier try was paid for ({once}, in {where}), and that stays spent; a retry"
            " does not spend again. To release anew, start a new run, which costs as much again"
        )
        return cls(what)


def one_purpose(purpose: str) -> str:
    """Return a purpose as budgets know it: another spelling is no other purpose, also one with
    characters that nobody sees.
    """
    seen = "".join(c for c in purpose if c not in _UNSEEN and unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).casefold().split())


@dataclass(frozen=True)
class Budget:
    """The state of an account."""

    most: Loss
    """What all releases may cost one person."""
    spent: Loss
    """What those so far have cost."""

    @property
    def left(self) -> Loss:
        """Return what is left."""
        return self.most - self.spent


def budget_of(policy: Policy, keyring: Keyring) -> Budget:
    """Return the state of a policy's budget according to the signed log.

    Raises:
        DatasetError, KeysError: as `require_whole_log`.
    """
    _refuse_store(policy)
    entries = _entries(sink_of(policy), keyring)
    return Budget(_most(policy), _spent(entries, Account.of(policy)))


def _entries(dataset: Dataset, keyring: Keyring) -> Sequence[AuditEntry]:
    """Return the log's entries; none if nothing of the dataset is there, its anchor included."""
    if not dataset.folders() and dataset.audit.head() is None and dataset.anchor is None:
        return ()
    return require_whole_log(dataset, keyring)


def spend(
    policy: Policy,
    loss: Loss,
    details: Mapping[str, Any],
    why: str,
    keyring: Keyring,
    *,
    once: str = "",
) -> Budget:
    """Write down that a release costs ``loss``, and return the budget after it. To be called before
    the release: what is written down is spent, whatever happens next.

    Any number of processes may call it at once: the log's lock is held from adding up to writing.
    ``once`` is a name of the release, for callers that may be tried again, such as a flow: of all
    that say the same one is paid for.

    Raises:
        GateError: it would overspend, or the policy's budget was raised without ``why``.
        PaidError: a release of the name ``once`` was paid for before.
        LedgerError: the shared ledger is unavailable, or knows of less than the log does.
        DatasetError: the log is damaged or cannot be written to, or the dataset is in an object
            store; or the anchor does not accept the log's head.
        KeysError: the keyring cannot sign.
    """
    _refuse_store(policy)
    dataset, account, most = sink_of(policy), Account.of(policy), _most(policy)
    place = policy.place("aggregates.budget")
    entries = _entries(dataset, keyring)
    asked = policy.aggregates
    shared = asked is not None and asked.ledger is not None

    def check(before: Sequence[AuditEntry]) -> None:
        _refuse_paid(before, once)
        if not shared:
            _refuse_unshared(before, account, why, policy.place("aggregates.ledger"))
        _check(before, account, loss, most, why, place)

    if asked is not None and asked.ledger is not None:
        check(entries)
        paid = spend_shared(asked.ledger, account.dataset, account.purpose, loss, most,
                            known=_spent(entries, account), place=place, once=once)  # fmt: skip
        if not paid:
            raise PaidError.of(once, "the shared ledger")
    told: dict[str, Any] = {"purpose": account.purpose, "unit": account.unit, **loss.as_json()}
    if shared:
        told["ledger"] = "shared"
    if once:
        told["release"] = once
    dataset.audit.append(
        WHAT,
        why=why,
        details={**told, "budget": most.as_json(), **details},
        keyring=keyring,
        unless=check,
    )
    try:
        dataset.tell()
    except AnchorError as error:
        raise DatasetError(
            "the anchor did not accept the log's head, so nothing was released; the budget is"
            " spent all the same",
            place=error.problems[0].place,
        ) from None
    return budget_of(policy, keyring)


def _refuse_store(policy: Policy) -> None:
    if address_of(policy.sink.path) is not None:
        what = (
            "is in an object store, whose log cannot be locked between adding up and writing; give"
            " the policy of the aggregates a sink in a local folder"
        )
        raise ArgumentError(what, place=policy.place("sink.path"))


def _most(policy: Policy) -> Loss:
    if policy.aggregates is None:
        raise AssertionError("asked before")
    budget = policy.aggregates.budget
    return Loss.of(budget.epsilon, budget.delta or 0)


def _mine(entries: Sequence[AuditEntry], account: Account) -> list[AuditEntry]:
    """Return the releases for the account's purpose. Another unit is no way around: a release by
    rows costs a person with one row as much.
    """
    if any(entry.what == f"{REFUSED}{WHAT}" for entry in entries):
        what = (
            "a release was entered by a key that was revoked, so what was spent cannot be told; go"
            " on under another dataset name and sink, with a budget that counts it as spent"
        )
        raise DatasetError(what, place="audit log")
    made = (entry for entry in entries if entry.what == WHAT)
    return [e for e in made if one_purpose(str(e.details.get("purpose"))) == account.purpose]


def _spent(entries: Sequence[AuditEntry], account: Account) -> Loss:
    total = Loss()
    for entry in _mine(entries, account):
        total = total + _loss(entry.details, entry)
    return total


def _loss(said: Mapping[str, Any], entry: AuditEntry) -> Loss:
    try:
        return Loss(Decimal(str(said["epsilon"])), Decimal(str(said["delta"])))
    except (KeyError, InvalidOperation):
        raise DatasetError(
            f"entry {entry.index + 1} of the audit log is a release without what it cost"
        ) from None


def _refuse_paid(entries: Sequence[AuditEntry], once: str) -> None:
    """Refuse a release of a name that was paid for, for whatever purpose."""
    if once and any(e.what == WHAT and e.details.get("release") == once for e in entries):
        raise PaidError.of(once, "the audit log")


def _refuse_unshared(entries: Sequence[AuditEntry], account: Account, why: str, place: str) -> None:
    """Refuse a release that leaves out the shared ledger: other machines' releases are in no log
    but theirs.
    """
    mine = _mine(entries, account)
    if mine and mine[-1].details.get("ledger") == "shared" and not why.strip():
        what = "the last release asked a shared ledger, which knows what other machines released"
        raise GateError(f"{what}; name it, or say --reason if that is meant", place=place)


def _check(
    entries: Sequence[AuditEntry],
    account: Account,
    loss: Loss,
    most: Loss,
    why: str,
    place: str,
) -> None:
    """Refuse a release that costs more than is left, and a budget that was raised silently."""
    mine = _mine(entries, account)
    spent = _spent(entries, account)
    if mine and not why.strip():
        before = _loss(mine[-1].details.get("budget", {}), mine[-1])
        if not most.within(before):
            what = f"was {before} at the last release and is {most} now: a promise that was made"
            raise GateError(f"{what} gets weaker; say --reason if that is meant", place=place)
    if mine and mine[-1].details.get("unit") != account.unit and not why.strip():
        what = "the last release hid another unit's contribution (aggregates.unit, subject)"
        raise GateError(f"{what}; say --reason if that is meant", place=place)
    if not (spent + loss).within(most):
        what = f"{spent} of {most} is spent, and this costs {loss}; nothing was released"
        raise GateError(f"{what}. Ask for less, or for fewer queries (--query)", place=place)
