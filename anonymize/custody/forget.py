"""Making a subject's tokens meaningless, and keeping their rows out: the log knows first."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.custody.acts import enter_act, policy_vault, require_reason
from anonymize.custody.belonging import require_keys_of, versions_of_other_vaults
from anonymize.custody.reversible_rules import vault_keys, vault_rules, with_rule_of
from anonymize.custody.where_is import where_is_subject
from anonymize.dataset import Dataset
from anonymize.dataset.forgotten import FORGET, absent_in
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.sink import sink_of
from anonymize.errors import ArgumentError, GateError, VaultError, VaultLogError
from anonymize.keys import OWNER, Keyring, PurposeKey, open_keyring
from anonymize.names import ColumnName
from anonymize.plan.whose import spelling_of
from anonymize.policy import Policy, as_policy
from anonymize.transform.subject_ids import id_of, subject_key
from anonymize.transform.subjects import subjects_of
from anonymize.vault import TokenVault, shown_place, vault_place


@checked
def forget(
    policy: Policy | str | PathLike[str],
    subject: str,
    keyring: Keyring | str | None = None,
    *,
    reason: str,
) -> int:
    """Erase a subject's vault entries and return their number. Their tokens become meaningless in
    every version.

    If the policy says ``erasure: {index: true}``, their keyed id is entered in the signed log as
    well, and every later run leaves their rows out as if the source did not have them; versions of
    before cannot be made current again. No version is rewritten or removed: `erase` does all of it.

    An entry that another subject shares stays. Spellings that the subject column's ``normalize:``
    makes equal are one subject. The act is logged first, without the subject. With an index it can
    be repeated, and adds nothing to the log then.

    Raises:
        ArgumentError: no reason, a blank subject, no ``subject:`` in the policy, or neither an
            index nor a column with ``tokenize`` by ``vault``.
        VaultError: the vault is unavailable, is not the current version's, or never held a token of
            these columns; nothing is logged then.
        KeysError: the keyring is older than the dataset, or belongs to another one.
        GateError: without an index: there is nothing of this subject to erase, and nothing is
            logged; or all of it is shared with other subjects and stays. Always: everything is
            erased, but versions on disk have tokens in another vault.
        VaultLogError: everything is erased, but a reader of the vault keeps it in the write-ahead
            log.
        DatasetError: there is no such dataset to log the act in.
    """
    policy, keyring = as_policy(policy), open_keyring(keyring)
    erased = forget_in_log_and_vault(policy, subject, keyring, reason)
    if others := _of_other_vaults(policy, keyring):
        what = (
            f"{erased} entries are erased, and version(s) {others} have tokens that another vault"
            " holds"
        )
        place = shown_place(vault_place(keyring.place, policy.vault_said))
        raise GateError(f"{what}; repeat it with that vault named, or expire them", place=place)
    return erased


def forget_in_log_and_vault(policy: Policy, subject: str, keyring: Keyring, reason: str) -> int:
    """Do what `forget` does, and do not look for versions of another vault.

    Raises:
        AnonymizeError: see `forget`.
    """
    require_reason(reason, 1, False)
    rules = list(vault_rules(policy))
    if policy.subject is None or not (rules or policy.indexed_by):
        what = (
            "nothing to forget: it needs subject: and a column with {action: tokenize, method:"
            " vault}, or erasure: {index: true}"
        )
        raise ArgumentError(what, place=policy.place("columns"))
    if not subject.strip():
        raise ArgumentError("is blank; name who is forgotten", place="subject")
    Dataset(policy.sink.path).require()
    Dataset(policy.sink.path).require_named(policy.dataset, keyring)
    require_whole_log(sink_of(policy), keyring)
    require_keys_of(policy.sink.path, keyring)
    absent = _absent(policy, policy.subject, subject, keyring) if policy.indexed_by else None
    vault = policy_vault(policy, keyring, None) if rules else None
    keys = _keys(policy, keyring, vault) if vault else []
    spelled = spelling_of(with_rule_of(policy, policy.subject).columns, policy.subject)
    theirs = subjects_of(pa.array([subject]), spelled)
    linked = sum(vault.linked(key, theirs) for key in keys) if vault else 0
    place = shown_place(vault_place(keyring.place, policy.vault_said))
    if not linked:
        if vault:
            vault.scrub()  # of an erasure that a reader of the vault kept from being complete
        if absent is None:
            what = (
                "nothing was erased: the vault holds no entry of this subject; subjects are spelled"
                " as in the source"
            )
            raise GateError(f"{what}, and entries made without subject: have none", place=place)
    if linked or not _is_entered(policy, absent, keyring):
        details: dict[str, Any] = {"columns": sorted({name for name, _, _ in rules})}
        details |= _found(policy, subject, keyring) | {"absent": absent} if absent else {}
        enter_act(policy, FORGET, reason, details, keyring)
    erased = _erased(vault, keys, theirs) if vault else 0
    if linked and not erased and absent is None:
        what = (
            f"nothing was erased: each of the subject's {linked} entries is another subject's too,"
            " and stays"
        )
        raise GateError(f"{what}; that they were this subject's is forgotten", place=place)
    return erased


def _keys(policy: Policy, keyring: Keyring, vault: TokenVault) -> list[PurposeKey]:
    """Return the keys of the policy's vault rules.

    Raises:
        VaultError: the vault holds nothing of them.
    """
    if keys := list(vault_keys(policy, keyring, vault)):
        return keys
    what = (
        "the token vault holds nothing of this policy's columns; say COATCHECK_VAULT as it was"
        " for its runs"
    )
    raise VaultError(what, place=shown_place(vault_place(keyring.place, policy.vault_said)))


def _erased(vault: TokenVault, keys: list[PurposeKey], theirs: pa.Array) -> int:
    """Erase a subject's entries; return their number.

    Raises:
        VaultLogError: they are erased, and a reader keeps them in the write-ahead log.
    """
    erased = sum(vault.forget_subjects(key, theirs, scrub=False) for key in keys)
    try:
        vault.scrub()
    except VaultLogError as error:
        found = error.problems[0]
        raise VaultLogError(
            f"{erased} entries are erased, but {found.what}", place=found.place
        ) from None
    return erased


def _absent(
    policy: Policy, column: ColumnName, subject: str, keyring: Keyring
) -> Mapping[str, str]:
    """Return what the log keeps of a person to be left out: the keyed id, and how it was made."""
    owner = keyring.current(OWNER)
    spelled = spelling_of(with_rule_of(policy, column).columns, column)
    id_ = id_of(subject_key(keyring, owner, policy.dataset), subject, spelled)
    return {"key": str(owner), "spelled": spelled, "column": str(column), "id": id_}


def _found(policy: Policy, subject: str, keyring: Keyring) -> dict[str, Any]:
    """Return the versions that hold a person, and those of which it cannot be told, for the log."""
    found = where_is_subject(subject, [policy.sink.path], keyring)
    held = sorted({one.version for one in found.found})
    return {"held": held, "untold": sorted({one.version for one in found.untold})}


def _of_other_vaults(policy: Policy, keyring: Keyring) -> str:
    """Return the versions whose tokens are in another vault than the policy's, in words; empty if
    there are none.
    """
    if not list(vault_rules(policy)):
        return ""
    vault = policy_vault(policy, keyring, None)
    others = versions_of_other_vaults(policy.sink.path, keyring, vault.identity())
    return ", ".join(map(str, others))


def vault_state(policy: Policy, keyring: Keyring, subject: str) -> str:
    """Return in words what the vault holds of a subject now, for a certificate.

    Raises:
        VaultError, KeysError: see `forget`.
    """
    if policy.subject is None or not list(vault_rules(policy)):
        return "no column uses one"
    vault = policy_vault(policy, keyring, None)
    spelled = spelling_of(with_rule_of(policy, policy.subject).columns, policy.subject)
    theirs = subjects_of(pa.array([subject]), spelled)
    if any(vault.linked(key, theirs) for key in _keys(policy, keyring, vault)):
        return "still holds entries of the person: repeat it"
    if others := _of_other_vaults(policy, keyring):
        return f"holds no entry of the person; version(s) {others} have tokens in another vault"
    return "holds no entry of the person"


def _is_entered(policy: Policy, absent: Mapping[str, str] | None, keyring: Keyring) -> bool:
    """Return True if the log already says to leave that person out."""
    entries = Dataset(policy.sink.path).audit.entries(keyring)
    return absent is not None and any(absent_in(entry) == absent for entry in entries)
