"""What a rule may need besides itself, and what is said of a rule that cannot be met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from anonymize.detect.interface import Scanner
from anonymize.keys import PurposeKey
from anonymize.names import ColumnName
from anonymize.policy.actions import FreeTextRule, GeneralizeRule, KeyedRule, Rule, TokenizeRule
from anonymize.transform import read_hierarchy
from anonymize.vault.interface import TokenVault


class Context(Protocol):
    """What a rule may need besides itself: keys, detection, and what other columns are."""

    def purpose_key(
        self, rule: KeyedRule, column: ColumnName, *, action: str, entity: str = ""
    ) -> PurposeKey:
        """Return the key for one action on one column: derived from ``rule.key`` for the rule's
        domain.

        Two calls with equal action, entity and domain give the same key. ``entity`` names the
        kind of span where ``rule`` stands inside a free_text rule, and is empty otherwise.
        """
        ...

    def scanner(self, rule: FreeTextRule) -> Scanner:
        """Return the scanner for ``rule``'s languages, countries, threshold, allow and deny
        lists.
        """
        ...

    def vault(self, rule: TokenizeRule) -> TokenVault:
        """Return the open token vault."""
        ...

    @property
    def subject(self) -> ColumnName | None:
        """Return the column that says whose data a row is, where the policy names one."""
        ...

    @property
    def rules(self) -> Mapping[ColumnName, Rule]:
        """Return the rules of all columns."""
        ...

    def entity_of(self, column: ColumnName) -> str | None:
        """Return what detection, or else nothing, says another column holds: an entity or
        verdict.
        """
        ...

    def hierarchy(self, rule: GeneralizeRule) -> Mapping[str, str]:
        """Return value to group of the rule's hierarchy file."""
        ...


@dataclass(frozen=True)
class _NoKeys:
    """A context for output types alone: nothing can be transformed under it."""

    rules: Mapping[ColumnName, Rule]
    subject: ColumnName | None

    def purpose_key(
        self, rule: KeyedRule, column: ColumnName, *, action: str, entity: str = ""
    ) -> PurposeKey:
        return None  # type: ignore[return-value]

    def scanner(self, rule: FreeTextRule) -> Scanner:
        return None  # type: ignore[return-value]

    def vault(self, rule: TokenizeRule) -> TokenVault:
        return None  # type: ignore[return-value]

    def entity_of(self, column: ColumnName) -> str | None:
        return None

    def hierarchy(self, rule: GeneralizeRule) -> Mapping[str, str]:
        return read_hierarchy(str(rule.hierarchy), rule.level)


def planning_context(
    rules: Mapping[ColumnName, Rule], subject: ColumnName | None = None
) -> Context:
    """Return a context without keys or detection: enough for ``output_type`` and ``reads``, before
    row one.
    """
    return _NoKeys(rules, subject)


class RuleError(ValueError):
    """A rule cannot be met in this policy; the text says why and what would do."""
