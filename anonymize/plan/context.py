"""What rules need from a bound plan: purpose keys of pinned versions, detection, other columns' rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from anonymize.detect.interface import Scanner
from anonymize.errors import KeysError
from anonymize.keys import Keyring, PurposeKey
from anonymize.names import ColumnName
from anonymize.plan.model import Plan
from anonymize.policy import Policy, Rule
from anonymize.policy.actions import FreeTextRule, KeyedRule, TokenizeRule, key_name
from anonymize.vault import TokenVault, open_vault


def domain_of(policy: Policy, rule: KeyedRule, column: ColumnName) -> str:
    """Return the domain that a rule's key is derived for.

    The named domain, or one that this purpose, dataset and column have for themselves: without a
    name nothing joins, not even two columns of one dataset.
    """
    if rule.domain is not None:
        return f"domain\x1f{rule.domain}"
    return "\x1f".join(("purpose", policy.purpose, policy.dataset, column))


@dataclass(frozen=True)
class BoundContext:
    """The context of one plan in one process, with its open keyring."""

    plan: Plan
    keyring: Keyring | None

    def purpose_key(self, rule: KeyedRule, column: ColumnName, *, action: str, entity: str = "") -> PurposeKey:
        """Return the key for one action on one column, of the version the plan was compiled with."""
        policy = self.plan.policy
        name = key_name(rule, policy.default_keys.by_role())
        if self.keyring is None:
            raise KeysError(f"key '{name}' is needed and no keyring is open")
        key_id = self.plan.pinned[name]
        return self.keyring.purpose_key(
            name,
            action=action,
            domain=domain_of(policy, rule, column),
            entity=entity,
            version=int(key_id.rpartition(".")[2]),
        )

    def scanner(self, rule: FreeTextRule) -> Scanner:
        """Return the scanner for a rule's languages, countries, threshold and lists."""
        from anonymize.detect import make_scanner

        detect = self.plan.policy.detect
        return make_scanner(
            countries=rule.countries if rule.countries is not None else detect.countries,
            languages=rule.languages or detect.languages,
            score_threshold=rule.score_threshold,
            allow=rule.allow,
            deny=rule.deny,
        )

    def vault(self, rule: TokenizeRule) -> TokenVault:
        """Return the token vault of this process."""
        return open_vault()

    @property
    def subject(self) -> ColumnName | None:
        """Return the column that says whose data a row is."""
        return self.plan.policy.subject

    @property
    def rules(self) -> Mapping[ColumnName, Rule]:
        """Return the rules of all columns."""
        return self.plan.policy.columns

    def entity_of(self, column: ColumnName) -> str | None:
        """Return the entity that detection found in another column."""
        found = (finding for finding in self.plan.findings if finding.column == column)
        return next((finding.entity or finding.verdict for finding in found), None)
