"""Making a subject's tokens meaningless: its vault entries are erased, and the log knows first."""

from __future__ import annotations

from os import PathLike

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.custody.acts import enter_act, policy_vault, require_reason
from anonymize.custody.belonging import require_keys_of, versions_of_other_vaults
from anonymize.custody.reversible_rules import vault_keys, vault_rules, with_rule_of
from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError, GateError, VaultError, VaultLogError
from anonymize.keys import Keyring, open_keyring
from anonymize.plan.whose import spelling_of
from anonymize.policy import Policy, as_policy
from anonymize.transform.subjects import subjects_of
from anonymize.vault import shown_place, vault_place


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

    An entry that another subject shares stays. Spellings that the subject column's ``normalize:``
    makes equal are one subject. The act is logged first, without the subject.

    Raises:
        ArgumentError: no reason, no ``subject:`` in the policy, or no column with ``tokenize`` by
            ``vault``.
        VaultError: the vault is unavailable, is not the current version's, or never held a token of
            these columns; nothing is logged then.
        KeysError: the keyring is older than the dataset, or belongs to another one.
        GateError: there is nothing of this subject to erase, and nothing is logged; or all of it is
            shared with other subjects and stays; or everything is erased, but versions on disk have
            tokens in another vault.
        VaultLogError: everything is erased, but a reader of the vault keeps it in the write-ahead
            log.
        DatasetError: there is no such dataset to log the act in.
    """
    policy, keyring = as_policy(policy), open_keyring(keyring)
    require_reason(reason, 1, False)
    rules = list(vault_rules(policy))
    if policy.subject is None or not rules:
        what = (
            "nothing to forget: it needs subject: and a column with {action: tokenize, method:"
            " vault}"
        )
        raise ArgumentError(what, place=policy.place("columns"))
    Dataset(policy.sink.path).require()
    Dataset(policy.sink.path).require_named(policy.dataset, keyring)
    require_keys_of(policy.sink.path, keyring)
    vault = policy_vault(policy, keyring, None)
    place = vault_place(keyring.place, policy.vault_said)
    keys = list(vault_keys(policy, keyring, vault))
    if not keys:
        what = (
            "the token vault holds nothing of this policy's columns; say COATCHECK_VAULT as it was"
            " for its runs"
        )
        raise VaultError(what, place=shown_place(place))
    spelled = spelling_of(with_rule_of(policy, policy.subject).columns, policy.subject)
    theirs = subjects_of(pa.array([subject]), spelled)
    linked = sum(vault.linked(key, theirs) for key in keys)
    if not linked:
        vault.scrub()  # of an erasure that a reader of the vault kept from being complete
        what = (
            "nothing was erased: the vault holds no entry of this subject; subjects are spelled as"
            " in the source"
        )
        raise GateError(
            f"{what}, and entries made without subject: have none", place=shown_place(place)
        )
    details = {"columns": sorted({name for name, _, _ in rules})}
    enter_act(policy, "forget", reason, details, keyring)
    erased = sum(vault.forget_subjects(key, theirs, scrub=False) for key in keys)
    try:
        vault.scrub()
    except VaultLogError as error:
        found = error.problems[0]
        raise VaultLogError(
            f"{erased} entries are erased, but {found.what}", place=found.place
        ) from None
    if not erased:
        what = (
            f"nothing was erased: each of the subject's {linked} entries is another subject's too,"
            " and stays"
        )
        raise GateError(
            f"{what}; that they were this subject's is forgotten", place=shown_place(place)
        )
    if others := versions_of_other_vaults(policy.sink.path, keyring, vault.identity()):
        numbers = ", ".join(map(str, others))
        what = (
            f"{erased} entries are erased, and version(s) {numbers} have tokens that another vault"
            " holds"
        )
        raise GateError(
            f"{what}; repeat it with that vault named, or expire them", place=shown_place(place)
        )
    return erased
