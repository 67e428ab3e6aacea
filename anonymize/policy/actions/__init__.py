"""The actions of the policy language, as frozen models."""

from __future__ import annotations

from anonymize.policy.actions.base import ActionRule, Condition, Filter, KeyedRule, Scalar, StrictModel
from anonymize.policy.actions.free_text import FreeTextRule, LabelRule, RowValueKind
from anonymize.policy.actions.generalize import DateUnit, GeneralizeRule
from anonymize.policy.actions.keyed import (
    FAKE_KIND_OF,
    FakeKind,
    FakeRule,
    Normalization,
    PseudonymizeRule,
    TokenizeRule,
)
from anonymize.policy.actions.simple import DropRule, KeepRule, MaskRule, RedactRule
from anonymize.policy.actions.union import (
    NOT_BUILT,
    RULES,
    SPAN_RULES,
    EntityRule,
    Rule,
    columns_of,
    key_name,
    keys_of,
    nested_rules,
)

__all__ = [
    "FAKE_KIND_OF",
    "NOT_BUILT",
    "RULES",
    "SPAN_RULES",
    "ActionRule",
    "Condition",
    "DateUnit",
    "DropRule",
    "EntityRule",
    "FakeKind",
    "FakeRule",
    "Filter",
    "FreeTextRule",
    "GeneralizeRule",
    "KeepRule",
    "KeyedRule",
    "LabelRule",
    "MaskRule",
    "Normalization",
    "PseudonymizeRule",
    "RedactRule",
    "RowValueKind",
    "Rule",
    "Scalar",
    "StrictModel",
    "TokenizeRule",
    "columns_of",
    "key_name",
    "keys_of",
    "nested_rules",
]
