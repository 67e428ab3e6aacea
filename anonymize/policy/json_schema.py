"""The policy language as JSON Schema, with which editors complete and check policies."""

from __future__ import annotations

import json

from anonymize.policy.model import Policy


def policy_json_schema() -> str:
    """Return the JSON Schema of a policy, formatted like ``schemas/policy.schema.json``."""
    schema = Policy.model_json_schema()
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Coatcheck policy",
    }
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
