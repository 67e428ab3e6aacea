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
    """What a transform may need in addition to its rule: keys, detection, and information about
    other columns.
    """

    def purpose_key(
        self, rule: KeyedRule, column: ColumnName, *, action: str, entity: str = ""
    ) -> PurposeKey:
        """Return the key for one action on one column, derived from ``rule.key`` for the rule's
        domain.

        Two calls with equal action, entity and domain give the same key. ``entity`` is the kind of
        span if ``rule`` is inside a free_text rule, and empty otherwise.
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
        """Return the column that identifies the person of a row, if the policy names one."""
        ...

    @property
    def rules(self) -> Mapping[ColumnName, Rule]:
        """Return the rules of all columns."""
        ...

    def entity_of(self, column: ColumnName) -> str | None:
        """Return the entity or verdict of another column from detection; empty if there is none."""
        ...

    def hierarchy(self, rule: GeneralizeRule) -> Mapping[str, str]:
        """Return value → group from the rule's hierarchy file."""
        ...


@dataclass(frozen=True)
class _NoKeys:
    """A context for output types only: its transforms cannot be called."""

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
    """Return a context without keys or detection. It is sufficient for ``output_type`` and
    ``reads``, before the first row.
    """
    return _NoKeys(rules, subject)


class RuleError(ValueError):
    """A rule that cannot be satisfied in this policy; the text gives the reason and an
    alternative.
    """
