"""Which rules of a policy made values that can be turned back or forgotten, and with which keys."""

from __future__ import annotations

from collections.abc import Iterator

from anonymize.errors import ArgumentError
from anonymize.keys import Keyring, PurposeKey
from anonymize.names import ColumnName, key_version_of
from anonymize.plan.bind.context import domain_of
from anonymize.policy import Policy
from anonymize.policy.actions import (
    ActionRule,
    EncryptFormatRule,
    FreeTextRule,
    TokenizeRule,
    key_name,
)
from anonymize.policy.patterns import expanded
from anonymize.vault import TokenVault
from anonymize.vault.interface import namespace_of

Reversible = TokenizeRule | EncryptFormatRule


def reversible_rule(policy: Policy, target: str) -> tuple[Reversible, ColumnName, str]:
    """Return the reversible rule that ``target`` names, its column, and the entity that its key is
    derived for.
    """
    policy = with_rule_of(policy, target)
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


def with_rule_of(policy: Policy, target: str) -> Policy:
    """Return a policy with the rule that a pattern gives the column of ``target``, which may name
    an entity too.
    """
    names = {ColumnName(target), ColumnName(target.rpartition(":")[0])} - {"", *policy.columns}
    return expanded(policy, sorted(names))[0]


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


def vault_keys(policy: Policy, keyring: Keyring, vault: TokenVault) -> Iterator[PurposeKey]:
    """Yield the key of each rule whose tokens ``vault`` holds, in the version that locks them
    there.

    Raises:
        KeysError: the keyring lacks that version.
    """
    held = vault.key_ids()
    for name, rule, entity in vault_rules(policy):
        wanted = key_name(rule, policy.default_keys.by_role())
        domain = domain_of(policy, rule, name)
        current = keyring.purpose_key(wanted, action=rule.action, domain=domain, entity=entity)
        if key_id := held.get(namespace_of(current)):
            version = key_version_of(key_id)
            yield keyring.purpose_key(
                wanted, action=rule.action, domain=domain, entity=entity, version=version
            )


def vault_rules(policy: Policy) -> Iterator[tuple[ColumnName, TokenizeRule, str]]:
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
