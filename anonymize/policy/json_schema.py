"""The policy language as JSON Schema, with which editors complete and check policies."""

from __future__ import annotations

import json
import re
from typing import Any

from anonymize.policy.composed import EXTENDS, TAG, TAGS
from anonymize.policy.model import Policy


def policy_json_schema() -> str:
    """Return the JSON Schema of a policy, formatted like ``schemas/policy.schema.json``."""
    schema = _composable(_on_one_line(Policy.model_json_schema()))
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Coatcheck policy",
    }
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _composable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema with what is resolved before a policy is checked: ``extends``, ``tags`` and
    rules that name one.
    """
    properties = schema["properties"]
    rule = properties["columns"]["additionalProperties"]
    tagged = {
        "description": "A rule by its tag; what it says itself wins.",
        "type": "object",
        "properties": {TAG: {"type": "string"}},
        "required": [TAG],
    }
    columns = {**properties["columns"], "additionalProperties": {"anyOf": [tagged, rule]}}
    said = {
        EXTENDS: {
            "description": "A policy file, relative to this one, that this one is merged over: key"
            " by key, a column's rule as a whole.",
            "type": "string",
        },
        TAGS: {
            "description": "Rules by name, for columns that say {tag: name}.",
            "type": "object",
            "additionalProperties": {"type": "object"},
        },
    }
    always = schema.pop("required")
    wholes = [{"required": [*always, one]} for one in ("columns", "aggregates")]
    schema["properties"] = {**properties, "columns": columns, **said}
    return {**schema, "anyOf": [{"required": [EXTENDS]}, *wholes]}


def _on_one_line(part: Any) -> Any:
    """Return a schema with each paragraph of a description in one line, however the source wraps
    it.
    """
    if isinstance(part, list):
        return [_on_one_line(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: (
            re.sub(r"(?<!\n)\n(?!\n)\s*", " ", value)
            if key == "description" and isinstance(value, str)
            else _on_one_line(value)
        )
        for key, value in part.items()
    }
