"""Turning tokens back into their originals: audited before anything else happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arguments import checked
from anonymize.custody.acts import enter_act, policy_vault, require_reason
from anonymize.custody.approval import Approval
from anonymize.custody.approval.check import Wanted, permitted, require_first
from anonymize.custody.approval.rule import REVEAL
from anonymize.custody.belonging import require_keys_of
from anonymize.custody.reversible_rules import Reversible, reversible_rule
from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError
from anonymize.keys import (
    Checked,
    Keyring,
    PurposeKey,
    ff1_decrypt,
    open_keyring,
    siv_open,
    token_versions,
)
from anonymize.names import KeyName, key_name_of, key_version_of
from anonymize.plan.bind.context import domain_of
from anonymize.plan.bind.registry import format_spec
from anonymize.policy import Policy, as_policy
from anonymize.policy.actions import EncryptFormatRule, TokenizeRule, key_name
from anonymize.transform.columns import plain
from anonymize.vault import TokenVault
from anonymize.vault.interface import namespace_of


@dataclass(frozen=True)
class Revealed:
    """Originals of tokens, in the order of the tokens."""

    values: pa.Array
    """The originals as text; null if a token does not open."""
    bad: pa.BooleanArray
    """True for tokens that are damaged, of another domain, of a missing key version, or
    forgotten.
    """


@checked
def reveal(
    policy: Policy | str | PathLike[str],
    column: str,
    tokens: pa.Array | pa.ChunkedArray,
    keyring: Keyring | str | None = None,
    *,
    reason: str,
    bulk: bool = False,
    version: int | None = None,
    approval: Approval | None = None,
) -> Revealed:
    """Return the originals of ``tokens`` (text) of one column, or of one entity in its text. The
    act is logged first.

    ``column`` is a column's name. For tokens that ``entities:`` made inside ``free_text`` it is the
    column with the entity, as in the policy: ``notes:EMAIL_ADDRESS``. A token that ``same_row:``
    put into the text opens under the name of the column whose value it replaces.

    Needs the reveal key, which readers of the dataset do not hold. A damaged token, one of another
    domain and one of a missing key version give the same result. Values of ``encrypt_format`` do
    not contain their key version, so the dataset's ``version`` that they come from is needed.

    Where the policy's ``reveal:``, or that of the last publication, asks for a second person,
    ``approval`` is theirs of exactly these tokens, reason and version (`request_approval`,
    `approve`, `parsed_approval`). It is taken once, and the log keeps both signatures.

    Raises:
        ApprovalError: another person must approve it, or the approval does not fit; nothing is
            revealed.
        ArgumentError: no reason, more than 100 values without ``bulk``, a column that is not
            reversible, or ``encrypt_format`` without ``version`` if versions were made with
            different keys.
        KeysError: the keyring lacks the reveal key, cannot sign the log entry (only the owner's
            can), is older than the dataset, or belongs to another one.
        VaultError: the vault is missing, or is not the version's.
        DatasetError: there is no such dataset, or the audit entry could not be written; nothing is
            revealed.
    """
    policy, opened = as_policy(policy), open_keyring(keyring)
    (rule, of_column, entity), tokens = reversible_rule(policy, column), plain(_one_array(tokens))
    require_reason(reason, len(tokens), bulk)
    if approval is not None and version is None:
        version = approval.request.version
    name = key_name(rule, policy.default_keys.by_role())
    opened.current(name)
    Dataset(policy.sink.path).require()
    Dataset(policy.sink.path).require_named(policy.dataset, opened)
    made_with = (
        _made_with(policy, opened, name, version) if isinstance(rule, EncryptFormatRule) else None
    )
    vault = (
        policy_vault(policy, opened, version)
        if isinstance(rule, TokenizeRule) and rule.method == "vault"
        else None
    )
    require_keys_of(policy.sink.path, opened)
    wanted = Wanted(policy, column, tokens.to_pylist(), reason, version)
    details = {"column": column, "values": len(tokens), "key": str(name), "bulk": bulk}
    details |= permitted(wanted, approval, opened)
    require_first(enter_act(policy, REVEAL, reason, details, opened), wanted, opened)

    def key(wanted: int | None) -> PurposeKey:
        domain = domain_of(policy, rule, of_column)
        return opened.purpose_key(
            name, action=rule.action, domain=domain, entity=entity, version=wanted
        )

    return Revealed(*_opened(rule, name, key, tokens, opened, made_with, vault))


def _one_array(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _opened(
    rule: Reversible,
    name: KeyName,
    key: Callable[[int | None], PurposeKey],
    tokens: pa.Array,
    keyring: Keyring,
    made_with: int | None,
    vault: TokenVault | None,
) -> Checked:
    if isinstance(rule, EncryptFormatRule):
        return ff1_decrypt(key(made_with), tokens, format_spec(rule))
    if vault is not None:
        held = vault.key_ids().get(namespace_of(key(None)))
        return vault.reveal(key(key_version_of(held) if held else None), tokens)
    return _by_version(
        tokens,
        key,
        {key_version_of(key_id) for key_id in keyring.key_ids() if key_id.startswith(f"{name}.")},
    )


def _by_version(tokens: pa.Array, key: Callable[[int], PurposeKey], held: set[int]) -> Checked:
    """Open each token with the key version that it names. Tokens whose version is not held stay
    bad.
    """
    versions = token_versions(tokens)
    values: pa.Array = pa.nulls(len(tokens), pa.string())
    bad: pa.Array = tokens.is_valid()
    for version in sorted({int(found) for found in np.unique(versions)} & held):
        mine = pa.array(versions == version)
        opened = siv_open(key(version), pc.if_else(mine, tokens, pa.scalar(None, tokens.type)))
        values = pc.if_else(mine, opened.values.cast(pa.string()), values)
        bad = pc.if_else(mine, opened.bad, bad)
    return Checked(values, bad)


def _made_with(policy: Policy, keyring: Keyring, name: KeyName, version: int | None) -> int | None:
    """Return the version of key ``name`` that made a dataset version's values; None, which
    stands for the current one, if no version names the key.

    The wrong key version would give a wrong value that looks right.

    Raises:
        ArgumentError: ``version`` is missing, and the dataset's versions were made with different
            key versions.
    """
    dataset = Dataset(policy.sink.path)
    numbers = dataset.versions(keyring) if version is None else (dataset.chosen(version),)
    manifests = {number: dataset.manifest(number, keyring=keyring).keys for number in numbers}
    made = {
        number: key_version_of(key_id)
        for number, keys in manifests.items()
        for key_id in keys
        if key_name_of(key_id) == name
    }
    if len(set(made.values())) > 1:
        told = ", ".join(f"version {number} {name}.{key}" for number, key in made.items())
        what = (
            f"the values do not say which key made them ({told}); say which version they are from:"
            " --version"
        )
        raise ArgumentError(what, place=policy.sink.path)
    return next(iter(made.values()), None)
