"""What rules need from a plan in a process: purpose keys of fixed versions, detection, other
columns' rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anonymize.detect.interface import Scanner
from anonymize.errors import KeysError
from anonymize.keys import Keyring, PurposeKey
from anonymize.names import ColumnName, KeyId
from anonymize.plan.bind.hierarchies import read_pinned
from anonymize.plan.bind.scanners import scanner_of
from anonymize.plan.model import Plan
from anonymize.policy import Policy, Rule
from anonymize.policy.actions import (
    FreeTextRule,
    GeneralizeRule,
    KeyedRule,
    ShiftDatesRule,
    TokenizeRule,
    key_name,
)
from anonymize.vault import TokenVault, open_vault, same_vault
from anonymize.vault.interface import namespace_of


def domain_of(policy: Policy, rule: KeyedRule, column: ColumnName) -> str:
    """Return the domain that a rule's key is derived for.

    This is the rule's ``domain``, or else one that only this purpose, dataset and column use, so
    that nothing joins without a named domain, not even two columns of one dataset. Date shifts are
    the exception: their default domain is the dataset's, because all dates of a subject must be
    shifted alike to keep the distances between columns.
    """
    if rule.domain is not None:
        return f"domain\x1f{rule.domain}"
    if isinstance(rule, ShiftDatesRule):
        return "\x1f".join(("dates", policy.purpose, policy.dataset))
    return "\x1f".join(("purpose", policy.purpose, policy.dataset, column))


def facts_domain(plan: Plan) -> str:
    """Return the domain of the key for a first pass's facts; it is unique to this run."""
    return "\x1f".join(("first pass", plan.policy.purpose, plan.policy.dataset, plan.run))


def _version(key_id: KeyId) -> int:
    return int(key_id.rpartition(".")[2])


@dataclass(frozen=True)
class BoundContext:
    """The context of one plan in one process, with the open keyring."""

    plan: Plan
    keyring: Keyring | None
    own_vault: TokenVault | None = None
    """Vault to use instead of the process's vault, so that a preview of a plan stores nothing
    there.
    """

    def purpose_key(
        self, rule: KeyedRule, column: ColumnName, *, action: str, entity: str = ""
    ) -> PurposeKey:
        """Return the key for one action on one column, in the version that the plan was compiled
        with.
        """
        policy = self.plan.policy
        name = key_name(rule, policy.default_keys.by_role())
        if self.keyring is None:
            raise KeysError(f"key '{name}' is needed and no keyring is open")
        domain, key_id = domain_of(policy, rule, column), self.plan.pinned[name]
        key = self.keyring.purpose_key(
            name, action=action, domain=domain, entity=entity, version=_version(key_id)
        )
        if not isinstance(rule, TokenizeRule) or rule.method != "vault":
            return key
        held = (
            self.vault(rule).key_ids().get(namespace_of(key), key_id)
        )  # tokens in a vault keep the key version that their namespace was made with
        return self.keyring.purpose_key(
            name, action=action, domain=domain, entity=entity, version=_version(held)
        )

    def scanner(self, rule: FreeTextRule) -> Scanner:
        """Return the scanner for a rule's languages, countries, threshold and lists."""
        return scanner_of(
            self.plan.policy.detect,
            self.plan.names,
            countries=rule.countries,
            languages=rule.languages,
            score_threshold=rule.score_threshold,
            allow=rule.allow,
            deny=rule.deny,
        )

    def vault(self, rule: TokenizeRule) -> TokenVault:
        """Return the token vault of this process, which must be the one that the run began with.

        Raises:
            VaultError: it is another vault, or there is none, for example because the file exists
                on another machine only.
        """
        if self.own_vault is not None:
            return self.own_vault
        place, identity = self.plan.vault_place, self.plan.vault_id
        return same_vault(place, identity) if place and identity else open_vault(place)

    def hierarchy(self, rule: GeneralizeRule) -> Mapping[str, str]:
        """Return the hierarchy that the plan was compiled with. Each process reads the file again
        and compares its digest.
        """
        return read_pinned(self.plan.hierarchies[str(rule.hierarchy)], rule.level)

    @property
    def subject(self) -> ColumnName | None:
        """Return the column that identifies the person of a row."""
        return self.plan.policy.subject

    @property
    def rules(self) -> Mapping[ColumnName, Rule]:
        """Return the rules of all columns."""
        return self.plan.policy.columns

    def entity_of(self, column: ColumnName) -> str | None:
        """Return the entity that detection found in another column."""
        found = (finding for finding in self.plan.findings if finding.column == column)
        return next((finding.entity or finding.verdict for finding in found), None)
