"""Turns tokens back (reveal) and makes them meaningless (forget). Both enter the act in the audit
log first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.arguments import checked
from anonymize.custody.belonging import require_keys_of, vault_of, versions_of_other_vaults
from anonymize.dataset import Dataset
from anonymize.dataset.sink import sink_of
from anonymize.errors import ArgumentError, GateError, VaultError, VaultLogError
from anonymize.keys import Checked, Keyring, PurposeKey, ff1_decrypt, siv_open, token_versions
from anonymize.names import ColumnName, KeyId, KeyName
from anonymize.plan.bind.context import domain_of
from anonymize.plan.bind.registry import format_spec
from anonymize.plan.whose import spelling_of
from anonymize.policy import Policy
from anonymize.policy.actions import (
    ActionRule,
    EncryptFormatRule,
    FreeTextRule,
    TokenizeRule,
    key_name,
)
from anonymize.transform.columns import plain
from anonymize.transform.subjects import subjects_of
from anonymize.vault import TokenVault, told_place, vault_place
from anonymize.vault.interface import namespace_of

MOST_WITHOUT_BULK = 100
"""Maximum number of values per call unless the caller passes ``bulk``."""

Reversible = TokenizeRule | EncryptFormatRule


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
    policy: Policy,
    column: str,
    tokens: pa.Array | pa.ChunkedArray,
    keyring: Keyring,
    *,
    reason: str,
    bulk: bool = False,
    version: int | None = None,
) -> Revealed:
    """Return the originals of ``tokens`` (text) of one column, or of one entity in its text. The
    act is logged first.

    ``column`` is a column's name. For tokens that ``entities:`` made inside ``free_text`` it is the
    column with the entity, as in the policy: ``notes:EMAIL_ADDRESS``. A token that ``same_row:``
    put into the text opens under the name of the column whose value it replaces.

    Needs the reveal key, which readers of the dataset do not hold. A damaged token, one of another
    domain and one of a missing key version give the same result. Values of ``encrypt_format`` do
    not contain their key version, so the dataset's ``version`` that they come from is needed.

    Raises:
        ArgumentError: no reason, more than 100 values without ``bulk``, a column that is not
            reversible, or ``encrypt_format`` without ``version`` if versions were made with
            different keys.
        KeysError: the keyring lacks the reveal key, cannot sign the log entry (only the owner's
            can), is older than the dataset, or belongs to another one.
        VaultError: the vault is missing, or is not the version's.
        DatasetError: there is no such dataset, or the audit entry could not be written; nothing is
            revealed.
    """
    (rule, of_column, entity), tokens = _reversible(policy, column), plain(_one_array(tokens))
    _check_request(reason, len(tokens), bulk)
    name = key_name(rule, policy.default_keys.by_role())
    keyring.current(name)
    Dataset(policy.sink.path).require()
    Dataset(policy.sink.path).require_named(policy.dataset, keyring)
    made_with = (
        _made_with(policy, keyring, name, version) if isinstance(rule, EncryptFormatRule) else None
    )
    vault = (
        _vault(policy, keyring, version)
        if isinstance(rule, TokenizeRule) and rule.method == "vault"
        else None
    )
    require_keys_of(policy.sink.path, keyring)
    details = {"column": column, "values": len(tokens), "key": str(name), "bulk": bulk}
    _enter(policy, "reveal", reason, details, keyring)

    def key(wanted: int | None) -> PurposeKey:
        domain = domain_of(policy, rule, of_column)
        return keyring.purpose_key(
            name, action=rule.action, domain=domain, entity=entity, version=wanted
        )

    return Revealed(*_opened(rule, name, key, tokens, keyring, made_with, vault))


def _one_array(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _enter(
    policy: Policy, what: str, why: str, details: Mapping[str, Any], keyring: Keyring
) -> None:
    """Enter an act in the dataset's signed log, and hand the log's head to the anchor, before the
    act is done.

    Raises:
        KeysError: the keyring cannot sign: it is a reader's.
        DatasetError: the log is damaged or cannot be written to, or the anchor does not accept the
            head.
    """
    dataset = sink_of(policy)
    dataset.audit.append(what, why=why, details=details, keyring=keyring)
    dataset.tell()


def _reversible(policy: Policy, target: str) -> tuple[Reversible, ColumnName, str]:
    """Return the reversible rule that ``target`` names, its column, and the entity that its key is
    derived for.
    """
    able = _reversibles(policy)
    column, _, entity = target.rpartition(":")
    found = able.get(target, [])
    if not found and entity and entity not in _entities_of(policy, column):
        found = [
            one for one in able.get(f"{column}:DEFAULT", []) if isinstance(one[0], TokenizeRule)
        ]
    if len(found) == 1:
        return found[0]
    what = f"'{target}' has no reversible rule; reversible are: {', '.join(able) or 'none'}"
    if found:
        what = (
            f"'{target}' has {len(found)} reversible rules, and the values do not say which made"
            " them"
        )
    raise ArgumentError(what, place=policy.place(f"columns.{target.partition(':')[0]}"))


def _reversibles(policy: Policy) -> dict[str, list[tuple[Reversible, ColumnName, str]]]:
    """Return the reversible rules by the name that a caller uses: ``email``, or
    ``notes:EMAIL_ADDRESS`` inside text.
    """
    able = dict[str, list[tuple[Reversible, ColumnName, str]]]()
    for column, outer in policy.columns.items():
        for entity, rule in _with_entities(outer, ""):
            if isinstance(rule, TokenizeRule | EncryptFormatRule):
                plainly = rule.model_copy(update={"when": None, "otherwise": None})
                of = (plainly, column, "" if rule.domain else entity)
                known = able.setdefault(f"{column}:{entity}" if entity else str(column), [])
                known += [of] if of not in known else []
    return able


def _entities_of(policy: Policy, column: str) -> set[str]:
    """Return the entities that a column's rules name; the ``DEFAULT`` rule does not apply to
    them.
    """
    rule = policy.columns.get(ColumnName(column))
    return {entity for entity, _ in _with_entities(rule, "")} if rule is not None else set()


def _check_request(reason: str, count: int, bulk: bool) -> None:
    if len(reason.strip()) < 3:
        raise ArgumentError(
            "a reason of at least 3 characters is required; it goes into the audit log"
        )
    if count > MOST_WITHOUT_BULK and not bulk:
        raise ArgumentError(
            f"{count} values are more than {MOST_WITHOUT_BULK}; say --bulk if you mean it"
        )


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
        return vault.reveal(key(version_of(held) if held else None), tokens)
    return _by_version(
        tokens,
        key,
        {version_of(key_id) for key_id in keyring.key_ids() if key_id.startswith(f"{name}.")},
    )


def _vault(policy: Policy, keyring: Keyring, version: int | None) -> TokenVault:
    """Return the vault that runs of this policy use, if it is the one that made the version.

    Raises:
        VaultError: see `vault_of`.
    """
    return vault_of(policy.sink.path, keyring, policy.vault_said, version)


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
        number: version_of(KeyId(key_id))
        for number, keys in manifests.items()
        for key_id in keys
        if key_id.rpartition(".")[0] == name
    }
    if len(set(made.values())) > 1:
        told = ", ".join(f"version {number} {name}.{key}" for number, key in made.items())
        what = (
            f"the values do not say which key made them ({told}); say which version they are from:"
            " --version"
        )
        raise ArgumentError(what, place=policy.sink.path)
    return next(iter(made.values()), None)


def version_of(key_id: KeyId) -> int:
    """Return the version number in a key id."""
    return int(key_id.rpartition(".")[2])


@checked
def forget(policy: Policy, subject: str, keyring: Keyring, *, reason: str) -> int:
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
    _check_request(reason, 1, False)
    rules = list(_vault_rules(policy))
    if policy.subject is None or not rules:
        what = (
            "nothing to forget: it needs subject: and a column with {action: tokenize, method:"
            " vault}"
        )
        raise ArgumentError(what, place=policy.place("columns"))
    Dataset(policy.sink.path).require()
    Dataset(policy.sink.path).require_named(policy.dataset, keyring)
    require_keys_of(policy.sink.path, keyring)
    vault = _vault(policy, keyring, None)
    place = vault_place(keyring.place, policy.vault_said)
    keys = list(vault_keys(policy, keyring, vault))
    if not keys:
        what = (
            "the token vault holds nothing of this policy's columns; say COATCHECK_VAULT as it was"
            " for its runs"
        )
        raise VaultError(what, place=told_place(place))
    theirs = subjects_of(pa.array([subject]), spelling_of(policy.columns, policy.subject))
    linked = sum(vault.linked(key, theirs) for key in keys)
    if not linked:
        # an erasure that is incomplete because a reader holds the vault's write-ahead log
        vault.scrub()
        what = (
            "nothing was erased: the vault holds no entry of this subject; subjects are spelled as"
            " in the source"
        )
        raise GateError(
            f"{what}, and entries made without subject: have none", place=told_place(place)
        )
    details = {"columns": sorted({name for name, _, _ in rules})}
    _enter(policy, "forget", reason, details, keyring)
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
            f"{what}; that they were this subject's is forgotten", place=told_place(place)
        )
    if others := versions_of_other_vaults(policy.sink.path, keyring, vault.identity()):
        numbers = ", ".join(map(str, others))
        what = (
            f"{erased} entries are erased, and version(s) {numbers} have tokens that another vault"
            " holds"
        )
        raise GateError(
            f"{what}; repeat it with that vault named, or expire them", place=told_place(place)
        )
    return erased


def vault_keys(policy: Policy, keyring: Keyring, vault: TokenVault) -> Iterator[PurposeKey]:
    """Yield the key of each rule whose tokens ``vault`` holds, in the version that locks them
    there.

    Raises:
        KeysError: the keyring lacks that version.
    """
    held = vault.key_ids()
    for name, rule, entity in _vault_rules(policy):
        wanted = key_name(rule, policy.default_keys.by_role())
        domain = domain_of(policy, rule, name)
        current = keyring.purpose_key(wanted, action=rule.action, domain=domain, entity=entity)
        if key_id := held.get(namespace_of(current)):
            version = version_of(key_id)
            yield keyring.purpose_key(
                wanted, action=rule.action, domain=domain, entity=entity, version=version
            )


def _vault_rules(policy: Policy) -> Iterator[tuple[ColumnName, TokenizeRule, str]]:
    """Yield every rule that stores values in the vault: its column, the rule, and the entity of its
    key inside free text.
    """
    for name, outer in policy.columns.items():
        for entity, rule in _with_entities(outer, ""):
            if isinstance(rule, TokenizeRule) and rule.method == "vault":
                yield name, rule, "" if rule.domain else entity


def _with_entities(rule: ActionRule, entity: str) -> Iterator[tuple[str, ActionRule]]:
    """Yield ``rule`` and its inner rules, each with the entity that it applies to."""
    yield entity, rule
    if rule.otherwise is not None:
        yield from _with_entities(rule.otherwise, entity)
    if isinstance(rule, FreeTextRule):
        for inner_entity, inner in rule.entities.items():
            yield from _with_entities(inner, inner_entity)
