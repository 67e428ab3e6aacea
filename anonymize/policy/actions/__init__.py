"""The actions of the policy language, as frozen models.

In: the mapping of a rule in YAML. Out: its rule model, chosen by ``action``. Each module has the
rules of one kind, ``base.py`` what all share, ``union.py`` the closed set.

To add an action: a model here, its name in the unions of ``union.py``, a file in ``transform/``,
one ``case`` in ``plan/bind/registry.py``, an entry in ``schemas/README.md``, then ``make schema``.
The type checker and a test report what is missing.
"""

from __future__ import annotations

from anonymize.policy.actions.base import (
    ActionRule,
    Condition,
    Filter,
    KeyedRule,
    Scalar,
    StrictModel,
)
from anonymize.policy.actions.free_text import FreeTextRule, LabelRule, RowValueKind
from anonymize.policy.actions.generalize import DateUnit, GeneralizeRule, NetworkSpec
from anonymize.policy.actions.keyed import (
    FAKE_KIND_OF,
    EncryptFormatRule,
    FakeKind,
    FakeRule,
    Normalization,
    PersonSpec,
    PseudonymizeRule,
    ShiftDatesRule,
    ShuffleRule,
    TokenizeRule,
)
from anonymize.policy.actions.noise import CustomRule, PerturbRule
from anonymize.policy.actions.simple import (
    ConstantRule,
    DropRule,
    KeepRule,
    MaskRule,
    NullRule,
    RedactRule,
)
from anonymize.policy.actions.union import (
    NOT_BUILT,
    RULES,
    SPAN_RULES,
    EntityRule,
    Rule,
    columns_of,
    key_name,
    keyed_rules,
    keys_of,
    needs_vault,
    nested_rules,
    rules_in_turn,
)

__all__ = [
    "FAKE_KIND_OF",
    "NOT_BUILT",
    "RULES",
    "SPAN_RULES",
    "ActionRule",
    "Condition",
    "ConstantRule",
    "CustomRule",
    "DateUnit",
    "DropRule",
    "EncryptFormatRule",
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
    "NetworkSpec",
    "Normalization",
    "NullRule",
    "PersonSpec",
    "PerturbRule",
    "PseudonymizeRule",
    "RedactRule",
    "RowValueKind",
    "Rule",
    "Scalar",
    "ShiftDatesRule",
    "ShuffleRule",
    "StrictModel",
    "TokenizeRule",
    "columns_of",
    "key_name",
    "keyed_rules",
    "keys_of",
    "needs_vault",
    "nested_rules",
    "rules_in_turn",
]
