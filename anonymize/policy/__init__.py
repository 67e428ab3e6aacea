"""Reads the policy language: a YAML file in, a frozen ``Policy`` out, or all mistakes at once, each
with its line.

In: the path or text of a policy. Out: a ``Policy`` of plain models, or a `PolicyError`. ``load.py``
reads a file and words the errors, ``model.py`` has the policy's blocks, ``source.py`` the block
``source:``, ``actions/`` one model per action, ``entities.py`` checks names of entities and
countries, ``json_schema.py`` makes the schema for editors.

To add a setting: a field with a docstring in ``model.py`` (the docstring appears in the schema),
its use in ``plan/``, then ``make schema``. To add an action: see ``actions/``.
"""

from anonymize.policy.actions import RULES, Condition, Filter, Rule
from anonymize.policy.detection import DetectSpec, RecognizerSpec
from anonymize.policy.json_schema import policy_json_schema
from anonymize.policy.load import as_policy, load_policy, make_policy, parse_policy
from anonymize.policy.model import ChecksSpec, KeysSpec, Policy, RowsSpec
from anonymize.policy.privacy import PrivacySpec
from anonymize.policy.sink import RestrictedSpec, SinkSpec
from anonymize.policy.source import SourceSpec

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
