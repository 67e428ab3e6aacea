"""What the data owner asked for: YAML in, frozen ``Policy`` out, or every mistake at once with its
line.
"""

from anonymize.policy.actions import RULES, Condition, Filter, Rule
from anonymize.policy.detection import DetectSpec, RecognizerSpec
from anonymize.policy.json_schema import policy_json_schema
from anonymize.policy.load import as_policy, load_policy, make_policy, parse_policy
from anonymize.policy.model import (
    ChecksSpec,
    KeysSpec,
    Policy,
    PrivacySpec,
    RestrictedSpec,
    RowsSpec,
    SinkSpec,
    SourceSpec,
)

__all__ = [
    "RULES",
    "ChecksSpec",
    "Condition",
    "DetectSpec",
    "Filter",
    "KeysSpec",
    "Policy",
    "PrivacySpec",
    "RecognizerSpec",
    "RestrictedSpec",
    "RowsSpec",
    "Rule",
    "SinkSpec",
    "SourceSpec",
    "as_policy",
    "load_policy",
    "make_policy",
    "parse_policy",
    "policy_json_schema",
]
